/**
 * Computes what rules would have raised in the past, from stored readings. Past forecasts are not stored, and
 * readings do not show when accounts failed, so it omits `runs-out` and alerts about accounts.
 */
import type { AlertKind } from "../model/alerts/alert.ts";
import { decideQuota } from "../model/alerts/decide_quota.ts";
import { type QuotaMemory, withOtherWhole } from "../model/alerts/memory.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type AlertRules, ruleFor } from "../model/alerts/rules.ts";
import { isUneventful } from "../model/alerts/uneventful.ts";
import {
  type AccountKey,
  isGauge,
  isUsedUp,
  type Reading,
  readingShare,
  readingUtilization,
} from "../model/quota.ts";
import { determineStatus } from "../model/view/status.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import { harmless } from "../base/text.ts";
import type { Store, StoredLevel } from "../store/store.ts";
import { plainText } from "./escape.ts";

export interface ReplayedAlert {
  readonly kind: AlertKind;
  readonly account: AccountKey;
  readonly at: number;
  readonly title: string;
  readonly text: string;
}

export interface Replay {
  /** Oldest first. */
  readonly alerts: readonly ReplayedAlert[];
  readonly readings: number;
}

export interface ReplayOptions {
  readonly store: Pick<Store, "describe" | "levels" | "cycles">;
  readonly accounts: readonly AccountView[];
  readonly rules: AlertRules;
  /** The readings in `[from, to)`, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

const MAX_CYCLES = 10_000;

export async function replayAlerts(
  { store, accounts, rules, from, to, zone }: ReplayOptions,
): Promise<Replay> {
  const alerts: ReplayedAlert[] = [];
  let count = 0;
  for (const account of accounts) {
    for (const { key, quota, ...shown } of account.quotas) {
      const described = await store.describe(key) ??
        { label: shown.label, unit: shown.unit, window: shown.window };
      const { window } = described;
      // A level of the moment raises no alert.
      if (isGauge(window)) continue;
      const [readings, cycles] = await Promise.all([
        store.levels({ quota: key, from, to }),
        store.cycles({ quota: key, limit: MAX_CYCLES }),
      ]);
      count += readings.length;
      const { starts, changes } = listStarts(cycles);
      const rule = ruleFor(rules, { key, window });
      let place = -1;
      let memory: QuotaMemory | null = null;
      // The last reading that changed nothing but times in the memory.
      let passed: StoredLevel | null = null;
      for (const stored of readings) {
        while (place + 1 < starts.length && starts[place + 1]! <= stored.at) place++;
        const startedAt = starts[place] ?? stored.at;
        if (memory !== null && startedAt !== memory.cycle.startedAt && changes.has(startedAt)) {
          memory = withOtherWhole(memory);
        }
        if (memory !== null) {
          const { used, limit, remaining, allowed } = stored;
          const share = readingShare({ window, used, limit, remaining });
          if (isUneventful(memory, { window, startedAt, share, used, limit, remaining, allowed }, rule)) {
            passed = stored;
            continue;
          }
          if (passed !== null) memory = { ...memory, at: passed.at, resetsAt: passed.resetsAt };
          passed = null;
        }
        const view = createView({ ...described, quota }, key, stored, startedAt);
        const decided = decideQuota({ account, quota: view, memory, rules, now: stored.at, zone });
        memory = decided.memory;
        for (const { alert } of decided.decisions) {
          if (alert) {
            alerts.push({
              kind: alert.kind,
              account: account.key,
              at: alert.at,
              title: harmless(alert.title),
              text: plainText(alert.text),
            });
          }
        }
      }
    }
  }
  return { alerts: alerts.sort((a, b) => a.at - b.at), readings: count };
}

/**
 * Returns when cycles began, oldest first, and which of them began because something else was counted from then on. A
 * window that waits for its first use begins with it, so the time since the one before is a cycle of its own.
 *
 * @param cycles newest first
 */
function listStarts(cycles: readonly Pick<Cycle, "startedAt" | "endedAt" | "endedBy">[]) {
  const starts = new Set<number>();
  const changes = new Set<number>();
  for (const { startedAt, endedAt, endedBy } of cycles.toReversed()) {
    starts.add(startedAt);
    if (endedAt === null) continue;
    starts.add(endedAt);
    if (endedBy.some((why) => why === "unit-changed" || why === "window-changed")) changes.add(endedAt);
  }
  return { starts: [...starts], changes };
}

function createView(
  described: Pick<Reading, "quota" | "label" | "unit" | "window">,
  key: QuotaView["key"],
  stored: StoredLevel,
  startedAt: number,
): QuotaView {
  const reading: Reading = { ...described, ...stored };
  const share = readingShare(reading);
  const isBalance = reading.window.kind === "balance";
  return {
    ...described,
    key,
    at: stored.at,
    used: stored.used,
    limit: stored.limit,
    remaining: stored.remaining,
    utilization: readingUtilization(reading),
    share,
    status: determineStatus({
      share,
      allowed: stored.allowed,
      forecast: undefined,
      isBalance,
      isUsedUp: isUsedUp(reading),
    }),
    ...stored.allowed !== undefined && { allowed: stored.allowed },
    resetsAt: stored.resetsAt,
    ratePerHour: null,
    rateSpanMs: null,
    cycle: { startedAt, peak: null, consumed: null, whole: true },
    gone: false,
    parts: [],
  };
}
