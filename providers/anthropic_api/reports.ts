/** An organization's reports: this month's cost and tokens. */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  badResponseError,
  decode,
  instant,
  isStated,
  type KnownMembers,
  lenientNumber,
  member,
  orNull,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Part, Reading } from "../../lib/model/quota.ts";
import {
  countIn,
  isoSeconds,
  kindOfFailure,
  largestParts,
  NEGATIVE_SUM,
  nextPage,
  NO_DAYS,
  readAllPages,
  sumOrNull,
  sumOrUnknown,
  utcMonth,
} from "../../lib/provider_kit/pages.ts";
import { CALENDAR, type Gathering } from "../../lib/provider_kit/readings.ts";
import { requestJson, type RequestTarget } from "../../lib/provider_kit/request_json.ts";

export const ORIGIN = "https://api.anthropic.com/v1/organizations";

/** Returns all pages of a report. */
export async function fetchPages(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string,
): Promise<readonly unknown[]> {
  const headers = { "x-api-key": party.account.secret.reveal(), "anthropic-version": "2023-06-01" };
  return await readAllPages(async (cursor) => {
    const page = cursor === null
      ? url
      : `${url}${url.includes("?") ? "&" : "?"}page=${encodeURIComponent(cursor.toWellFormed())}`;
    return (await requestJson(ctx, party, page, { headers })).body;
  }, nextPage);
}

const Report = v.object({
  data: v.array(v.object({ starting_at: instant, results: v.array(v.unknown()) })),
});

/**
 * Returns the month's results; null for a report without any days,
 * since a day without use is still one with no results.
 */
async function fetchResults(
  ctx: ProviderContext,
  party: RequestTarget,
  url: string,
): Promise<readonly unknown[] | null> {
  const { start, end } = utcMonth(ctx.now());
  const buckets = (await fetchPages(ctx, party, url)).flatMap((page) => decode(Report, page).data)
    // A bucket without its day may belong to another month, so it does not count.
    .filter(({ starting_at: at }) => at >= start && at < end);
  return buckets.length === 0 ? null : buckets.flatMap((bucket) => bucket.results);
}

const Cost = v.object({
  // Cents as decimal text.
  amount: lenientNumber,
  currency: v.optional(v.string(), "USD"),
  model: orNull(v.string()),
  description: orNull(v.string()),
});

export interface Costs {
  /** Null when the sum is negative: credits are not usage. */
  readonly used: number | null;
  readonly parts: readonly Part[];
}

/** Returns the month's costs by model, or as one sum when they are not grouped. */
export async function fetchCosts(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<Costs> {
  const { start, end } = utcMonth(ctx.now());
  const range = `starting_at=${isoSeconds(start)}&ending_at=${isoSeconds(end)}&bucket_width=1d&limit=31`;
  const url = `${ORIGIN}/cost_report?${range}`;
  let results: readonly unknown[] | null;
  try {
    results = await fetchResults(ctx, party, `${url}&group_by[]=description`);
  } catch (error) {
    if (kindOfFailure(error) !== "unavailable") throw error;
    results = await fetchResults(ctx, party, url);
  }
  if (results === null) {
    found.drop("cost report", NO_DAYS);
    return { used: null, parts: [] };
  }
  let [cents, counted, named] = [0, 0, false];
  const sums = new Map<string, number>();
  for (const result of results) {
    const { amount, currency, model, description } = decode(Cost, result);
    if (currency.toUpperCase() !== "USD") {
      found.drop(`costs in ${currency.slice(0, 8)}`, "a currency other than dollars");
      continue;
    }
    counted++;
    cents += amount;
    named ||= (model ?? description) !== null;
    const name = model ?? description ?? "Other";
    sums.set(name, (sums.get(name) ?? 0) + amount / 100);
  }
  if (counted === 0 && results.length > 0) {
    throw badResponseError("Anthropic gave costs in another currency alone", results);
  }
  const used = sumOrNull(cents / 100);
  if (used === null) found.drop("cost report", NEGATIVE_SUM);
  return { used, parts: named ? largestParts(sums) : [] };
}

/** Counts of one day and kind: an absent one is 0, an unreadable one is not. */
const TOKENS = ["uncached_input_tokens", "cache_read_input_tokens", "output_tokens"];
const CREATED = ["ephemeral_1h_input_tokens", "ephemeral_5m_input_tokens"];

const KNOWN_USAGE: KnownMembers = {
  ...Object.fromEntries(TOKENS.map((name) => [name, true] as const)),
  cache_creation: Object.fromEntries(CREATED.map((name) => [name, true] as const)),
  server_tool_use: true,
};

export async function fetchTokens(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<readonly Reading[]> {
  const { start, end } = utcMonth(ctx.now());
  const url = `${ORIGIN}/usage_report/messages?starting_at=${isoSeconds(start)}&bucket_width=1d&limit=31`;
  const results = await fetchResults(ctx, party, url);
  if (results === null) found.drop("usage report", NO_DAYS);
  const none = results === null ? null : 0;
  const sums: Record<"input" | "output", number | null> = { input: none, output: none };
  for (const result of results ?? []) {
    const [uncached = null, cached = null, output = null] = TOKENS.map((name) =>
      countIn(result, name, found)
    );
    const created = findCreatedIn(member(result, "cache_creation"), found);
    for (const { what, why } of unknownFigures(result, KNOWN_USAGE)) found.drop(`usage ${what}`, why);
    sums.input = sumOrUnknown(sums.input, uncached, cached, created);
    sums.output = sumOrUnknown(sums.output, output);
  }
  const open = {
    unit: "tokens",
    limit: null,
    remaining: null,
    window: CALENDAR,
    startedAt: start,
    resetsAt: end,
  } as const;
  return [
    { quota: "month-input-tokens", label: "Input tokens this month", used: sums.input, ...open },
    { quota: "month-output-tokens", label: "Output tokens this month", used: sums.output, ...open },
  ];
}

/** Counts tokens written to caches; a report without the block predates them. */
function findCreatedIn(block: unknown, found: Gathering): number | null {
  if (!isStated(block)) return 0;
  return sumOrUnknown(...CREATED.map((name) => countIn(block, name, found)));
}
