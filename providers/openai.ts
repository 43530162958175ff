/**
 * The OpenAI platform: this month's cost and usage of an organization or one of its projects, with an admin
 * key. Costs are authoritative for money; everything else is added where the vendor provides it.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import {
  amountOrNull,
  badResponseError,
  computeRest,
  decode,
  instant,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  orNull,
  tidy,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import { firstSetting, textAt } from "../lib/provider_kit/login_file.ts";
import type { Dropped, Part, Reading } from "../lib/model/quota.ts";
import {
  countIn,
  kindOfFailure,
  largestParts,
  NEGATIVE_SUM,
  nextPage,
  NO_DAYS,
  readAllPages,
  readUnlessFailed,
  setAmount,
  sumOrNull,
  sumOrUnknown,
  utcMonth,
} from "../lib/provider_kit/pages.ts";
import type { Account, Answer, Provider } from "../lib/provider/contract.ts";
import {
  BALANCE,
  CALENDAR,
  createAnswer,
  createGathering,
  type Gathering,
} from "../lib/provider_kit/readings.ts";
import { NO_SUCH_ROUTE, requestJson, type RequestTarget } from "../lib/provider_kit/request_json.ts";

const ORIGIN = "https://api.openai.com";

/** The route does not exist, or not for this key. */
const ABSENT = [...NO_SUCH_ROUTE, 403];
const ADMIN_KEYS = "platform.openai.com/settings/organization/admin-keys";

/** Prefixes of keys that cannot read costs, with the remedy for each. */
const WRONG_KEYS: readonly (readonly [start: string, remedy: string])[] = [
  ["sk-ant-", "This is a key of another vendor: set OPENAI_ADMIN_KEY to an admin key (sk-admin-...)"],
  ["sk-admin-", ""],
  [
    "sk-",
    `An ordinary key cannot ask for costs: set OPENAI_ADMIN_KEY to an admin key from ${ADMIN_KEYS}, or turn this off with SYNTRACK_OPENAI_ENABLED=0`,
  ],
];

export const openai: Provider = {
  id: "openai",
  name: "OpenAI API",
  aliases: ["openai-api", "openai-platform"],
  hosts: ["api.openai.com"],
  official: true,
  vendor: {
    letters: "Oa",
    colour: "#0b6b57",
    usage: "https://platform.openai.com/usage",
    status: "https://status.openai.com/",
  },
  pools: [
    { counts: "spend", quotas: ["monthly-spend", "credit-balance", "soft-limit"] },
    { counts: "use", quotas: ["month-requests"] },
    { counts: "use", quotas: ["month-tokens"] },
  ],
  settings: [
    { name: "OPENAI_ADMIN_KEY", secret: true, help: "Admin key of the organization, sk-admin-..." },
    {
      name: "OPENAI_API_KEY",
      secret: true,
      help: "The same under another name; ordinary keys are refused",
      alias: true,
    },
    { name: "OPENAI_PROJECT_ID", secret: false, help: "Only this project, proj_..." },
    {
      name: "OPENAI_MONTHLY_BUDGET_USD",
      secret: false,
      help: "Your own limit where the vendor has none set",
    },
    {
      name: "OPENAI_SOFT_LIMIT_USD",
      secret: false,
      help: "A lower mark, shown as a separate quota",
    },
  ],
  everyMs: 15 * 60_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    const found = firstSetting(ctx, ["OPENAI_ADMIN_KEY", "OPENAI_API_KEY"]);
    if (!found) return [];
    const remedy = WRONG_KEYS.find(([start]) => found.value.startsWith(start))?.[1];
    const account: Account = { name: "default", source: found.source, secret: new Secret(found.value) };
    return [remedy ? { ...account, remedy } : account];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "OpenAI", account };
    const month = utcMonth(ctx.now());
    const project = ctx.env("OPENAI_PROJECT_ID");
    const costs = await fetchCosts(ctx, party, month, project);
    const found = createGathering();
    const ofVendor = await spendLimit(ctx, party, project, found);
    const limit = ofVendor?.amount ?? setAmount(ctx, "OPENAI_MONTHLY_BUDGET_USD");
    const usage = await readUnlessFailed(
      ctx,
      "usage",
      () => fetchUsage(ctx, party, month.start, project, found),
      ["month-requests", "month-tokens"],
      found,
    );
    // Prepaid money belongs to the organization; nothing tells how much of it is a project's.
    const credit = project === undefined
      ? await readUnlessFailed(
        ctx,
        "credit grants",
        () => fetchCredit(ctx, party, found),
        ["credit-balance"],
        found,
      )
      : null;
    const inMonth = { window: CALENDAR, startedAt: month.start, resetsAt: month.end };
    const soft = setAmount(ctx, "OPENAI_SOFT_LIMIT_USD");
    const spend = { unit: "usd", used: costs.used, ...inMonth } as const;
    const readings: Reading[] = [{
      ...spend,
      quota: "monthly-spend",
      label: "Monthly spend",
      limit,
      remaining: computeRest(limit, costs.used),
      ...ofVendor?.allowed === undefined ? {} : { allowed: ofVendor.allowed },
      ...costs.parts.length > 0 ? { parts: costs.parts } : {},
    }];
    if (soft !== null) {
      const remaining = computeRest(soft, costs.used);
      readings.push({ ...spend, quota: "soft-limit", label: "Soft limit", limit: soft, remaining });
    }
    if (usage) {
      const { requests, tokens } = usage;
      const open = { limit: null, remaining: null, ...inMonth };
      readings.push(
        { quota: "month-requests", label: "Requests this month", unit: "requests", used: requests, ...open },
        { quota: "month-tokens", label: "Tokens this month", unit: "tokens", used: tokens, ...open },
      );
    }
    return createAnswer("OpenAI", null, {
      readings: credit ? [...readings, credit] : readings,
      dropped: [...costs.dropped, ...found.dropped],
      unread: found.unread,
    });
  },
};

