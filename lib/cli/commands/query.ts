/**
 * `syntrack query`: one answer as JSON. It must load as little as it can: scripts and prompts wait for it.
 */
import { DAY_MS, HOUR_MS } from "../../model/duration.ts";
import {
  BURN_RATE_HOURS,
  burnRateJson,
  currentJson,
  dailyJson,
  dayJson,
  historyJson,
  weekJson,
  weeklyJson,
} from "../../formats/query.ts";
import type { QueryReading } from "../../formats/query.ts";
import type { Store } from "../../store/store.ts";
import { EXIT_OK } from "../io.ts";
import { loadPart } from "../lazy.ts";
import { chooseQuotas, type SelectedQuota } from "../select.ts";
import type { QueryType } from "../table.ts";
import type { Tools } from "../tools.ts";
import { daysOf, weeksOf } from "../values.ts";

export async function query(tools: Tools): Promise<number> {
  const type = tools.typed.operands[0] as QueryType;
  const days = daysOf(tools.typed);
  const weeks = weeksOf(tools.typed, 4);
  const store = await tools.store();
  const records = await tools.records();
  const chosen = records.length > 0 ? chooseQuotas(tools.typed, records) : [];
  const first = chooseCurrent(chosen, tools.now);
  if (!store || !first) {
    tools.report(
      "syntrack: There are no readings yet, so there are no figures\n  Run `syntrack collect` first",
    );
  } else if (chosen.length > 1 && tools.io.stderr.isTty) {
    tools.report(
      `syntrack: Answers for ${first.key}; choose another of ${chosen.length} quotas with --quota`,
    );
  }
  tools.printJson(await answer(tools, type, store && first ? { store, quota: first } : null, days, weeks));
  return EXIT_OK;
}

/** Accounts that have been silent for long, because they are gone, do not precede active ones. */
function chooseCurrent(chosen: readonly SelectedQuota[], now: number): SelectedQuota | null {
  return chosen.find(({ state }) => now - state.at <= DAY_MS) ?? chosen[0] ?? null;
}

interface Subject {
  readonly store: Store;
  readonly quota: SelectedQuota;
}

/** @param subject null before the first reading */
async function answer(
  tools: Tools,
  type: QueryType,
  subject: Subject | null,
  days: number,
  weeks: number,
): Promise<unknown> {
  const { now } = tools;
  switch (type) {
    case "current":
      return currentJson(subject && lastReading(subject), now);
    case "burn-rate": {
      const from = now - BURN_RATE_HOURS * HOUR_MS + 1;
      const readings = subject ? await readRecent(subject, from, now) : [];
      // Analysis loads much code, so only the answers that need it load it.
      const { forecast, json } = await (await loadPart("outlook"))(tools, subject?.quota ?? null);
      const current = subject && lastReading(subject);
      const end = { resetsAt: current?.resetsAt ?? null, forecast };
      return { ...burnRateJson(readings, current, now, end), ...json };
    }
    case "summary":
      return await (await loadPart("summarize"))(tools, subject?.quota ?? null);
    case "history":
      return historyJson(await selectReadings(subject, now - days * DAY_MS, now));
    default:
      return await queryPeriods(tools, type, subject, days, weeks);
  }
}

/** The answers that depend on days and weeks. */
async function queryPeriods(
  tools: Tools,
  type: "today" | "yesterday" | "week" | "daily" | "weekly",
  subject: Subject | null,
  days: number,
  weeks: number,
): Promise<unknown> {
  const [{ isoDate }, { bucketsIn, readBuckets, lastDays, lastWeeks, sumPeriods }, location] = await Promise
    .all(
      [
        import("../../model/time.ts"),
        import("../../read/periods.ts"),
        tools.dataLocation(),
      ],
    );
  const { now } = tools;
  const zone = location.zone();
  if (type === "daily" || type === "weekly") {
    const periods = type === "daily" ? lastDays(now, zone, days) : lastWeeks(now, zone, weeks);
    const summed = subject ? await sumPeriods(subject.store, subject.quota.key, periods, now) : [];
    const jsonOf = type === "daily" ? dailyJson : weeklyJson;
    return summed.flatMap(({ label, sum }) => sum ? [jsonOf(label, sum)] : []);
  }
  const period = type === "week"
    ? lastWeeks(now, zone, 1)[0]
    : lastDays(now, zone, 2)[type === "today" ? 0 : 1];
  if (!period) throw new RangeError(`Cannot tell which days "${type}" means`);
  const buckets = subject ? await readBuckets(subject.store, subject.quota.key, [period], now) : [];
  const facts = {
    last: subject &&
      await lastIn(subject, period.from, Math.min(period.to, now + 1)),
    buckets: bucketsIn(buckets, period),
  };
  return type === "week"
    ? weekJson(isoDate(period.from, zone), isoDate(period.to, zone), facts)
    : dayJson(period.label, facts);
}

function lastReading({ quota }: Subject) {
  const { state } = quota;
  return { ...state.reading, at: state.at };
}

/** Reads what a rate adds up, so in one unit. */
async function readRecent({ store, quota: { key } }: Subject, from: number, now: number) {
  const { readingsInUnit, unitHistory } = await import("../../read/units.ts");
  return await readingsInUnit(store, { quota: key, from, to: now + 1 }, await unitHistory(store, key, now));
}

async function selectReadings(subject: Subject | null, from: number, now: number) {
  if (!subject) return [];
  const { window } = subject.quota.state.reading;
  const readings = await subject.store.readings({ quota: subject.quota.key, from, to: now + 1 });
  return readings.map((one) => ({ ...one, window }));
}

async function lastIn({ store, quota }: Subject, from: number, to: number): Promise<QueryReading | null> {
  const [last] = await store.readings({ quota: quota.key, from, to, limit: 1, newestFirst: true });
  return last ? { ...last, window: quota.state.reading.window } : null;
}
