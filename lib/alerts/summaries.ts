/** Sends each channel that wants one a summary, once at its hour. */
import type { Alert, Decision } from "../model/alerts/alert.ts";
import {
  decideSummaries,
  MAX_LATE_MS,
  type SummaryMemory,
  type SummaryPeriod,
} from "../model/alerts/summary.ts";
import { type SummaryFacts, writeSummary } from "../model/alerts/summary_text.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { type Channel, summaryMemoryId } from "./stored_channels.ts";

/** Summaries belong to no single account. */
export const SUMMARY_ACCOUNT = "syntrack/summary" as AccountKey;

export interface SummariesParts {
  readonly docs: Store["docs"];
  readonly zone: () => string;
  readonly facts: (period: SummaryPeriod) => Promise<SummaryFacts>;
}

/** The due summaries of a channel, and the memory to store once they are in the outbox. */
export interface DueSummaries {
  readonly channel: Channel;
  readonly alerts: readonly Alert[];
  readonly memory: { readonly id: string; readonly was: SummaryMemory | null; readonly doc: SummaryMemory };
}

export interface Summaries {
  /**
   * Returns the due summaries, with the channels whose memory must be stored.
   *
   * @param isOff whether the kind is turned off for all channels
   */
  due(channels: readonly Channel[], now: number, isOff: boolean): Promise<readonly DueSummaries[]>;
  /** Explains why each summary would or would not be sent now; stores nothing. */
  explain(channels: readonly Channel[], now: number, isOff: boolean): Promise<readonly Decision[]>;
}

export function createSummaries({ docs, zone, facts }: SummariesParts): Summaries {
  async function decide({ id, rule }: Channel, now: number) {
    const before = await docs.get<SummaryMemory>("alert_memory", summaryMemoryId(id), now);
    return { before, ...decideSummaries(rule.summaries ?? {}, before, now, zone()) };
  }

  /** Returns null when the period has no readings. */
  async function createAlert(period: SummaryPeriod): Promise<Alert | null> {
    const words = writeSummary(period, await facts(period), zone());
    if (words === null) return null;
    return {
      id: `summary|${period.interval}|${period.date}`,
      kind: "summary",
      severity: "info",
      account: SUMMARY_ACCOUNT,
      quota: null,
      at: period.to,
      expiresAt: period.to + MAX_LATE_MS[period.interval],
      ...words,
    };
  }

  return {
    async due(channels, now, isOff) {
      const due: DueSummaries[] = [];
      const written = new Map<string, Promise<Alert | null>>();
      if (isOff) return due;
      for (const channel of channels) {
        if (!channel.enabled || !channel.rule.summaries) continue;
        const { decisions, memory, before } = await decide(channel, now);
        const alerts: Alert[] = [];
        let after = memory;
        for (const { interval, period } of decisions) {
          if (!period) continue;
          const key = `${interval} ${period.from} ${period.to}`;
          const writing = written.get(key) ?? createAlert(period);
          written.set(key, writing);
          const alert = await writing;
          if (alert) alerts.push(alert);
          else after = { ...after, [interval]: { date: period.date, reason: "nothing-to-say" } };
        }
        if (alerts.length === 0 && JSON.stringify(after) === JSON.stringify(before)) continue;
        due.push({ channel, alerts, memory: { id: summaryMemoryId(channel.id), was: before, doc: after } });
      }
      return due;
    },
    async explain(channels, now, isOff) {
      const all: Decision[] = [];
      for (const channel of channels) {
        if (!channel.rule.summaries) continue;
        const { decisions } = await decide(channel, now);
        all.push(...decisions.map(({ interval, reason, figure }): Decision => ({
          kind: "summary",
          quota: null,
          reason: channel.enabled && !isOff ? reason : "turned-off",
          figure: `${interval} by ${channel.id}, ${figure}`,
        })));
      }
      return all;
    },
  };
}
