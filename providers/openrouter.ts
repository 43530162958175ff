/**
 * OpenRouter: a key's limit and use, and its account's credits. `usage` counts from the first day, so it is
 * never compared with a limit that resets.
 */
import * as v from "valibot";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { nextDay, nextMonth, nextWeek } from "../lib/provider_kit/calendar.ts";
import {
  amountOrNull,
  badResponseError,
  computeRest,
  computeUsed,
  containsFigure,
  instant,
  isNoLimit,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  tidy,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import { textAt } from "../lib/provider_kit/login_file.ts";
import type { Reading, Window } from "../lib/model/quota.ts";
import { type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { utcMonth } from "../lib/provider_kit/pages.ts";
import {
  BALANCE,
  CALENDAR,
  createAnswer,
  createGathering,
  type Gathering,
  ONE_DAY,
  ONE_WEEK,
  withStart,
} from "../lib/provider_kit/readings.ts";
import {
  NO_SUCH_ROUTE,
  rateLimitedError,
  refusedError,
  requestJson,
  type RequestTarget,
  retryAt,
  unavailableError,
} from "../lib/provider_kit/request_json.ts";

const API = "https://openrouter.ai/api/v1";

export const openrouter: Provider = {
  id: "openrouter",
  name: "OpenRouter",
  hosts: ["openrouter.ai"],
  official: true,
  vendor: {
    letters: "Or",
    colour: "#4d50cf",
    usage: "https://openrouter.ai/activity",
    status: "https://status.openrouter.ai/",
  },
  pools: [
    { counts: "spend", quotas: ["spend-monthly", "spend-weekly", "spend-daily", "key-limit", "credits"] },
    { counts: "use", quotas: ["free-model-daily"] },
  ],
  settings: [
    { name: "OPENROUTER_API_KEY", secret: true, help: "API key of OpenRouter, sk-or-v1-..." },
    {
      name: "OPENROUTER_MANAGEMENT_API_KEY",
      secret: true,
      help: "Management key of the same account, for its credits if the API key cannot read them",
    },
  ],
  everyMs: 60_000,

  // deno-lint-ignore require-await -- a broken setting is to be a rejection, never a throw
  async accounts(ctx) {
    const key = ctx.find("OPENROUTER_API_KEY");
    const management = ctx.find("OPENROUTER_MANAGEMENT_API_KEY");
    const found = key ?? management;
    if (!found) return [];
    const { value, source } = found;
    return [{
      name: "default",
      source,
      secret: new Secret(value),
      ...management === undefined ? {} : { also: { management: new Secret(management.value) } },
      remedy: value.startsWith("sk-or-")
        ? `Check ${source}`
        : `Check ${source}: keys of OpenRouter begin with sk-or-`,
    }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "OpenRouter", account };
    const data = await keyData(ctx, party);
    const found = createGathering();
    for (const { what, why } of unknownFigures(data, KNOWN)) found.drop(what, why);
    for (const name of AMOUNTS) {
      const amount = v.parse(orNull(lenientNumber), data[name]);
      if (isStated(data[name]) && amount === null) found.drop(name, "no amount");
      // A limit below 0 is none, and a negative remainder is use beyond the limit.
      else if (amount !== null && amount < 0 && !name.startsWith("limit")) {
        found.drop(name, "a negative amount");
      }
    }
    if (isStated(data.limit_reset) && !periodOf(data)) found.drop("limit_reset", "an unknown period");
    const readings = [
      keyLimit(ctx, account.name, data),
      await readCredits(ctx, party, found),
      freeRequests(data, ctx.now()),
      ...PERIODS.map((period) => readSpend(data, period, ctx.now())),
    ];
    for (const reading of readings) if (reading) found.add(reading);
    const plan = data.is_free_tier === true ? "free" : data.is_free_tier === false ? "paid" : undefined;
    const identity = textAt(data, "organization_id") ?? textAt(data, "creator_user_id");
    return createAnswer("OpenRouter", { data }, found, {
      ...plan === undefined ? {} : { plan },
      ...identity === undefined ? {} : { identity },
    });
  },
};

type Data = Readonly<Record<string, unknown>>;

const AMOUNTS = [
  "limit",
  "limit_remaining",
  ...["usage", "byok_usage"].flatMap((name) => [name, `${name}_daily`, `${name}_weekly`, `${name}_monthly`]),
];
const KNOWN: KnownMembers = {
  ...Object.fromEntries(AMOUNTS.map((name) => [name, true] as const)),
  free_model_daily_requests: {
    limit: "figure",
    used: true,
    remaining: true,
    resets_at: "instant",
    reset_at: "instant",
  },
  rate_limit: true,
  expires_at: true,
  created_at: true,
  updated_at: true,
  label: true,
  name: true,
  hash: true,
  organization_id: true,
  creator_user_id: true,
  workspace_id: true,
};

interface Period {
  readonly name: "daily" | "weekly" | "monthly";
  readonly window: Window;
  readonly next: (at: number) => number;
  /** When a period without a fixed length began. */
  readonly start?: (at: number) => number;
}

const PERIODS: readonly Period[] = [
  { name: "daily", window: ONE_DAY, next: nextDay },
  { name: "weekly", window: ONE_WEEK, next: nextWeek },
  { name: "monthly", window: CALENDAR, next: nextMonth, start: (at) => utcMonth(at).start },
];

/** Returns the period of the key's limit, in whatever case the vendor writes it. */
function periodOf({ limit_reset }: Data): Period | undefined {
  const stated = typeof limit_reset === "string" ? limit_reset.trim().toLowerCase() : limit_reset;
  return PERIODS.find(({ name }) => name === stated);
}

async function keyData(ctx: ProviderContext, party: RequestTarget): Promise<Data> {
  const first = await get(ctx, party, "key", party.account.secret, NO_SUCH_ROUTE);
  // The route's previous name.
  const body = first !== undefined ? first : await get(ctx, party, "auth/key", party.account.secret);
  const data = member(body, "data");
  if (!isRecord(data)) throw badResponseError("OpenRouter answered without the figures of the key", body);
  const known = ["limit", "usage", "usage_daily", "is_free_tier"];
  if (!known.some((name) => data[name] !== undefined)) {
    throw badResponseError("OpenRouter answered in an unknown format", body);
  }
  return data;
}

/** Returns the body of a route, or undefined when its status is one of `absent`. */
async function get(
  ctx: ProviderContext,
  party: RequestTarget,
  route: string,
  secret: Secret,
  absent: readonly number[] = [],
): Promise<unknown> {
  const { status, body, headers } = await requestJson(ctx, party, `${API}/${route}`, {
    headers: { authorization: `Bearer ${secret.reveal()}` },
    expected: [...absent, 429],
    explain: (status) =>
      status === 402 ? unavailableError(party, "the account is in debt (status 402)") : undefined,
  });
  if (status === 429) {
    throw rateLimitedError(party, retryAt(headers, ctx.now()) ?? resetAt(headers, ctx.now()));
  }
  if (absent.includes(status)) return undefined;
  // Gateways may return a failure with status 200.
  if (isRecord(member(body, "error")) && member(body, "data") === undefined) throw createFailure(party, body);
  return body;
}

/** Returns when the rate limit ends, which this vendor states in epoch milliseconds. */
function resetAt(headers: Headers, now: number): number | undefined {
  const at = v.safeParse(instant, headers.get("x-ratelimit-reset"));
  return at.success && at.output > now && at.output < now + 7 * 86_400_000 ? at.output : undefined;
}

function createFailure(party: RequestTarget, body: unknown): ProviderError {
  const code = v.parse(orNull(lenientNumber), member(member(body, "error"), "code")) ?? 0;
  if (code === 401 || code === 403) return refusedError(party, `code ${code}`);
  if (code === 429) return rateLimitedError(party, undefined);
  if (code === 402 || code === 404 || (code >= 500 && code <= 599)) {
    return unavailableError(party, `it answered with code ${code}`);
  }
  return badResponseError("OpenRouter answered that it failed", body);
}

function keyLimit(ctx: ProviderContext, account: string, data: Data): Reading | undefined {
  const limit = v.parse(limitOrNull, data.limit);
  const used = usedOfKey(data, limit);
  const isBroken = limit === null && isStated(data.limit) && !isNoLimit(data.limit);
  // Nothing left means used up, even with an unknown limit.
  const isUsedUp = isBroken && v.parse(amountOrNull, data.limit_remaining) === 0;
  if (limit === null && !isUsedUp && (used === null || isBroken)) return undefined;
  if (limit === 0 && !used) {
    ctx.log.warn("The key cannot spend anything: its limit is 0", { account });
    return undefined;
  }
  const period = periodOf(data);
  return withStart({
    quota: "key-limit",
    label: "Key limit",
    unit: "usd",
    used,
    limit,
    remaining: isUsedUp ? 0 : computeRest(limit, used),
    // A lifetime cap of the key has no window.
    window: period?.window ?? BALANCE,
    resetsAt: period?.next(ctx.now()) ?? null,
  }, period?.start?.(ctx.now()) ?? null);
}

/**
 * Returns what counts against the limit: limit minus remainder, or
 * else the counter of its period, or else all-time use.
 */
function usedOfKey(data: Data, limit: number | null): number | null {
  const remaining = v.parse(orNull(lenientNumber), data.limit_remaining);
  if (limit !== null && remaining !== null && remaining <= limit) return tidy(limit - remaining, limit);
  const parseAmount = (name: string) => v.parse(amountOrNull, data[name]);
  const period = periodOf(data);
  if (!period) {
    return data.limit_reset === null || data.limit_reset === undefined ? parseAmount("usage") : null;
  }
  const counted = parseAmount(`usage_${period.name}`);
  const own = data.include_byok_in_limit === true ? parseAmount(`byok_usage_${period.name}`) ?? 0 : 0;
  return counted === null ? null : tidy(counted + own);
}

function freeRequests(data: Data, now: number): Reading | undefined {
  const block = data.free_model_daily_requests;
  const limit = v.parse(limitOrNull, member(block, "limit"));
  const remaining = v.parse(amountOrNull, member(block, "remaining"));
  const used = v.parse(amountOrNull, member(block, "used")) ?? computeUsed(limit, remaining);
  if ((limit === null && used === null && remaining !== 0) || (limit === 0 && !used)) return undefined;
  return {
    quota: "free-model-daily",
    label: "Free model requests",
    unit: "requests",
    used,
    limit,
    remaining: remaining ?? computeRest(limit, used),
    window: ONE_DAY,
    resetsAt: nextDay(now),
  };
}

function readSpend(data: Data, { name, window, next, start }: Period, now: number): Reading | undefined {
  const used = v.parse(amountOrNull, data[`usage_${name}`]);
  return used === null ? undefined : withStart({
    quota: `spend-${name}`,
    label: `Spend, ${name}`,
    unit: "usd",
    used,
    limit: null,
    remaining: null,
    window,
    resetsAt: next(now),
  }, start?.(now) ?? null);
}

/** Reads the account's balance; many keys may not see it, and the key's figures matter more. */
async function readCredits(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<Reading | undefined> {
  const { account } = party;
  try {
    const secret = account.also?.management ?? account.secret;
    const body = await get(ctx, party, "credits", secret, NO_SUCH_ROUTE);
    const limit = v.parse(amountOrNull, member(member(body, "data"), "total_credits"));
    const used = v.parse(amountOrNull, member(member(body, "data"), "total_usage"));
    if (limit === 0 && used === 0) return undefined;
    if (limit === null || used === null) {
      if (containsFigure(body)) found.drop("credits", "its amounts are not recognized");
      return undefined;
    }
    return {
      quota: "credits",
      label: "Account credits",
      unit: "usd",
      used,
      limit,
      remaining: tidy(limit - used, Math.max(limit, used)),
      window: BALANCE,
      resetsAt: null,
    };
  } catch (error) {
    found.miss(error, "credits");
    ctx.log.debug("The credits could not be read", {
      account: account.name,
      kind: String(member(error, "kind")),
    });
    return undefined;
  }
}
