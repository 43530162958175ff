/**
 * The Claude API of an organization, with an admin key: this month's cost and usage, the spend limits, and
 * the per-minute rate limits. None of the four reports is available to everyone, so each is read separately,
 * and a poll fails only when all of them do.
 */
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { computeRest } from "../lib/provider_kit/decode.ts";
import { firstSetting } from "../lib/provider_kit/login_file.ts";
import type { Reading } from "../lib/model/quota.ts";
import {
  isContentFailure,
  kindOfFailure,
  NOT_UNDERSTOOD,
  setAmount,
  utcMonth,
} from "../lib/provider_kit/pages.ts";
import type { Account, Answer, Provider } from "../lib/provider/contract.ts";
import { CALENDAR, createAnswer, createGathering, type Gathering } from "../lib/provider_kit/readings.ts";
import type { RequestTarget } from "../lib/provider_kit/request_json.ts";
import { fetchCeilings, fetchSpendLimits } from "./anthropic_api/limits.ts";
import { type Costs, fetchCosts, fetchTokens } from "./anthropic_api/reports.ts";

/** Prefixes of the wrong kinds of keys, with the remedy for each. */
const WRONG_KEYS: readonly (readonly [start: string, remedy: string])[] = [
  ["sk-ant-oat", "This is the login of a subscription: use an admin key (sk-ant-admin...) here"],
  [
    "sk-ant-api",
    "This key is for calling models: an admin key (sk-ant-admin...) from the Console is needed here",
  ],
];

export const anthropicApi: Provider = {
  id: "anthropic-api",
  name: "Claude API",
  aliases: ["anthropic-console"],
  hosts: ["api.anthropic.com"],
  official: true,
  vendor: {
    letters: "Ca",
    colour: "#8c4a2f",
    usage: "https://platform.claude.com/usage",
    status: "https://status.claude.com/",
  },
  pools: [
    { counts: "none", quotas: ["*-per-minute-*"] },
    {
      counts: "spend",
      quotas: ["monthly-spend", "spend-limit-monthly", "spend-limit-daily", "spend-limit-*"],
    },
    { counts: "use", quotas: ["month-input-tokens"] },
    { counts: "use", quotas: ["month-output-tokens"] },
  ],
  settings: [
    { name: "ANTHROPIC_ADMIN_KEY", secret: true, help: "Admin key of the organization, sk-ant-admin..." },
    { name: "ANTHROPIC_ADMIN_API_KEY", secret: true, help: "The same under another name", alias: true },
    { name: "ANTHROPIC_API_KEY", secret: true, help: "Used only if it is an admin key" },
    {
      name: "ANTHROPIC_MONTHLY_BUDGET_USD",
      secret: false,
      help: "Your own limit where the vendor has none set",
    },
  ],
  everyMs: 15 * 60_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    const named = firstSetting(ctx, ["ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY"]);
    const common = ctx.find("ANTHROPIC_API_KEY");
    // Many people keep a key for model calls under that name, which grants no reports.
    const found = named ?? (common?.value.startsWith("sk-ant-admin") ? common : undefined);
    if (!found) return [];
    const remedy = WRONG_KEYS.find(([start]) => found.value.startsWith(start))?.[1];
    const account: Account = { name: "default", source: found.source, secret: new Secret(found.value) };
    return [remedy ? { ...account, remedy } : account];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Anthropic", account };
    const failures: unknown[] = [];
    const found = createGathering();
    async function attempt<T>(
      what: string,
      quotas: readonly string[],
      report: (context: ProviderContext, party: RequestTarget, found: Gathering) => Promise<T>,
    ): Promise<T | null> {
      try {
        return await report(ctx, party, found);
      } catch (error) {
        // All reports refuse a bad key, and a rate limit applies to all of them.
        const kind = kindOfFailure(error);
        if (kind === "rate_limited" || (kind === "auth" && failures.length === 0)) throw error;
        failures.push(error);
        if (isContentFailure(error)) found.drop(what, NOT_UNDERSTOOD);
        found.miss(error, ...quotas);
        return null;
      }
    }
    const costs = await attempt("cost report", ["monthly-spend"], fetchCosts);
    const tokens = await attempt("usage report", ["month-*-tokens"], fetchTokens);
    const ceilings = await attempt("rate limits", ["*-per-minute", "*-per-minute-*"], fetchCeilings);
    const limits = await attempt("spend limits", ["spend-limit-*"], fetchSpendLimits);
    if (!costs && !tokens && !ceilings && !limits) throw failures[0];
    for (const failure of failures) {
      ctx.log.debug("Left out a report", { account: account.name, kind: kindOfFailure(failure) ?? "none" });
    }
    const readings = [
      ...costs ? [toSpendReading(ctx, costs, limits ?? await ctx.lastReadings())] : [],
      ...limits ?? [],
      ...tokens ?? [],
      ...ceilings ?? [],
    ];
    return createAnswer("Anthropic", null, {
      readings,
      dropped: found.dropped,
      unread: found.unread,
    });
  },
};

/**
 * A limit set at the vendor takes precedence over the user's own budget.
 * @param limits those of the vendor; the last ones if it did not answer, because a limit does not end with that
 */
function toSpendReading(
  ctx: ProviderContext,
  { used, parts }: Costs,
  limits: readonly Pick<Reading, "quota" | "limit">[],
): Reading {
  const set = limits.find((one) => one.quota === "spend-limit-monthly")?.limit ?? null;
  const limit = set ?? setAmount(ctx, "ANTHROPIC_MONTHLY_BUDGET_USD");
  const { start, end } = utcMonth(ctx.now());
  return {
    quota: "monthly-spend",
    label: "Spend this month",
    unit: "usd",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: CALENDAR,
    startedAt: start,
    resetsAt: end,
    ...parts.length > 0 ? { parts } : {},
  };
}
