/**
 * Amp Free in cents, as shown on the site's settings page: from
 * the route behind that page, or from its scripts.
 */
import { HOUR_MS } from "../../lib/model/duration.ts";
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  amountOrNull,
  badResponseError,
  computeRest,
  isRecord,
  jsonOrNothing,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  tidy,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import {
  NO_SUCH_ROUTE,
  rateLimitedError,
  refusedError,
  type RequestTarget,
  type requestText,
  type TextAnswer,
  unavailableError,
} from "../../lib/provider_kit/request_json.ts";
import { scriptValues } from "../../lib/provider_kit/script_values.ts";

/** The middle part is specific to one build of the site. */
const REMOTE = "/_app/remote/w6b2h6/getFreeTierUsage";
const CAP_BYTES = 2 * 1024 * 1024;

export interface FreeTier {
  readonly used: number | null;
  readonly limit: number;
  /** Amount refilled each hour. */
  readonly hourly: number;
  readonly hours: number;
}

/** Builds the reading of a pool that refills hourly and never resets: its instant is when it will be full. */
export function freeTierReading({ used, limit, hourly, hours }: FreeTier, now: number): Reading {
  const waitMs = used !== null && used > 0 && hourly > 0 ? Math.round(used / hourly * HOUR_MS) : 0;
  // At a tiny rate the pool would be full in another century.
  const resetsAt = waitMs > 0 && waitMs < 400 * 24 * HOUR_MS ? now + waitMs : null;
  return {
    quota: "free-tier",
    label: "Amp Free",
    unit: "credits",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: { kind: "rolling", seconds: Math.round(hours * 3600) },
    resetsAt,
    ...hourly > 0 ? { refillPerHour: tidy(hourly) } : {},
  };
}

type TierRequest = (
  ctx: ProviderContext,
  party: RequestTarget,
  path: string,
  init: Parameters<typeof requestText>[3],
) => Promise<TextAnswer>;

export async function readFreeTier(
  ctx: ProviderContext,
  party: RequestTarget,
  askAmp: TierRequest,
): Promise<Answer> {
  const cookie = `session=${party.account.secret.reveal()}`;
  const { status, text } = await askAmp(ctx, party, REMOTE, {
    headers: { cookie, accept: "application/json", "x-sveltekit-pathname": "/settings" },
    expected: NO_SUCH_ROUTE,
  });
  const block = NO_SUCH_ROUTE.includes(status)
    ? await ofPage(ctx, party, cookie, askAmp)
    : ofRemote(party, text);
  const reading = toReading(block, ctx.now());
  if (reading === undefined) throw badResponseError("Amp answered without the figures of Amp Free", text);
  return reading === "none" ? { readings: [] } : { readings: [reading], plan: "free" };
}

async function ofPage(
  ctx: ProviderContext,
  party: RequestTarget,
  cookie: string,
  askAmp: TierRequest,
): Promise<unknown> {
  const { text } = await askAmp(ctx, party, "/settings", {
    headers: { cookie, accept: "text/html" },
    capBytes: CAP_BYTES,
  });
  const block = scriptValues(text, "freeTierUsage").find(isRecord);
  if (block) return block;
  if (/sign[ -]?in|log[ -]?in/i.test(text)) throw refusedError(party, "it asks to sign in");
  throw unavailableError(
    party,
    "its settings page has changed, and the figures of Amp Free are elsewhere now",
  );
}

/** Decodes the envelope: a list whose first element contains the indexes of the values after it. */
function ofRemote(party: RequestTarget, text: string): unknown {
  const envelope = jsonOrNothing(text);
  const type = member(envelope, "type");
  if (type === "redirect") throw refusedError(party, "it asks to sign in");
  if (type === "error") throw createFailure(party, envelope);
  const list = jsonOrNothing(textAt(envelope, "result") ?? "");
  const [root] = Array.isArray(list) ? list as readonly unknown[] : [];
  if (!isRecord(root) || !Array.isArray(list)) {
    throw badResponseError("Amp answered with something other than its envelope", text);
  }
  // Equal values are stored once, so only the names tell them apart.
  return Object.fromEntries(Object.entries(root).map(([name, at]) => [name, valueAt(list, at)]));
}

/** Values that JSON cannot express appear as negative indexes. */
const CONSTANTS: ReadonlyMap<unknown, number | undefined> = new Map<unknown, number | undefined>([
  [-1, undefined],
  [-3, Number.NaN],
  [-4, Infinity],
  [-5, -Infinity],
  [-6, 0],
]);

function valueAt(list: readonly unknown[], at: unknown): unknown {
  if (CONSTANTS.has(at)) return CONSTANTS.get(at);
  return typeof at === "number" && Number.isInteger(at) && at > 0 ? list[at] : undefined;
}

function createFailure(party: RequestTarget, envelope: unknown) {
  const status = v.parse(orNull(lenientNumber), member(envelope, "status")) ?? 0;
  if (status === 401 || status === 403) return refusedError(party, `status ${status}`);
  if (status === 429) return rateLimitedError(party, undefined);
  if (status === 404 || status >= 500) return unavailableError(party, `it answered with status ${status}`);
  return badResponseError("Amp answered that it failed", envelope);
}

function toReading(block: unknown, now: number): Reading | "none" | undefined {
  const limit = v.parse(limitOrNull, member(block, "quota"));
  const used = v.parse(amountOrNull, member(block, "used"));
  if (limit === null || used === null) return undefined;
  if (limit === 0 && used === 0) return "none";
  // The hourly refill only tells when the pool will be full: unknown, it does not prevent a reading.
  const hourly = v.parse(amountOrNull, member(block, "hourlyReplenishment")) ?? 0;
  const hours = v.parse(amountOrNull, member(block, "windowHours")) ?? 0;
  return freeTierReading(
    { used: tidy(used), limit, hourly, hours: hours >= 1 && hours <= 10_000 ? hours : 24 },
    now,
  );
}
