/**
 * Gathers facts from a store and has the model draw conclusions: forecasts, pace, insights, cycles, sessions.
 * It decides nothing itself, so every surface that reads through it says the same.
 *
 * May import the model and the contracts of store, hub and clock. It writes nothing, so a read-only store is
 * enough, and it limits every list it requests.
 */
import { MINUTE_MS } from "../model/duration.ts";
import { Cache } from "../base/cache.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import {
  computeStats,
  type InsightAccount,
  type InsightRange,
  pickInsights,
  type RankedInsight,
  rankInsights,
} from "../model/insights/insight.ts";
import type { Session } from "../model/engine/session.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import type { AccountRecord } from "../store/store.ts";
import { createStoreAhead, type UnstoredPoll } from "./ahead.ts";
import { cycleAt } from "./as_of.ts";
import { type AnalysisContext, createGatherer } from "./gather.ts";
import {
  type CyclePage,
  type CyclesRequest,
  type InsightsAnswer,
  type InsightsQuery,
  type OverviewCycle,
  type QuotaAnalysis,
  type QuotaSummary,
  type QuotaSums,
  type SessionPage,
  type SessionsRequest,
  summarizeQuota,
} from "./kinds.ts";
import type { AnalysisOptions } from "./options.ts";
import { cyclesInRange, type ListedRange, type ListedRows, sessionsInRange } from "./listed.ts";
import { readDisplayCycles, readDisplaySessions, readLastUsed } from "./display_cycles.ts";
import type { DisplayCycle } from "../model/view/display_cycle.ts";
import type { DisplaySession } from "../model/view/display_session.ts";
import { cachedByRange } from "./cached_by_range.ts";
import { readOverview } from "./overview.ts";
import { readMergedPage } from "./pages.ts";
import { createUsageMemory, type UsageQuery } from "./usage.ts";
import type { QuotaUses } from "../model/history/usage.ts";

export type * from "./kinds.ts";
export type { AboutAccount, AnalysisOptions } from "./options.ts";
export type { UsageQuery } from "./usage.ts";
export type { ListedRange, ListedRows } from "./listed.ts";
export type { ListPosition, Page, PageQuery } from "./pages.ts";

/**
 * Every method answers for the present, from its cache when nothing has changed, or as of `now`: then it
 * ignores later readings and reads everything from the store. Accounts are in key order, quotas in the order
 * in which they first appeared.
 */
export interface Analysis {
  /** Returns every visible quota, or those of some accounts. */
  quotas(
    query?: { readonly accounts?: readonly AccountKey[] },
    now?: number,
  ): Promise<readonly QuotaAnalysis[]>;
  /** Returns the quotas of one account as they will be once a poll is stored, and what they will have consumed. */
  ahead(coming: UnstoredOutcome): Promise<AccountAhead>;
  insights(query: InsightsQuery, now?: number): Promise<InsightsAnswer>;
  /** Returns cycles of some quotas, newest first, at most 200. */
  cycles(query: CyclesRequest, now?: number): Promise<CyclePage>;
  /** Returns sessions of some accounts, newest first, at most 200; a session idle for too long has ended. */
  sessions(query: SessionsRequest, now?: number): Promise<SessionPage>;
  /** Returns cycles that overlap a past time range, in their current state: newest first, at most 5000. */
  cyclesInRange(quotas: readonly QuotaKey[], range: ListedRange): Promise<ListedRows<DisplayCycle>>;
  /** Returns what the last reading of a cycle states as used; null when unknown, or no longer stored. */
  lastUsed(cycle: Pick<Cycle, "quota" | "lastAt">): Promise<number | null>;
  /** Like `cyclesInRange`, for sessions of some accounts. */
  sessionsInRange(accounts: readonly AccountKey[], range: ListedRange): Promise<ListedRows<DisplaySession>>;
  /**
   * Returns the days of a zone (by default that of the settings)
   * and the all-time totals of some accounts, as of now.
   */
  sums(accounts: readonly AccountKey[], zone?: string): Promise<readonly QuotaSums[]>;
  /** Returns cycles of one quota, newest first, at most 500, each beside all quotas of its account. */
  cycleOverview(
    query: { readonly quota: QuotaKey; readonly limit: number },
    now?: number,
  ): Promise<readonly OverviewCycle[]>;
  /** Returns all-time usage of the quotas of some accounts. */
  summary(accounts: readonly AccountKey[], now?: number): Promise<readonly QuotaSummary[]>;
  /** Returns what quotas consumed in each slot of a calendar, in their current state; in the order of `quotas`. */
  usage(query: UsageQuery): Promise<readonly QuotaUses[]>;
  close(): void;
}

/** An account before and after a poll or failure that is not stored yet. */
export interface UnstoredOutcome {
  /** As stored; null for a new account. */
  readonly before: AccountRecord | null;
  readonly after: AccountRecord;
  /** Null for a failure, which does not change the history. */
  readonly poll: UnstoredPoll | null;
}