type Month = ReturnType<typeof utcMonth>;

function reportUrl(path: string, start: number, project: string | undefined, more: string): URL {
  const url = new URL(`${ORIGIN}/v1/organization/${path}?start_time=${start / 1000}${more}`);
  // Keep the brackets unescaped, as the vendor writes them.
  if (project !== undefined) url.search += `&project_ids[]=${encodeURIComponent(project)}`;
  return url;
}

async function reportPages(
  ctx: ProviderContext,
  party: RequestTarget,
  url: URL,
): Promise<readonly unknown[]> {
  return await readAllPages(async (cursor) => {
    const page = new URL(url);
    if (cursor !== null) page.search += `&page=${encodeURIComponent(cursor.toWellFormed())}`;
    return (await requestJson(ctx, party, page, { headers: createHeaders(party) })).body;
  }, nextPage);
}

function createHeaders({ account }: RequestTarget): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${account.secret.reveal()}` };
}

const Buckets = v.object({
  data: v.array(v.object({ start_time: instant, results: v.array(v.unknown()) })),
});
const Cost = v.object({
  amount: v.object({ value: lenientNumber, currency: v.optional(v.string(), "usd") }),
  line_item: orNull(v.string()),
});

interface Costs {
  readonly used: number | null;
  readonly parts: readonly Part[];
  readonly dropped: readonly Dropped[];
}

/** Returns costs by line item, or as one sum when the vendor does not group them. */
async function fetchCosts(
  ctx: ProviderContext,
  party: RequestTarget,
  month: Month,
  project: string | undefined,
): Promise<Costs> {
  const range = `&end_time=${month.end / 1000}&bucket_width=1d&limit=31`;
  const fetchPlain = () => reportPages(ctx, party, reportUrl("costs", month.start, project, range));
  let pages: readonly unknown[];
  try {
    const grouped = reportUrl("costs", month.start, project, `${range}&group_by[]=line_item`);
    pages = await reportPages(ctx, party, grouped);
  } catch (error) {
    if (kindOfFailure(error) !== "unavailable") throw error;
    pages = await fetchPlain();
  }
  const sums = new Map<string, number>();
  let [sum, counted, foreign, named] = [0, 0, 0, false];
  const results = pickResults(pages, month);
  if (results === null) {
    return { used: null, parts: [], dropped: [{ what: "costs", why: NO_DAYS }] };
  }
  for (const result of results) {
    const { amount, line_item: item } = decode(Cost, result);
    if (!/^[a-z]{3}$/i.test(amount.currency)) {
      throw badResponseError("OpenAI gave costs without a currency", result);
    }
    if (amount.currency.toLowerCase() !== "usd") foreign++;
    else {
      counted++;
      sum += amount.value;
      named ||= item !== null;
      const name = item ?? "Other";
      sums.set(name, (sums.get(name) ?? 0) + amount.value);
    }
  }
  if (foreign > 0 && counted === 0) {
    throw badResponseError("OpenAI gave costs in another currency alone", pages);
  }
  const used = sumOrNull(sum);
  return {
    used,
    parts: named ? largestParts(sums) : [],
    dropped: [
      ...foreign > 0 ? [{ what: `${foreign} costs`, why: "in a currency other than dollars" }] : [],
      ...used === null ? [{ what: "costs", why: NEGATIVE_SUM }] : [],
    ],
  };
}

/** Returns the month's results; a page may contain buckets beyond it. */
function pickResults(pages: readonly unknown[], month: Month): readonly unknown[] | null {
  const buckets = pages.flatMap((page) => decode(Buckets, page).data)
    .filter((bucket) => bucket.start_time >= month.start && bucket.start_time < month.end);
  // A day without use has no results; a report without days of the month says nothing.
  return buckets.length === 0 ? null : buckets.flatMap((bucket) => bucket.results);
}

const KNOWN_LIMIT: KnownMembers = {
  threshold_amount: "figure",
  id: true,
  created_at: true,
  updated_at: true,
};
const SpendLimit = v.object({ threshold_amount: limitOrNull });

interface LimitAtVendor {
  /** In dollars. */
  readonly amount: number | null;
  readonly allowed?: boolean;
}

/** The vendor's words for whether it refuses calls because of the limit. */
const ENFORCEMENTS: ReadonlyMap<unknown, boolean> = new Map([["inactive", true], ["enforcing", false]]);

/** Returns the limit set at the vendor, or null when there is none. */
async function spendLimit(
  ctx: ProviderContext,
  party: RequestTarget,
  project: string | undefined,
  found: Gathering,
): Promise<LimitAtVendor | null> {
  const scope = project === undefined ? "" : `projects/${encodeURIComponent(project)}/`;
  const url = `${ORIGIN}/v1/organization/${scope}spend_limit`;
  const answer = await requestJson(ctx, party, url, { headers: createHeaders(party), expected: ABSENT });
  if (ABSENT.includes(answer.status)) return null;
  const { threshold_amount: cents } = decode(SpendLimit, answer.body);
  for (const { what, why } of unknownFigures(answer.body, KNOWN_LIMIT)) {
    found.drop(`spend limit ${what}`, why);
  }
  const allowed = ENFORCEMENTS.get(textAt(answer.body, "enforcement", "status")?.toLowerCase());
  return {
    amount: cents === null ? null : tidy(cents / 100),
    ...allowed === undefined ? {} : { allowed },
  };
}

async function fetchUsage(
  ctx: ProviderContext,
  party: RequestTarget,
  start: number,
  project: string | undefined,
  found: Gathering,
) {
  const url = reportUrl("usage/completions", start, project, "&bucket_width=1d&limit=31");
  const month = utcMonth(start);
  const results = pickResults(await reportPages(ctx, party, url), month);
  if (results === null) {
    found.drop("usage", NO_DAYS);
    return { requests: null, tokens: null };
  }
  let [requests, tokens]: (number | null)[] = [0, 0];
  for (const result of results) {
    const count = (name: string) => countIn(result, name, found);
    requests = sumOrUnknown(requests ?? null, count("num_model_requests"));
    // Input tokens include cached ones.
    tokens = sumOrUnknown(tokens ?? null, count("input_tokens"), count("output_tokens"));
  }
  return { requests: requests ?? null, tokens: tokens ?? null };
}

const Grants = v.object({
  total_granted: limitOrNull,
  total_used: amountOrNull,
  // The remainder is what blocks calls; the total may be unknown.
  total_available: lenientNumber,
});

const KNOWN_GRANTS: KnownMembers = {
  total_granted: "amount",
  total_used: "amount",
  total_available: true,
  total_paid_available: true,
  // The single grants behind the totals.
  grants: true,
};

/** Reads prepaid money, from a call the vendor does not document and often refuses. */
async function fetchCredit(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<Reading | null> {
  const url = `${ORIGIN}/v1/dashboard/billing/credit_grants`;
  const answer = await requestJson(ctx, party, url, { headers: createHeaders(party), expected: ABSENT });
  if (ABSENT.includes(answer.status)) return null;
  const grants = decode(Grants, answer.body);
  for (const { what, why } of unknownFigures(answer.body, KNOWN_GRANTS)) found.drop(`credit ${what}`, why);
  return {
    quota: "credit-balance",
    label: "Prepaid credit",
    unit: "usd",
    used: grants.total_used,
    limit: grants.total_granted,
    remaining: grants.total_available,
    window: BALANCE,
    resetsAt: null,
  };
}
