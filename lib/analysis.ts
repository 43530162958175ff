/**
 * Gathers facts from a store and has the model conclude: forecasts, pace, insights, cycles,
 * sessions. It decides nothing itself, so every surface that asks here says the same.
 *
 * It may import the model and the contracts of store, hub and clock. It writes nothing, so a
 * store that is open for reading will do, and every list it asks for is bounded.
 */
import type { QuotaState } from "./model/advance.ts";
import { type Forecast, forecast, STALE_AFTER_MS } from "./model/forecast.ts";
import { GAP_INTERVALS } from "./model/history.ts";
import { type InsightAccount, type InsightFacts, insightsOf, statsOf } from "./model/insight.ts";
import { type Pace, paceOf } from "./model/pace.ts";
import { type AccountKey, type QuotaKey, splitAccountKey, splitQuotaKey } from "./model/quota.ts";
import { endedIfIdle, type Session } from "./model/session.ts";
import { DEFAULT_RULES } from "./model/state.ts";
import { type QuotaView, quotaView } from "./model/view.ts";
import type { Clock } from "./clock.ts";
import type { Hub } from "./hub.ts";
import type { AccountRecord, SessionsQuery, Store } from "./store/store.ts";
import { cycleAt, recordAt, sessionAt } from "./analysis/as_of.ts";
import {
  type CyclePage,
  type CyclesAsked,
  type InsightsAnswer,
  type InsightsQuery,
  type OverviewCycle,
  type QuotaAnalysis,
  type QuotaSummary,
  type SessionPage,
  type SessionsAsked,
  summaryOf,
} from "./analysis/kinds.ts";
import { QuotaMemory } from "./analysis/memory.ts";
import { overviewOf } from "./analysis/overview.ts";
import { mergedPage } from "./analysis/pages.ts";

export type * from "./analysis/kinds.ts";
export type { Page, PageQuery, Place } from "./analysis/pages.ts";

export interface AnalysisOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The IANA zone in which days begin; asked each time, for it may be changed. */
  readonly zone: () => string;
  /** Tells when an account has changed; what was read is kept until then. Without it everything is read each time. */
  readonly hub?: Hub;
  /** The present of all accounts, where somebody else has read it already. */
  readonly records?: () => Promise<readonly AccountRecord[]>;
  /** What only the settings know of an account. */
  readonly about?: (account: AccountKey) => AboutAccount;
  readonly rules?: Partial<AnalysisRules>;
}

export interface AboutAccount {
  readonly providerName: string;
  /** How often it is polled, in milliseconds. */
  readonly intervalMs: number;
}

export interface AnalysisRules {
  /** A session is over after this long without use. */
  readonly idleMs: number;
  /** Days from Monday on that are worked, 2 to 6; 7 when all count. */
  readonly workDays: number;
}

/**
 * Every method answers as of the present, from what was kept where nothing has changed, or as of `now`:
 * then nothing that was read later counts, and everything is read from the store. Lists of accounts and
 * quotas are in the order of their keys.
 */
export interface Analysis {
  /** Every quota that is shown, or those of some accounts. */
  quotas(
    query?: { readonly accounts?: readonly AccountKey[] },
    now?: number,
  ): Promise<readonly QuotaAnalysis[]>;
  insights(query: InsightsQuery, now?: number): Promise<InsightsAnswer>;
  /** Cycles of some quotas, newest first, at most 200. */
  cycles(query: CyclesAsked, now?: number): Promise<CyclePage>;
  /** Sessions of some accounts, newest first, at most 200; one that has been idle for too long has ended. */
  sessions(query: SessionsAsked, now?: number): Promise<SessionPage>;
  /** Cycles of one quota, newest first, at most 500, each beside all quotas of its account. */
  cycleOverview(
    query: { readonly quota: QuotaKey; readonly limit: number },
    now?: number,
  ): Promise<readonly OverviewCycle[]>;
  summary(accounts: readonly AccountKey[], now?: number): Promise<readonly QuotaSummary[]>;
  close(): void;
}

/** A quota the provider stopped mentioning is shown for so long, as in the views. */
const GONE_SHOWN_MS = 24 * 3_600_000;
const SESSIONS_MS = 31 * 24 * 3_600_000;
const MOST_SESSIONS = 1000;
export const MOST_IN_PAGE = 200;
export const MOST_IN_OVERVIEW = 500;
/** Answers to questions about insights that are kept; the one asked for longest ago goes first. */
const MOST_ANSWERS = 64;
const MINUTE_MS = 60_000;

