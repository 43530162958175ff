/** The reports of an organization: what the month cost, and the tokens used in it. */
import * as v from "valibot";
import type { Asking } from "../../lib/asking.ts";
import {
  amountOrNull,
  badResponse,
  decode,
  instantOrNull,
  lenientNumber,
  orNull,
  tidy,
} from "../../lib/decode.ts";
import type { Part, Reading } from "../../lib/model/quota.ts";
import { allPages, isoSeconds, kindOfFailure, largestParts, nextPage, utcMonth } from "../../lib/paged.ts";
import { CALENDAR } from "../../lib/readings.ts";
import { type Party, requestJson } from "../../lib/request_json.ts";

export const ORIGIN = "https://api.anthropic.com/v1/organizations";

/** All pages of a report. */
export async function pagesOf(ask: Asking, party: Party, url: string): Promise<readonly unknown[]> {
  const headers = { "x-api-key": party.account.secret.reveal(), "anthropic-version": "2023-06-01" };
  return await allPages(async (cursor) => {
    const page = cursor === null
      ? url
      : `${url}${url.includes("?") ? "&" : "?"}page=${encodeURIComponent(cursor)}`;
    return (await requestJson(ask, party, page, { headers })).body;
  }, nextPage);
}

const Report = v.object({
  data: v.array(v.object({ starting_at: instantOrNull, results: v.array(v.unknown()) })),
});

async function resultsOf(ask: Asking, party: Party, url: string): Promise<readonly unknown[]> {
  const { start, end } = utcMonth(ask.now());
  return (await pagesOf(ask, party, url)).flatMap((page) => decode(Report, page).data)
    .filter(({ starting_at: at }) => at === null || (at >= start && at < end))
    .flatMap((bucket) => bucket.results);
}

const Cost = v.object({
  // Cents as a decimal text.
  amount: lenientNumber,
  currency: v.optional(v.string(), "USD"),
  model: orNull(v.string()),
  description: orNull(v.string()),
});

export interface Costs {
  readonly used: number;
  readonly parts: readonly Part[];
}

/** The costs of the month by model, or as one sum where they are not grouped. */
export async function costsOf(ask: Asking, party: Party): Promise<Costs> {
  const { start, end } = utcMonth(ask.now());
  const range = `starting_at=${isoSeconds(start)}&ending_at=${isoSeconds(end)}&bucket_width=1d&limit=31`;
  const url = `${ORIGIN}/cost_report?${range}`;
  let results: readonly unknown[];
  try {
    results = await resultsOf(ask, party, `${url}&group_by[]=description`);
  } catch (error) {
    if (kindOfFailure(error) !== "unavailable") throw error;
    results = await resultsOf(ask, party, url);
  }
  let [cents, counted, named] = [0, 0, false];
  const sums = new Map<string, number>();
  for (const result of results) {
    const { amount, currency, model, description } = decode(Cost, result);
    if (currency.toUpperCase() !== "USD") continue;
    counted++;
    cents += amount;
    named ||= (model ?? description) !== null;
    const name = model ?? description ?? "Other";
    sums.set(name, (sums.get(name) ?? 0) + amount / 100);
  }
  if (counted === 0 && results.length > 0) {
    throw badResponse("Anthropic gave costs in another currency alone", results);
  }
  return { used: Math.max(0, tidy(cents / 100)), parts: named ? largestParts(sums) : [] };
}

const Usage = v.object({
  uncached_input_tokens: amountOrNull,
  cache_read_input_tokens: amountOrNull,
  output_tokens: amountOrNull,
  cache_creation: orNull(v.object({
    ephemeral_1h_input_tokens: amountOrNull,
    ephemeral_5m_input_tokens: amountOrNull,
  })),
});

export async function tokensOf(ask: Asking, party: Party): Promise<readonly Reading[]> {
  const { start, end } = utcMonth(ask.now());
  const url = `${ORIGIN}/usage_report/messages?starting_at=${isoSeconds(start)}&bucket_width=1d&limit=31`;
  let [input, output] = [0, 0];
  for (const result of await resultsOf(ask, party, url)) {
    const usage = decode(Usage, result);
    input += (usage.uncached_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0) +
      (usage.cache_creation?.ephemeral_1h_input_tokens ?? 0) +
      (usage.cache_creation?.ephemeral_5m_input_tokens ?? 0);
    output += usage.output_tokens ?? 0;
  }
  const open = { unit: "tokens", limit: null, remaining: null, window: CALENDAR, resetsAt: end } as const;
  return [
    { quota: "month-input-tokens", label: "Input tokens this month", used: input, ...open },
    { quota: "month-output-tokens", label: "Output tokens this month", used: output, ...open },
  ];
}
