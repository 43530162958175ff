/** The per-minute limits of one deployment, from the response headers of a tiny call, which is billed. */
import type { ProviderContext } from "../../lib/provider/context.ts";
import { badResponseError } from "../../lib/provider_kit/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { minuteReading } from "../../lib/provider_kit/readings.ts";
import {
  rateLimitedError,
  requestJson,
  type RequestTarget,
  retryAt,
} from "../../lib/provider_kit/request_json.ts";

export interface Probe {
  readonly endpoint: URL;
  readonly deployment: string;
  readonly version: string;
  readonly key: string;
}

/** @throws {ProviderError} */
export async function readProbe(
  ctx: ProviderContext,
  party: RequestTarget,
  probe: Probe,
): Promise<readonly Reading[]> {
  const { endpoint, deployment, version, key } = probe;
  const base = endpoint.pathname.replace(/\/+$/, "");
  const messages = [{ role: "user", content: "ping" }];
  const isNew = /\/openai\/v1$/.test(base);
  const path = isNew
    ? `${base}/chat/completions`
    : `${base}${base.endsWith("/openai") ? "" : "/openai"}/deployments/${encodeURIComponent(deployment)}` +
      `/chat/completions?api-version=${encodeURIComponent(version)}`;
  const body = isNew
    ? { model: deployment, messages, max_completion_tokens: 1 }
    : { messages, max_tokens: 1 };
  const answer = await requestJson(ctx, party, `${endpoint.origin}${path}`, {
    method: "POST",
    headers: { "api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body),
    // A rate-limit refusal also states the limits.
    expected: [429],
  });
  const readings = limitsFromHeaders(answer.headers, ctx.now());
  if (readings.length > 0) return readings;
  if (answer.status === 429) throw rateLimitedError(party, retryAt(answer.headers, ctx.now()));
  if (
    answer.headers.has("x-ratelimit-remaining-requests") || answer.headers.has("x-ratelimit-remaining-tokens")
  ) return [];
  throw badResponseError("Azure answered without the limits of the minute", "");
}

/** Here resets are whole seconds from now. */
export function limitsFromHeaders(headers: Pick<Headers, "get">, now: number): readonly Reading[] {
  return [["requests", "Requests per minute"], ["tokens", "Tokens per minute"]].flatMap(
    ([unit, label = ""]) => {
      const get = (what: string) => headers.get(`x-ratelimit-${what}-${unit}`);
      const seconds = get("reset")?.trim() ?? "";
      const resetsAt = /^\d{1,6}$/.test(seconds) ? now + Number(seconds) * 1000 : null;
      const kind = unit === "tokens" ? "tokens" : "requests";
      const pair = { limit: get("limit"), remaining: get("remaining") };
      return minuteReading(`${kind}-per-minute`, label, kind, pair, resetsAt) ?? [];
    },
  );
}