/** Accounts at an instant, with what is kept of their quotas. */
interface Scene {
  readonly now: number;
  readonly records: readonly AccountRecord[];
  version(account: AccountKey): number;
  memory(quota: QuotaKey): QuotaMemory;
}

export function createAnalysis(options: AnalysisOptions): Analysis {
  const { store, clock, zone, hub } = options;
  const rules: AnalysisRules = { idleMs: DEFAULT_RULES.idleMs, workDays: 7, ...options.rules };
  const about = options.about ??
    ((account: AccountKey) => ({ providerName: splitAccountKey(account).provider, intervalMs: 0 }));
  const versions = new Map<AccountKey, number>();
  const memories = new Map<QuotaKey, QuotaMemory>();
  const answers = new Map<string, Promise<InsightsAnswer>>();
  /** Counts up with every event. */
  let events = 0;
  const stop = hub?.listen(({ account }) => {
    events++;
    if (account !== null) versions.set(account, events);
  });

  async function sceneAt(instant: number | undefined, keys?: readonly AccountKey[]): Promise<Scene> {
    const all = await (options.records?.() ?? store.latest());
    const records = keys ? all.filter(({ account }) => keys.includes(account)) : all;
    const now = instant ?? clock.now();
    if (instant === undefined && hub) {
      return { now, records, version: (account) => versions.get(account) ?? 0, memory: kept };
    }
    const own = new Map<QuotaKey, QuotaMemory>();
    const then: AccountRecord[] = [];
    for (const record of records) then.push(await recordAt(store, record, now));
    return { now, records: then, version: () => 0, memory: (quota) => remember(own, quota, now) };

    function kept(quota: QuotaKey): QuotaMemory {
      if (memories.get(quota)?.isOld(now)) memories.delete(quota);
      return remember(memories, quota, now);
    }
  }

  function forecastOf(
    state: QuotaState,
    past: Parameters<typeof forecast>[0]["past"],
    now: number,
    intervalMs: number,
  ): Forecast {
    const { reading, at, cycle, recent } = state;
    const { window, resetsAt, used, limit, remaining } = reading;
    return forecast({
      now,
      kind: window.kind,
      windowMs: window.seconds === null ? null : window.seconds * 1000,
      resetsAt,
      at,
      used,
      limit,
      remaining,
      staleAfterMs: Math.max(STALE_AFTER_MS, GAP_INTERVALS * intervalMs),
      cycle,
      recent,
      past,
      workDays: rules.workDays,
      zone: zone(),
    });
  }

  function paceAt(view: QuotaView, now: number): Pace | null {
    const { share, window, resetsAt } = view;
    // A window that slides has no point in time by which it may be used up.
    if (window.kind === "rolling" || window.kind === "balance") return null;
    const windowMs = window.seconds === null ? null : window.seconds * 1000;
    return paceOf({ share, windowMs, resetsAt, now, workDays: rules.workDays, zone: zone() });
  }

  async function analysisOf(scene: Scene, account: AccountKey, view: QuotaView, state: QuotaState) {
    const { now } = scene;
    const subject = { store, quota: view.key, state, now, version: scene.version(account) };
    const { closed, past } = await scene.memory(view.key).cycles(subject);
    const made: QuotaAnalysis = {
      account,
      view,
      forecast: forecastOf(state, [...past.values()], now, about(account).intervalMs),
      pace: paceAt(view, now),
      cycles: closed,
      open: state.cycle,
    };
    return { made, subject };
  }

  async function analysed(scene: Scene) {
    const list: Awaited<ReturnType<typeof analysisOf>>[] = [];
    for (const { account, state } of scene.records) {
      for (const quota of Object.values(state.quotas)) {
        if (state.at === null || state.at - quota.at > GONE_SHOWN_MS) continue;
        list.push(await analysisOf(scene, account, quotaView(account, quota, state.at), quota));
      }
    }
    return list;
  }

  async function insightFacts(scene: Scene, { range, hidden = [] }: InsightsQuery): Promise<InsightFacts> {
    const list = await analysed(scene);
    const days = zone();
    const accounts: InsightAccount[] = [];
    for (const { account, state } of scene.records) {
      const quotas: InsightAccount["quotas"][number][] = [];
      for (const { made, subject } of list.filter(({ made }) => made.account === account)) {
        const memory = scene.memory(subject.quota);
        const lifetime = await memory.lifetime(subject);
        const buckets = await memory.buckets(subject, days);
        const { view } = made;
        quotas.push({
          key: view.key,
          quota: view.quota,
          label: view.label,
          unit: view.unit,
          window: view.window,
          used: view.used,
          limit: view.limit,
          remaining: view.remaining,
          resetsAt: view.resetsAt,
          parts: view.parts,
          gone: view.gone,
          firstAt: lifetime?.firstAt ?? null,
          cycles: [made.open, ...made.cycles],
          days: buckets.days,
          hours: buckets.hours,
          forecast: made.forecast,
        });
      }
      const sessions = await sessionsAt({
        account,
        from: scene.now - SESSIONS_MS,
        to: scene.now + 1,
        limit: MOST_SESSIONS,
      }, scene.now);
      accounts.push({
        account,
        providerName: about(account).providerName,
        plan: state.plan,
        quotas,
        sessions: sessions.map(({ startedAt, endedAt, quotas }) => ({
          startedAt,
          endedAt,
          use: quotas.map(({ quota, consumed }) => ({ quota, consumed })),
        })),
      });
    }
    return { now: scene.now, zone: days, range, accounts, hidden };
  }

  async function sessionsAt(query: SessionsQuery, now: number): Promise<readonly Session[]> {
    const sessions: Session[] = [];
    for (const stored of await store.sessions(query)) {
      const session = await sessionAt(store, stored, now);
      if (session) sessions.push(endedIfIdle(session, now, rules.idleMs));
    }
    return sessions;
  }

  async function concluded(query: InsightsQuery, instant: number | undefined): Promise<InsightsAnswer> {
    const facts = await insightFacts(await sceneAt(instant, query.accounts), query);
    return { range: query.range, zone: facts.zone, insights: insightsOf(facts), stats: statsOf(facts) };
  }

  return {
    async quotas(query = {}, now) {
      return (await analysed(await sceneAt(now, query.accounts))).map(({ made }) => made);
    },
    insights(query, now) {
      if (now !== undefined || !hub) return concluded(query, now);
      // Sentences tell times to the minute.
      const minute = Math.floor(clock.now() / MINUTE_MS);
      const { range, hidden = [], accounts = null } = query;
      const key = JSON.stringify([events, minute, zone(), range, hidden, accounts]);
      return answers.get(key) ?? keep(answers, key, concluded(query, undefined), MOST_ANSWERS);
    },
    async cycles({ quotas, limit, after }, now = clock.now()) {
      const most = Math.min(limit, MOST_IN_PAGE);
      return await mergedPage(quotas, { limit: most, after }, async (quota, before, limit) => {
        const cycles = await store.cycles({
          quota: quota as QuotaKey,
          to: Math.min(before, now + 1),
          limit,
        });
        return await Promise.all(cycles.map((cycle) => cycleAt(store, cycle, now)));
      });
    },
    async sessions({ accounts, limit, after }, now = clock.now()) {
      const most = Math.min(limit, MOST_IN_PAGE);
      return await mergedPage(
        accounts,
        { limit: most, after },
        (account, before, limit) =>
          sessionsAt({ account: account as AccountKey, to: Math.min(before, now + 1), limit }, now),
      );
    },
    async cycleOverview({ quota, limit }, now = clock.now()) {
      const { account } = splitQuotaKey(quota);
      const cycles = await store.cycles({ quota, to: now + 1, limit: Math.min(limit, MOST_IN_OVERVIEW) });
      const then = await Promise.all(cycles.map((cycle) => cycleAt(store, cycle, now)));
      const { quotas } = await store.recall(account);
      return await overviewOf(store, account, then, Object.keys(quotas), now);
    },
    async summary(accounts, now) {
      const scene = await sceneAt(now, accounts);
      const summaries: QuotaSummary[] = [];
      for (const { made, subject } of await analysed(scene)) {
        summaries.push(summaryOf(made, await scene.memory(subject.quota).lifetime(subject)));
      }
      return summaries;
    },
    close() {
      stop?.();
    },
  };
}

function remember(memories: Map<QuotaKey, QuotaMemory>, quota: QuotaKey, now: number): QuotaMemory {
  let memory = memories.get(quota);
  if (!memory) memories.set(quota, memory = new QuotaMemory(now));
  return memory;
}

function keep<T>(kept: Map<string, Promise<T>>, key: string, value: Promise<T>, most: number): Promise<T> {
  kept.set(key, value);
  value.catch(() => kept.delete(key));
  if (kept.size > most) kept.delete(kept.keys().next().value!);
  return value;
}
