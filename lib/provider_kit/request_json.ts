/**
 * Sends one JSON request and maps its status to an error: the mapping all providers share.
 *
 * May import the contracts of context and provider, and decode. Knows no vendor, and never puts a vendor's
 * text into a message.
 */
import type { FetchInit, ProviderContext } from "../provider/context.ts";
import { badResponseError, jsonOrNothing } from "./decode.ts";
import { type Account, ProviderError } from "../provider/contract.ts";

/** Vendor and account, as error messages name them. */
export interface RequestTarget {
  /** The vendor's name for people. */
  readonly vendor: string;
  readonly account: Account;
}

export interface JsonInit extends FetchInit {
  /** Statuses besides 2xx to return instead of throwing; the body is undefined when it is not JSON. */
  readonly expected?: readonly number[];
  /** Maps a refusal whose body states its reason; undefined leaves it to the status. */
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

/** Redirect statuses. */
export const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Statuses for a route that does not exist, or no longer does. */
export const NO_SUCH_ROUTE: readonly number[] = [404, 405, 410];

const ACCEPT = "application/json";
/** Maximum wait to honour, whatever the vendor says. */
const MAX_WAIT_MS = 7 * 24 * 3_600_000;

/**
 * Sends a request and returns the decoded JSON of a 2xx response.
 *
 * @throws {ProviderError} as `requestText`; `bad_response` when it is not JSON
 */
export async function requestJson(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string | URL,
  init: JsonInit = {},
): Promise<JsonAnswer> {
  const { status, headers, text } = await requestText(ctx, party, url, init);
  const isExpected = init.expected?.includes(status) ?? false;
  return { status, headers, body: isExpected ? jsonOrNothing(text) : parseJson(party, text) };
}

/**
 * Sends a request and returns the text of a 2xx response.
 *
 * @throws {ProviderError} 401 and 403: `auth`, except `unavailable` for a 403 page in HTML, which comes from
 * a proxy in front of the vendor; 429: `rate_limited`; 404, 408 and 5xx: `unavailable`; everything else:
 * `bad_response`
 */
export async function requestText(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string | URL,
  { expected = [], explain, ...init }: JsonInit = {},
): Promise<TextAnswer> {
  const headers = createHeaders(party.vendor, init.headers);
  if (!headers.has("accept")) headers.set("accept", ACCEPT);
  const response = await ctx.fetch(url, { ...init, headers });
  const text = await response.text();
  const { status, ok } = response;
  if (!ok && !expected.includes(status)) {
    const error = explain?.(status, jsonOrNothing(text)) ?? statusFailure(ctx, party, response, text);
    throw status >= 500 ? withWait(error, retryAt(response.headers, ctx.now())) : error;
  }
  return { status, headers: response.headers, text };
}

/**
 * Validates headers before sending.
 * @throws {ProviderError} `auth` when the key contains characters no header can carry
 */
export function createHeaders(vendor: string, init: RequestInit["headers"]): Headers {
  try {
    return new Headers(init);
  } catch {
    // The runtime's own message quotes the header, and with it the key.
    throw new ProviderError(
      "auth",
      `The key of ${vendor} contains characters that are not allowed in a header`,
      {
        hint: "Check it for characters that do not belong there",
      },
    );
  }
}

function parseJson(party: RequestTarget, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what = text.trim() === "" ? "an empty body" : looksLikeHtml(text) ? "a web page" : "broken text";
    throw badResponseError(`${party.vendor} answered with ${what} instead of JSON`, text);
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
  if (status === 401 || status === 403) return refusedError(party, `status ${status}`);
  if (status === 429) return rateLimitedError(party, retryAt(response.headers, ctx.now()));
  if (status === 404 || status === 408 || status >= 500) {
    return unavailableError(party, `it answered with status ${status}`);
  }
  return badResponseError(`${party.vendor} answered with status ${status}`, text);
}

/** Returns the failure with the wait that an overloaded vendor asks for. */
function withWait(error: ProviderError, at: number | undefined): ProviderError {
  if (error.kind !== "unavailable" || error.retryAt !== undefined || at === undefined) return error;
  return new ProviderError(error.kind, error.message, {
    retryAt: at,
    ...error.hint === undefined ? {} : { hint: error.hint },
  });
}

/**
 * Creates `unavailable`: a 403 web page comes from a proxy in
 * front of the vendor, and says nothing about the key.
 */
export function blockedByProxyError(party: Pick<RequestTarget, "vendor">): ProviderError {
  return unavailableError(party, "a gate in front of it refused the request with a web page (status 403)");
}

/** Creates `auth`: the vendor rejects the credential. By default the hint says how to restore it. */
export function refusedError(party: RequestTarget, why: string, hint?: string): ProviderError {
  return new ProviderError("auth", `Key refused by ${party.vendor} (${why})`, {
    hint: hint ?? party.account.remedy ?? `Check ${party.account.source}`,
  });
}

/**
 * Fails before any request when the credential is known to have expired.
 * @throws {ProviderError} `auth` for the reason `expired`
 */
export function refuseExpired(ctx: Pick<ProviderContext, "now">, party: RequestTarget): void {
  const { expiresAt, remedy, source } = party.account;
  if (expiresAt === undefined || expiresAt > ctx.now()) return;
  throw new ProviderError("auth", `The login of ${party.vendor} has expired`, {
    reason: "expired",
    hint: remedy ?? `Renew ${source}`,
  });
}

/** Creates `rate_limited`: the vendor asks us to wait, until `at` if it says so. */
export function rateLimitedError(party: RequestTarget, at: number | undefined): ProviderError {
  return new ProviderError("rate_limited", `${party.vendor} limits how often it can be polled`, {
    hint: "Nothing to do: the next poll waits",
    ...at === undefined ? {} : { retryAt: at },
  });
}

/** Creates `unavailable`: the vendor is unreachable or out of order. */
export function unavailableError(party: Pick<RequestTarget, "vendor">, why: string): ProviderError {
  return new ProviderError("unavailable", `${party.vendor} is not available: ${why}`, {
    hint: "Nothing to do: Syntrack tries again",
  });
}

/**
 * Parses a `Retry-After` header, in seconds or as an HTTP date. A wait of zero or an instant in the past is
 * no invitation to retry at once: undefined, as without the header.
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
