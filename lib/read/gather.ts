/** Gathers what the model needs to know about accounts, for the present or as of an instant. */
import { Cache } from "../base/cache.ts";
import { DAY_MS } from "../model/duration.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { forecast, forecastStaleMs } from "../model/forecast/forecast.ts";
import type { InsightAccount, InsightQuota } from "../model/insights/insight.ts";
import { expectedMs } from "../model/engine/interval.ts";
import { computePace, type Pace } from "../model/forecast/pace.ts";
import {
  type AccountKey,
  isGauge,
  type QuotaKey,
  quotaKey,
  type Reading,
  readingShare,
  splitAccountKey,
  windowLengthMs,
} from "../model/quota.ts";
import { endIfIdle, type Session, sessionIdleMs } from "../model/engine/session.ts";
import { DEFAULT_RULES, isGoneSince, type QuotaState, wholeSnapshotAt } from "../model/engine/state.ts";
import { listVisibleQuotas, quotaView } from "../model/view/view.ts";
import type { AccountRecord, SessionsQuery, Store } from "../store/store.ts";
import { recordAt, sessionAt, sessionIdleAt } from "./as_of.ts";
import { type OpenLessons, openLessons } from "./lessons.ts";
import type { QuotaAnalysis } from "./kinds.ts";
import { QuotaMemory, type Subject } from "./memory.ts";
import type { AboutAccount, AnalysisOptions } from "./options.ts";
import { createVersions } from "./versions.ts";

/**
 * Accounts at an instant, with the memory of their quotas: the basis of all conclusions. Dispose of it when they
 * are drawn.
 */
export interface AnalysisContext extends Disposable {
  readonly now: number;
  /** False for a requested past instant. */
  readonly isPresent: boolean;
  readonly records: readonly AccountRecord[];
  /** The source of the history. */
  readonly store: Store;
  /** What an earlier process learnt from the history. */
  readonly lessons?: OpenLessons | undefined;
  /** Changes whenever the account does. */
  version(account: AccountKey): number;
  memory(quota: QuotaKey): QuotaMemory;
}

/** A quota with its conclusions, and the means to read more about it. */
export interface GatheredQuota {
  readonly analysis: QuotaAnalysis;
  readonly subject: Subject;
  readonly memory: QuotaMemory;
}

export interface Gatherer {
  /** Opens the present or an instant, for all accounts or some. */
  open(instant: number | undefined, accounts?: readonly AccountKey[]): Promise<AnalysisContext>;
  /** Opens an account as it will be, with `ahead` as its history. @param before as stored */
  openAhead(before: AccountRecord | null, after: AccountRecord, ahead: Store): Promise<AnalysisContext>;
  quotasOf(context: AnalysisContext, record: AccountRecord): Promise<readonly GatheredQuota[]>;
  /** Returns the newest cycles of an account's quotas, the open one first. */
  cyclesOf(context: AnalysisContext, record: AccountRecord): Promise<ReadonlyMap<QuotaKey, readonly Cycle[]>>;
  insightAccount(context: AnalysisContext, record: AccountRecord): Promise<InsightAccount>;
  /** Returns sessions of the present, or as they were at an instant. */
  sessions(query: SessionsQuery, now: number, isPresent: boolean): Promise<readonly Session[]>;
  /** Returns an account's stored sessions in their present state: those idle for too long have ended. */
  ended(account: AccountKey, stored: readonly Session[], now: number): Promise<readonly Session[]>;
  /** Changes whenever the account does; at every call without a hub to report changes. */
  versionOf(account: AccountKey): number;
  /** Number of events, and the ones at which accounts changed. */
  readonly events: number;
  close(): void;
}

const ALL_DAYS = 7;
const SESSIONS_MS = 31 * DAY_MS;
const MAX_SESSIONS = 1000;
const MAX_MEMORIES = 8192;
/** Reload everything after this long: another process may have imported older history. */
const MAX_AGE_MS = 6 * 3_600_000;

