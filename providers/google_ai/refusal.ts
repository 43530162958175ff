/** Translates Google's refusals into a failure with a hint, or into quotas that are used up. Pure. */
import * as v from "valibot";
import { isRecord, lenientNumber, member, orNull } from "../../lib/provider_kit/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { zoneDay } from "../../lib/provider_kit/pages.ts";
import { type Account, ProviderError } from "../../lib/provider/contract.ts";
import { rateLimitedError, refusedError } from "../../lib/provider_kit/request_json.ts";
import { ONE_DAY } from "../../lib/provider_kit/readings.ts";
import { classifyLimit, nameKind, ZONE } from "./series.ts";

/** Returns what a refusal means beyond its status. */
export function explain(account: Account, body: unknown): ProviderError | undefined {
  const details = parseDetails(body);
  const reasons = details.map((one) => member(one, "reason"));
  if (reasons.includes("API_KEY_INVALID")) {
    return refusedError({ vendor: "Google", account }, "the key is not valid");
  }
  if (reasons.includes("SERVICE_DISABLED")) {
    return new ProviderError("auth", "The Cloud Monitoring API is turned off in the project", {
      hint: "Turn it on: gcloud services enable monitoring.googleapis.com",
    });
  }
  if (member(member(body, "error"), "status") === "PERMISSION_DENIED") {
    return new ProviderError("auth", "This login is not allowed to read the figures of the project", {
      hint: "Give it the role Monitoring Viewer (roles/monitoring.viewer), and check GOOGLE_CLOUD_PROJECT",
    });
  }
  return undefined;
}

function parseDetails(body: unknown): readonly unknown[] {
  const details = member(member(body, "error"), "details");
  return Array.isArray(details) ? details : [];
}

const Violation = v.object({
  quotaId: v.pipe(v.string(), v.maxLength(200)),
  quotaMetric: v.fallback(v.string(), ""),
  quotaDimensions: v.fallback(v.record(v.string(), v.unknown()), {}),
  quotaValue: orNull(lenientNumber),
});

/**
 * Returns the quotas named in a refused model call, which another program made: they are used up.
 *
 * @throws {ProviderError} `rate_limited` when no quota is named
 */
export function quotasOfRefusal(account: Account, body: unknown, now: number): readonly Reading[] {
  const details = parseDetails(body);
  const retryMs = retryDelayMs(details);
  const violations = details.flatMap((one) => {
    const list = member(one, "violations");
    return Array.isArray(list) ? list : [];
  }).filter(isRecord).map((one) => v.safeParse(Violation, one)).filter((one) => one.success);
  if (violations.length === 0) {
    throw rateLimitedError({ vendor: "Google", account }, retryMs === null ? undefined : now + retryMs);
  }
  const readings = new Map<string, Reading>();
  for (const { output: { quotaId, quotaMetric, quotaDimensions, quotaValue } } of violations) {
    // An allowance of 0 means the plan lacks it.
    if (quotaValue !== null && quotaValue <= 0) continue;
    const model = typeof quotaDimensions.model === "string" ? quotaDimensions.model : "";
    const kind = nameKind(classifyLimit(quotaId, quotaMetric), model);
    const resetsAt = kind.window === ONE_DAY
      ? zoneDay(now, ZONE).end
      : retryMs === null
      ? null
      : now + retryMs;
    readings.set(kind.quota, { ...kind, used: quotaValue, limit: quotaValue, remaining: 0, resetsAt });
  }
  return [...readings.values()];
}

/** Parses `34.07s`. */
function retryDelayMs(details: readonly unknown[]): number | null {
  const texts = details.map((one) => member(one, "retryDelay"));
  const match = /^(\d{1,7}(?:\.\d{1,9})?)s$/.exec(
    String(texts.find((text) => typeof text === "string") ?? ""),
  );
  return match ? Math.round(Number(match[1]) * 1000) : null;
}
