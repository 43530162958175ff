/**
 * One run of the cron on a hosting platform: polls due accounts, sends waiting messages, removes expired rows,
 * and records how far it got. The platform may stop it at any moment: what was committed stays, and the next run
 * does the rest.
 */
import type { Clock } from "../../base/clock.ts";
import { takeLease } from "../../base/lease.ts";
import type { Log } from "../../provider/context.ts";
import { describeThrown } from "../../poll/failure.ts";
import { findLastStored, pruningInstant } from "../../poll/maintenance.ts";
import type { Scheduler } from "../../poll/scheduler.ts";
import { DAY_MS, SECOND_MS } from "../../model/duration.ts";
import type { Retention, Store } from "../../store/store.ts";
import type { SharedInstances } from "./instances.ts";

/** The record a run leaves for the next one, and for health checks. Instants are epoch milliseconds. */
export interface RunRecord {
  readonly instance: string;
  readonly beganAt: number;
  /** Null while it runs, and forever if it was cut off. */
  readonly endedAt: number | null;
  /** `failed` means that the run threw. */
  readonly step: "polls" | "removal" | "done" | "failed";
  /** When the removal of expired rows was last complete. */
  readonly prunedAt: number | null;
  /** When alerts were last evaluated for all accounts. */
  readonly evaluatedAt: number | null;
  /** When a run was last cut off, and when two last ran at once. */
  readonly cutAt: number | null;
  readonly twiceAt: number | null;
  /** How far another instance's clock was ahead of this one's, as last noticed. */
  readonly ahead: { readonly at: number; readonly ms: number } | null;
}

/** Polls begin only this long into a run. */
export const POLLS_MS = 25 * SECOND_MS;
/** Removal continues in the next run after this long. */
const REMOVAL_MS = 10 * SECOND_MS;
/** Less than a minute, so that a run that was cut off blocks no other. Two runs at once are safe in any case. */
const RUN_MS = 55 * SECOND_MS;
const PRUNE_EVERY_MS = DAY_MS;
/** A little less than five minutes, as runs come a little early or late. */
const EVALUATE_EVERY_MS = 285 * SECOND_MS;
/** The clocks of one platform differ by less. */
const MAX_AHEAD_MS = 5 * SECOND_MS;
const ID = "run";
/** Stored apart from the record, which the other run writes meanwhile. */
const DOUBLE_RUN = "run twice";

type StoredRun = Omit<RunRecord, "twiceAt">;

interface DoubleRun {
  readonly at: number;
}

export interface CronRunParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly instance: string;
  readonly instances: Pick<SharedInstances, "settle"> & { pull(): Promise<unknown> };
  readonly scheduler: Pick<Scheduler, "tick">;
  readonly alerts: { tick(): Promise<boolean>; send(): Promise<void> };
  readonly retention: () => Promise<Retention>;
  /** Called with the error of a run that failed, and with null after a complete one. */
  readonly ended?: (failure: unknown) => void;
}

export async function readRun({ docs }: Pick<Store, "docs">, now: number): Promise<RunRecord | null> {
  const [run, twice] = await Promise.all([
    docs.get<StoredRun>("shared", ID, now),
    docs.get<DoubleRun>("shared", DOUBLE_RUN, now),
  ]);
  return run && { ...run, twiceAt: twice?.at ?? null };
}

/** Returns the function for one run; it never rejects. */
export function createCronRun(parts: CronRunParts): () => Promise<void> {
  const { store, clock, log, instance, instances, scheduler, alerts } = parts;
  const { docs } = store;

  async function begin(): Promise<StoredRun> {
    const now = clock.now();
    const before = await docs.get<StoredRun>("shared", ID, now);
    const wasCut = before !== null && before.endedAt === null;
    const ahead = before ? Math.max(before.beganAt, before.endedAt ?? 0) - now : 0;
    if (wasCut) log.warn("The previous run was cut off", { step: before.step, at: before.beganAt });
    const record: StoredRun = {
      instance,
      beganAt: now,
      endedAt: null,
      step: "polls",
      prunedAt: before?.prunedAt ?? null,
      evaluatedAt: before?.evaluatedAt ?? null,
      cutAt: wasCut ? before.beganAt : before?.cutAt ?? null,
      ahead: ahead > MAX_AHEAD_MS ? { at: now, ms: ahead } : before?.ahead ?? null,
    };
    return await keep(record);
  }

  async function keep(record: StoredRun): Promise<StoredRun> {
    await docs.put("shared", ID, record, clock.now());
    return record;
  }

  function isRemovalDue({ prunedAt }: StoredRun): boolean {
    const now = clock.now();
    return prunedAt === null || prunedAt > now || now - prunedAt >= PRUNE_EVERY_MS;
  }

  /** @param storedAt the newest instant stored before this run, whose own clock may be wrong */
  async function remove(record: StoredRun, storedAt: number | null): Promise<StoredRun> {
    const now = clock.now();
    const step = await keep({ ...record, step: "removal" });
    const over = new AbortController();
    let isDone = false;
    // Pruning works in small steps, so whatever time leaves undone is less work for the next run.
    const removal = store.prune(await parts.retention(), pruningInstant(now, storedAt)).then(
      () => void (isDone = true),
      (thrown) => log.warn("Cannot remove expired rows", { error: describeThrown(thrown) }),
    ).finally(() => over.abort());
    await Promise.race([removal, clock.sleep(REMOVAL_MS, over.signal)]);
    return isDone ? { ...step, prunedAt: now } : step;
  }

  /**
   * Evaluates alerts. Polls evaluate their own accounts; what time alone brings is checked rarely, because it
   * reads much.
   */
  async function evaluateAlerts(record: StoredRun): Promise<StoredRun> {
    const now = clock.now();
    const { evaluatedAt } = record;
    if (evaluatedAt !== null && evaluatedAt <= now && now - evaluatedAt < EVALUATE_EVERY_MS) {
      await alerts.send();
      return record;
    }
    return await alerts.tick() ? await keep({ ...record, evaluatedAt: now }) : record;
  }

  async function run(): Promise<void> {
    await instances.pull();
    let record = await begin();
    try {
      const isDue = isRemovalDue(record);
      const storedAt = isDue ? await findLastStored(store) : null;
      const { signal } = new AbortController();
      await scheduler.tick(signal, clock.now() + POLLS_MS);
      record = await evaluateAlerts(record);
      if (isDue) record = await remove(record, storedAt);
      await instances.settle();
    } catch (thrown) {
      // It ended, so the next run must not take it for one that the host cut off.
      await keep({ ...record, step: "failed", endedAt: clock.now() }).catch(() => {});
      throw thrown;
    }
    await keep({ ...record, step: "done", endedAt: clock.now() });
  }

  return async () => {
    try {
      const end = await takeLease({ docs, clock }, "run", { forMs: RUN_MS });
      if (end === null) {
        log.warn("Another run is in progress, so this one stops");
        await docs.put("shared", DOUBLE_RUN, { at: clock.now() } satisfies DoubleRun, clock.now());
        return;
      }
      try {
        await run();
      } finally {
        await end();
      }
      parts.ended?.(null);
    } catch (thrown) {
      log.error("The run failed", { error: describeThrown(thrown) });
      parts.ended?.(thrown);
    }
  };
}
