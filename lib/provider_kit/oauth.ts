/**
 * Renews a login by OAuth: one request to the vendor's token endpoint, and the meaning of its refusals.
 *
 * Runs only when the account's owner opted in, see `Renewal`.
 */
import * as v from "valibot";
import type { ProviderContext } from "../provider/context.ts";
import { badResponseError, isRecord, jsonOrNothing, lenientNumber, orNull } from "./decode.ts";
import { ProviderError } from "../provider/contract.ts";
import { retryAt } from "./request_json.ts";

export interface TokenRequest {
  /** The vendor's name for people. */
  readonly vendor: string;
  readonly url: string;
  readonly body: Readonly<Record<string, string>>;
  readonly as: "json" | "form";
  readonly headers?: Readonly<Record<string, string>>;
  /** How to restore the login once it has ended. */
  readonly remedy: string;
  /** Additional error codes by which this vendor says that a login has ended. */
  readonly finalCodes?: readonly string[];
}

const Tokens = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  refresh_token: orNull(v.pipe(v.string(), v.minLength(1))),
  id_token: orNull(v.pipe(v.string(), v.minLength(1))),
  scope: orNull(v.string()),
  expires_in: orNull(v.pipe(lenientNumber, v.minValue(1))),
});

export type Tokens = v.InferOutput<typeof Tokens>;

/**
 * Requests new tokens.
 * @throws {ProviderError} `auth` when the login has ended permanently; `rate_limited` and `unavailable` when a
 * later attempt may succeed
 */
export async function requestTokens(ctx: ProviderContext, request: TokenRequest): Promise<Tokens> {
  const { vendor, url, body, as } = request;
  const response = await ctx.fetch(url, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": as === "json" ? "application/json" : "application/x-www-form-urlencoded",
      ...request.headers,
    },
    body: as === "json" ? JSON.stringify(body) : new URLSearchParams(body).toString(),
    capBytes: 64 * 1024,
  });
  const text = await response.text();
  const answer = jsonOrNothing(text);
  if (!response.ok) throw describeFailure(ctx, request, response, answer);
  const result = v.safeParse(Tokens, answer);
  // Leave out the response: it may contain a token that nothing redacts yet.
  if (!result.success) throw badResponseError(`${vendor} answered the renewal without a new token`, "");
  return result.output;
}

function describeFailure(
  ctx: ProviderContext,
  request: TokenRequest,
  response: Response,
  answer: unknown,
): ProviderError {
  const { vendor, remedy, finalCodes = [] } = request;
  const { status } = response;
  const final: readonly unknown[] = ["invalid_grant", ...finalCodes];
  if (status >= 400 && status < 500 && codesIn(answer).some((code) => final.includes(code))) {
    return new ProviderError("auth", `${vendor} says that the login has ended`, {
      reason: "expired",
      hint: remedy,
    });
  }
  const at = retryAt(response.headers, ctx.now());
  const wait = at === undefined ? {} : { retryAt: at };
  if (status === 429) {
    return new ProviderError("rate_limited", `${vendor} limits how often logins may be renewed`, {
      hint: "Nothing to do: Syntrack tries again later",
      ...wait,
    });
  }
  return new ProviderError("unavailable", `${vendor} did not renew the login (status ${status})`, {
    hint: `Syntrack tries again; if this continues: ${remedy}`,
    ...wait,
  });
}

/** Collects the codes of an error, wherever vendors put them. */
function codesIn(answer: unknown): readonly unknown[] {
  if (!isRecord(answer)) return [];
  const { error, code } = answer;
  return isRecord(error) ? [code, error.code, error.type] : [code, error];
}

/**
 * Parses the text of a login file into an object.
 * @throws {ProviderError} `missing` when it is not one
 */
export function loginObject(text: string, vendor: string): Readonly<Record<string, unknown>> {
  const value = jsonOrNothing(text);
  if (isRecord(value)) return value;
  throw new ProviderError("missing", `The login file of ${vendor} contains no object`);
}

/** Serializes the new content of a file, with the byte order mark, indentation and ending it had before. */
export function serializeLike(value: Readonly<Record<string, unknown>>, before: string): string {
  const mark = before.startsWith("\ufeff") ? "\ufeff" : "";
  const indent = /^\s*\{\s*\n( +|\t)/.exec(before)?.[1];
  return mark + JSON.stringify(value, null, indent) + (before.endsWith("\n") ? "\n" : "");
}