export function createGatherer(options: AnalysisOptions): Gatherer {
  const { store, clock, zone, hub } = options;
  const workDays = () => options.workDays?.();
  const versions = createVersions(hub);
  const memories = new Cache<QuotaKey, QuotaMemory>({
    max: MAX_MEMORIES,
    maxAgeMs: MAX_AGE_MS,
    now: () => clock.now(),
  });
  let requests = 0;
  // Compute calendar days only if some are not working days: loading a zone is slow.
  const zoneOfDays = () => (workDays() ?? ALL_DAYS) < ALL_DAYS ? zone() : undefined;

  function describeAccount(account: AccountKey): AboutAccount {
    return options.about?.(account) ?? { providerName: splitAccountKey(account).provider };
  }

  function paceAt(reading: Reading, now: number): Pace | null {
    const { window, resetsAt } = reading;
    const share = readingShare(reading);
    // Neither a sliding window nor an allocation has an end by which to use it up.
    if (window.kind === "rolling" || window.kind === "balance" || isGauge(window)) return null;
    const windowMs = windowLengthMs(reading);
    return computePace({ share, windowMs, resetsAt, now, workDays: workDays(), zone: zoneOfDays() });
  }

  function createSubject(context: AnalysisContext, account: AccountKey, state: QuotaState): Subject {
    const quota = quotaKey(account, state.reading.quota);
    return { store: context.store, quota, state, now: context.now, version: context.version(account) };
  }

  async function gatherQuota(
    context: AnalysisContext,
    { account, state, outcome }: AccountRecord,
    quota: QuotaState,
  ) {
    const { now } = context;
    const { reading, at, cycle, recent } = quota;
    const subject = createSubject(context, account, quota);
    const memory = context.memory(subject.quota);
    const past = await memory.past(subject, context.lessons);
    const { window, resetsAt, used, limit, remaining } = reading;
    const wholeAt = wholeSnapshotAt(state);
    const isGone = isGoneSince(wholeAt, quota);
    const forecastOfIt = forecast({
      now,
      kind: window.kind,
      windowMs: windowLengthMs(reading),
      resetsAt,
      at,
      used,
      limit,
      remaining,
      allowed: reading.allowed,
      isGone,
      refillPerHour: reading.refillPerHour,
      staleAfterMs: forecastStaleMs(expectedMs(quota, outcome)),
      cycle,
      recent,
      past,
      workDays: workDays(),
      zone: zoneOfDays(),
    });
    const pace = isGone ? null : paceAt(reading, now);
    const analysis: QuotaAnalysis = {
      account,
      view: quotaView(account, quota, wholeAt, options.statusBounds?.(), {
        forecast: forecastOfIt,
        pace,
      }),
      forecast: forecastOfIt,
      pace,
      open: cycle,
    };
    return { analysis, subject, memory };
  }

  async function gatherQuotas(
    context: AnalysisContext,
    record: AccountRecord,
  ): Promise<readonly GatheredQuota[]> {
    const gathered: GatheredQuota[] = [];
    for (const quota of listVisibleQuotas(record.state)) {
      gathered.push(await gatherQuota(context, record, quota));
    }
    return gathered;
  }

  async function insightQuota({ analysis, subject, memory }: GatheredQuota): Promise<InsightQuota> {
    const { view, open, forecast } = analysis;
    const { closed } = await memory.cycles(subject);
    const lifetime = await memory.lifetime(subject);
    const { days, hours } = await memory.buckets(subject, zone());
    const { key, quota, label, unit, currency, window, used, limit, remaining, resetsAt, parts, gone } = view;
    return {
      key,
      quota,
      label,
      unit,
      ...currency !== undefined && { currency },
      window,
      used,
      limit,
      remaining,
      resetsAt,
      parts,
      gone,
      firstAt: lifetime?.firstAt ?? null,
      planSince: await memory.planSince(subject),
      cycles: [open, ...closed],
      days,
      hours,
      forecast,
    };
  }

  async function readSessions(
    query: SessionsQuery,
    now: number,
    isPresent: boolean,
  ): Promise<readonly Session[]> {
    const { account } = query;
    const stored = await store.sessions(query);
    if (isPresent) return await endIdleSessions(account, stored, now);
    const idleMs = findIdleMs(account);
    const then: Session[] = [];
    for (const one of stored) {
      const session = await sessionAt(store, one, now);
      if (session) then.push(endIfIdle(session, now, await sessionIdleAt(store, session, now, idleMs)));
    }
    return then;
  }

  async function endIdleSessions(
    account: AccountKey,
    stored: readonly Session[],
    now: number,
  ): Promise<readonly Session[]> {
    if (stored.every(({ endedAt }) => endedAt !== null)) return stored;
    const record = (await loadRecords([account])).find((one) => one.account === account);
    const read = new Map(Object.entries(record?.state.quotas ?? {}));
    return stored.map((session) =>
      endIfIdle(session, now, sessionIdleMs(session, read, findIdleMs(account)))
    );
  }

  function findIdleMs(account: AccountKey): number {
    return describeAccount(account).idleMs ?? DEFAULT_RULES.idleMs;
  }

  /** Returns at least the records of these accounts; all by default. */
  async function loadRecords(accounts?: readonly AccountKey[]): Promise<readonly AccountRecord[]> {
    const only = accounts?.length === 1 ? accounts[0] : undefined;
    return await (options.records?.(only) ?? store.latest(only));
  }

  return {
    async open(instant, accounts) {
      const all = await loadRecords(accounts);
      const wanted = new Set(accounts);
      const records = accounts ? all.filter(({ account }) => wanted.has(account)) : all;
      const now = instant ?? clock.now();
      if (instant === undefined && hub) {
        return {
          now,
          isPresent: true,
          records,
          store,
          version: versions.of,
          memory: (quota) => memoryIn(memories, quota),
          [Symbol.dispose]() {},
        };
      }
      const own = new Map<QuotaKey, QuotaMemory>();
      const then: AccountRecord[] = [];
      for (const record of records) then.push(await recordAt(store, record, now));
      const isPresent = instant === undefined;
      const lessons = isPresent && options.lessons
        ? await openLessons(options.lessons, store, then)
        : undefined;
      return {
        now,
        isPresent,
        records: then,
        store,
        lessons,
        version: () => 0,
        memory: (quota) => memoryIn(own, quota),
        [Symbol.dispose]: () => lessons?.close(),
      };
    },
    async openAhead(before, after, ahead) {
      const now = clock.now();
      const own = new Map<QuotaKey, QuotaMemory>();
      // Remember what is known, but learn nothing from a poll that may not be stored.
      for (const state of hub && before ? listVisibleQuotas(before.state) : []) {
        const quota = quotaKey(after.account, state.reading.quota);
        const memory = memoryIn(memories, quota);
        await memory.cycles({ store, quota, state, now, version: versions.of(after.account) });
        own.set(quota, memory.copied());
      }
      return {
        now,
        isPresent: true,
        records: [after],
        store: ahead,
        version: () => 0,
        memory: (quota) => memoryIn(own, quota),
        [Symbol.dispose]() {},
      };
    },
    quotasOf: gatherQuotas,
    async cyclesOf(context, { account, state }) {
      const cycles = new Map<QuotaKey, readonly Cycle[]>();
      for (const quota of listVisibleQuotas(state)) {
        const subject = createSubject(context, account, quota);
        const { closed } = await context.memory(subject.quota).cycles(subject);
        cycles.set(subject.quota, [quota.cycle, ...closed]);
      }
      return cycles;
    },
    async insightAccount(context, record) {
      const { account, state } = record;
      const quotas: InsightQuota[] = [];
      for (const gathered of await gatherQuotas(context, record)) quotas.push(await insightQuota(gathered));
      const { now } = context;
      const query = { account, from: now - SESSIONS_MS, to: now + 1, limit: MAX_SESSIONS };
      return {
        account,
        providerName: describeAccount(account).providerName,
        plan: state.plan,
        quotas,
        sessions: (await readSessions(query, now, context.isPresent)).map((
          { startedAt, endedAt, quotas },
        ) => ({
          startedAt,
          endedAt,
          use: quotas.map(({ quota, consumed }) => ({ quota, consumed })),
        })),
      };
    },
    sessions: readSessions,
    ended: endIdleSessions,
    versionOf: (account) => hub ? versions.of(account) : ++requests,
    get events() {
      return versions.last;
    },
    close: versions.close,
  };
}

function memoryIn(
  memories: Pick<Cache<QuotaKey, QuotaMemory>, "get" | "set">,
  quota: QuotaKey,
): QuotaMemory {
  let memory = memories.get(quota);
  if (!memory) memories.set(quota, memory = new QuotaMemory());
  return memory;
}
