/**
 * One request for JSON, and what a status means: the mapping all providers share.
 *
 * It may import the contracts of asking and provider, and decode. It knows no vendor,
 * and never puts what a vendor wrote into a message.
 */
import type { AskInit, ProviderContext } from "../provider/context.ts";
import { badResponse, jsonOrNothing } from "./decode.ts";
import { type Account, ProviderError } from "../provider/contract.ts";

/** Whom we talk to and in whose name, for messages. */
export interface RequestTarget {
  /** The vendor's name for people. */
  readonly vendor: string;
  readonly account: Account;
}

export interface JsonInit extends AskInit {
  /** Statuses besides 2xx whose answer is given, not thrown; its body is undefined where it is no JSON. */
  readonly expected?: readonly number[];
  /** What a refusal means where the vendor says so in its body; undefined leaves it to the status. */
  readonly explain?: (status: number, body: unknown) => ProviderError | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Statuses that send elsewhere. */
export const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** What a vendor answers where it has no such route, or has it no longer. */
export const NO_SUCH_ROUTE: readonly number[] = [404, 405, 410];

const ACCEPT = "application/json";
/** Nobody is left alone for longer than this, whatever the vendor says. */
const MAX_WAIT_MS = 7 * 24 * 3_600_000;

/**
 * Sends a request and gives the decoded JSON of a 2xx answer.
 *
 * @throws {ProviderError} as `requestText`; what is not JSON: `bad_response`
 */
export async function requestJson(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string | URL,
  init: JsonInit = {},
): Promise<JsonAnswer> {
  const { status, headers, text } = await requestText(ctx, party, url, init);
  const isExpected = init.expected?.includes(status) ?? false;
  return { status, headers, body: isExpected ? jsonOrNothing(text) : parsed(party, text) };
}

/**
 * Sends a request and gives the text of a 2xx answer.
 *
 * @throws {ProviderError} 401 and 403: `auth`, but `unavailable` for a 403 page in HTML, which is
 * a gate in front of the vendor; 429: `rate_limited`; 404, 408 and 5xx: `unavailable`; everything
 * else: `bad_response`
 */
export async function requestText(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string | URL,
  { expected = [], explain, ...init }: JsonInit = {},
): Promise<TextAnswer> {
  const headers = sendableHeaders(party.vendor, init.headers);
  if (!headers.has("accept")) headers.set("accept", ACCEPT);
  const response = await ctx.fetch(url, { ...init, headers });
  const text = await response.text();
  const { status, ok } = response;
  if (!ok && !expected.includes(status)) {
    throw explain?.(status, jsonOrNothing(text)) ?? statusFailure(ctx, party, response, text);
  }
  return { status, headers: response.headers, text };
}

/** Headers that can be sent. @throws {ProviderError} `auth` where the key in them cannot */
export function sendableHeaders(vendor: string, init: RequestInit["headers"]): Headers {
  try {
    return new Headers(init);
  } catch {
    // The runtime's own message quotes the header, which holds the key.
    throw new ProviderError("auth", `The key of ${vendor} holds characters no header can carry`, {
      hint: "Look for characters in it that do not belong to it",
    });
  }
}

function parsed(party: RequestTarget, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what = text.trim() === "" ? "an empty body" : looksLikeHtml(text) ? "a web page" : "broken text";
    throw badResponse(`${party.vendor} answered with ${what} instead of JSON`, text);
  }
}

function statusFailure(
  ctx: ProviderContext,
  party: RequestTarget,
  response: Response,
  text: string,
): ProviderError {
  const { status } = response;
  if (status === 403 && isHtml(response, text)) return blockedByProxyError(party);
  if (status === 401 || status === 403) return refused(party, `status ${status}`);
  if (status === 429) return rateLimited(party, retryAt(response.headers, ctx.now()));
  if (status === 404 || status === 408 || status >= 500) {
    return unavailable(party, `it answered with status ${status}`);
  }
  return badResponse(`${party.vendor} answered with status ${status}`, text);
}

/** `unavailable`: a 403 that is a web page comes from what stands in front of the vendor, and says nothing of the key. */
export function blockedByProxyError(party: Pick<RequestTarget, "vendor">): ProviderError {
  return unavailable(party, "a gate in front of it refused the request with a web page (status 403)");
}

/** `auth`: the vendor does not accept the credential. The hint is what brings it back unless another is given. */
export function refused(party: RequestTarget, why: string, hint?: string): ProviderError {
  return new ProviderError("auth", `Key refused by ${party.vendor} (${why})`, {
    hint: hint ?? party.account.remedy ?? `Check ${party.account.source}`,
  });
}

/**
 * Ends a read before anything is asked where it is known that the credential has ended.
 * @throws {ProviderError} `auth` for the reason `expired`
 */
export function refuseExpired(ask: Pick<ProviderContext, "now">, party: RequestTarget): void {
  const { expiresAt, remedy, source } = party.account;
  if (expiresAt === undefined || expiresAt > ask.now()) return;
  throw new ProviderError("auth", `The login of ${party.vendor} has expired`, {
    reason: "expired",
    hint: remedy ?? `Renew ${source}`,
  });
}

/** `rate_limited`: the vendor asks to be left alone, until `at` where it says so. */
export function rateLimited(party: RequestTarget, at: number | undefined): ProviderError {
  return new ProviderError("rate_limited", `${party.vendor} limits how often it may be asked`, {
    hint: "Nothing to do: the next poll waits",
    ...at === undefined ? {} : { retryAt: at },
  });
}

/** `unavailable`: the vendor cannot be reached or does not work at present. */
export function unavailable(party: Pick<RequestTarget, "vendor">, why: string): ProviderError {
  return new ProviderError("unavailable", `${party.vendor} is not available: ${why}`, {
    hint: "Nothing to do: it is tried again",
  });
}

/**
 * The instant a `Retry-After` header names, in seconds or as an HTTP date. A wait of nothing
 * and an instant in the past are no invitation to ask at once: undefined, as for no header.
 */
export function retryAt(headers: Headers, now: number): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  const at = /^\d{1,12}(\.\d{1,9})?$/.test(text)
    ? now + Math.ceil(Number(text) * 1000)
    : /^[a-z]{3,9},? /i.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!(at > now)) return undefined;
  return Math.min(at, now + MAX_WAIT_MS);
}

function isHtml(response: Response, text: string): boolean {
  return /^text\/html|xhtml/i.test(response.headers.get("content-type") ?? "") || looksLikeHtml(text);
}

function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!doctype|<html|<head|<body)/i.test(text.slice(0, 200));
}