export interface AccountAhead extends Pick<Analysis, "usage"> {
  readonly quotas: readonly QuotaAnalysis[];
}

export const MAX_IN_PAGE = 200;
export const MAX_IN_OVERVIEW = 500;
/** Maximum cycles or sessions of one list. */
export const MAX_LISTED = 5000;
/** Maximum cached answers of each kind; evicts the oldest. */
const MAX_ANSWERS = 32;
/** Maximum accounts and ranges whose findings are cached. */
const MAX_FINDINGS = 2048;

/** Findings about an account. */
interface AccountFindings {
  readonly account: InsightAccount;
  readonly ranked: readonly RankedInsight[];
}

export function createAnalysis(options: AnalysisOptions): Analysis {
  const { store, clock, zone, hub } = options;
  const gatherer = createGatherer(options);
  const usage = createUsageMemory(store, () => clock.now(), gatherer.versionOf);
  const found = new Cache<string, AccountFindings>({ max: MAX_FINDINGS });
  const answers = new Cache<string, InsightsAnswer>({ max: MAX_ANSWERS });
  const overviews = new Cache<string, readonly OverviewCycle[]>({ max: MAX_ANSWERS });
  const readCycles = cachedByRange<QuotaKey, Cycle>(
    (quota, part) => store.cycles({ quota, ...part }),
    (quota) => gatherer.versionOf(splitQuotaKey(quota).account),
    () => clock.now(),
  );
  const readSessions = cachedByRange<AccountKey, Session>(
    (account, part) => store.sessions({ account, ...part }),
    gatherer.versionOf,
    () => clock.now(),
  );

  async function find(
    context: AnalysisContext,
    record: AccountRecord,
    range: InsightRange,
  ): Promise<AccountFindings> {
    const account = await gatherer.insightAccount(context, record);
    const ranked = rankInsights({ now: context.now, zone: zone(), range, accounts: [account] });
    return { account, ranked };
  }

  /** Rounds the instant down, because insights state times to the minute. */
  function formatQuestion(context: AnalysisContext, account: AccountKey): string {
    const minute = Math.floor(context.now / MINUTE_MS);
    return [context.version(account), minute, zone(), options.workDays?.() ?? ""].join(" ");
  }

  function findCached(
    context: AnalysisContext,
    record: AccountRecord,
    range: InsightRange,
  ): Promise<AccountFindings> {
    const { account } = record;
    return found.load(
      `${range} ${account}`,
      formatQuestion(context, account),
      () => find(context, record, range),
    );
  }

  async function conclude(query: InsightsQuery, instant: number | undefined): Promise<InsightsAnswer> {
    const { range, hidden = [] } = query;
    using context = await gatherer.open(instant, query.accounts);
    const look = instant === undefined && hub ? findCached : find;
    const all: AccountFindings[] = [];
    for (const record of context.records) all.push(await look(context, record, range));
    const accounts = all.map(({ account }) => account);
    return {
      range,
      zone: zone(),
      insights: pickInsights(all.flatMap(({ ranked }) => ranked), hidden, query.type),
      stats: computeStats({
        now: context.now,
        zone: zone(),
        range,
        accounts: narrowAccounts(accounts, query.quotas),
      }),
    };
  }

  async function readCachedCycles(
    quotas: readonly QuotaKey[],
  ): Promise<ReadonlyMap<QuotaKey, readonly Cycle[]>> {
    using context = await gatherer.open(undefined, quotas.map((quota) => splitQuotaKey(quota).account));
    const all = new Map<QuotaKey, readonly Cycle[]>();
    for (const record of context.records) {
      for (const [quota, cycles] of await gatherer.cyclesOf(context, record)) all.set(quota, cycles);
    }
    return all;
  }

  async function overviewAt(quota: QuotaKey, limit: number, now: number): Promise<readonly OverviewCycle[]> {
    const { account } = splitQuotaKey(quota);
    const cycles = await store.cycles({ quota, to: now + 1, limit: Math.min(limit, MAX_IN_OVERVIEW) });
    const then = await Promise.all(cycles.map((cycle) => cycleAt(store, cycle, now)));
    const { quotas } = await store.recall(account);
    return await readOverview(store, account, then, Object.keys(quotas), now);
  }

  return {
    async quotas(query = {}, now) {
      using context = await gatherer.open(now, query.accounts);
      const quotas: QuotaAnalysis[] = [];
      for (const record of context.records) {
        for (const { analysis } of await gatherer.quotasOf(context, record)) quotas.push(analysis);
      }
      return quotas;
    },
    async ahead({ before, after, poll }) {
      const coming = poll ? createStoreAhead(store, poll) : store;
      using context = await gatherer.openAhead(before, after, coming);
      return {
        quotas: (await gatherer.quotasOf(context, after)).map(({ analysis }) => analysis),
        usage: createUsageMemory(coming, () => context.now, () => 0).usage,
      };
    },
    insights(query, now) {
      if (now !== undefined || !hub) return conclude(query, now);
      const { range, hidden = [], type = null, accounts = null, quotas = null } = query;
      const minute = Math.floor(clock.now() / MINUTE_MS);
      const key = JSON.stringify([range, hidden, type, accounts, quotas]);
      return answers.load(key, `${gatherer.events} ${minute} ${zone()}`, () => conclude(query, undefined));
    },
    async cycles({ quotas, limit, after }, instant) {
      const now = instant ?? clock.now();
      const kept = instant === undefined && hub
        ? await readCachedCycles(quotas)
        : new Map<QuotaKey, readonly Cycle[]>();
      const page = await readMergedPage(
        quotas,
        { limit: Math.min(limit, MAX_IN_PAGE), after },
        async (key, before, most) => {
          const quota = key as QuotaKey;
          // Take the newest from memory; read only what lies further back.
          const known = kept.get(quota)?.filter(({ startedAt }) => startedAt < before).slice(0, most) ?? [];
          if (known.length === most) return known;
          const cycles = await store.cycles({ quota, to: Math.min(before, now + 1), limit: most });
          return await Promise.all(cycles.map((cycle) => cycleAt(store, cycle, now)));
        },
      );
      return { ...page, items: await readDisplayCycles(store, page.items, now) };
    },
    async sessions({ accounts, limit, after }, instant) {
      const now = instant ?? clock.now();
      const page = await readMergedPage(
        accounts,
        { limit: Math.min(limit, MAX_IN_PAGE), after },
        (key, before, most) => {
          const query = { account: key as AccountKey, to: Math.min(before, now + 1), limit: most };
          return gatherer.sessions(query, now, instant === undefined);
        },
      );
      return { ...page, items: await readDisplaySessions(store, page.items) };
    },
    async cyclesInRange(quotas, { from, to, limit }) {
      const range = { from, to, limit: Math.min(limit, MAX_LISTED) };
      const listed = await cyclesInRange(quotas, range, readCycles);
      return { ...listed, items: await readDisplayCycles(store, listed.items, clock.now()) };
    },
    lastUsed: (cycle) => readLastUsed(store, cycle),
    async sessionsInRange(accounts, { from, to, limit }) {
      const now = clock.now();
      const listed = await sessionsInRange(
        accounts,
        { from, to, limit: Math.min(limit, MAX_LISTED) },
        async (account, part) => await gatherer.ended(account, await readSessions(account, part), now),
      );
      return { ...listed, items: await readDisplaySessions(store, listed.items) };
    },
    async sums(accounts, ofZone = zone()) {
      using context = await gatherer.open(undefined, accounts);
      const sums: QuotaSums[] = [];
      for (const record of context.records) {
        for (const { analysis, subject, memory } of await gatherer.quotasOf(context, record)) {
          const { days } = await memory.buckets(subject, ofZone);
          const rate = await memory.dayRate(subject);
          sums.push({ quota: analysis, days, lifetime: await memory.lifetime(subject), rate });
        }
      }
      return sums;
    },
    cycleOverview({ quota, limit }, now) {
      if (now !== undefined) return overviewAt(quota, limit, now);
      const minute = Math.floor(clock.now() / MINUTE_MS);
      const version = gatherer.versionOf(splitQuotaKey(quota).account);
      return overviews.load(`${limit} ${quota}`, `${version} ${minute}`, () => {
        return overviewAt(quota, limit, clock.now());
      });
    },
    async summary(accounts, now) {
      using context = await gatherer.open(now, accounts);
      const summaries: QuotaSummary[] = [];
      for (const record of context.records) {
        for (const { analysis, subject, memory } of await gatherer.quotasOf(context, record)) {
          summaries.push(
            summarizeQuota(analysis, await memory.lifetime(subject), await memory.partial(subject)),
          );
        }
      }
      return summaries;
    },
    usage: (query) => usage.usage(query),
    close() {
      gatherer.close();
    },
  };
}

/** Returns the accounts with their matching quotas; leaves out accounts without any. */
function narrowAccounts(
  accounts: readonly InsightAccount[],
  quotas: readonly QuotaKey[] | undefined,
): readonly InsightAccount[] {
  if (!quotas) return accounts;
  return accounts.flatMap((account) => {
    const own = account.quotas.filter(({ key }) => quotas.includes(key));
    const ids = new Set(own.map(({ quota }) => quota));
    const sessions = account.sessions.flatMap((session) => {
      const use = session.use.filter(({ quota }) => ids.has(quota));
      return use.length === 0 ? [] : [{ ...session, use }];
    });
    return own.length === 0 ? [] : [{ ...account, quotas: own, sessions }];
  });
}
