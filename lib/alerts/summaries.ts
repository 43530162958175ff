/** Summaries: sent to each channel that wants one, at its hour, once. */
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

/** Summaries are about no single account. */
export const SUMMARY_ACCOUNT = "syntrack/summary" as AccountKey;

export interface SummariesParts {
  readonly docs: Store["docs"];
  readonly zone: () => string;
  readonly facts: (period: SummaryPeriod) => Promise<SummaryFacts>;
}

export interface DueSummary {
  readonly channel: Channel;
  readonly alert: Alert;
}

export interface Summaries {
  /**
   * Returns the summaries that are due; `settle` records them as sent, once they are in the outbox.
   *
   * @param isOff whether the kind is turned off for all channels
   */
  due(channels: readonly Channel[], now: number, isOff: boolean): Promise<
    { readonly summaries: readonly DueSummary[]; readonly settle: () => Promise<void> }
  >;
  /** Explains why each summary would or would not be sent now; stores nothing. */
  explain(channels: readonly Channel[], now: number, isOff: boolean): Promise<readonly Decision[]>;
}

export function createSummaries({ docs, zone, facts }: SummariesParts): Summaries {
  async function decide({ id, rule }: Channel, now: number) {
    const before = await docs.get<SummaryMemory>("alert_memory", summaryMemoryId(id), now);
    return { before, ...decideSummaries(rule.summaries ?? {}, before, now, zone()) };
  }

  /** Null when there was no reading in the period. */
  async function alertOf(period: SummaryPeriod): Promise<Alert | null> {
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
      const summaries: DueSummary[] = [];
      const memories: [string, SummaryMemory][] = [];
      const written = new Map<string, Promise<Alert | null>>();
      if (isOff) return { summaries, settle: () => Promise.resolve() };
      for (const channel of channels) {
        if (!channel.enabled || !channel.rule.summaries) continue;
        const { decisions, memory, before } = await decide(channel, now);
        let after = memory;
        for (const { interval, period } of decisions) {
          if (!period) continue;
          const key = `${interval} ${period.from} ${period.to}`;
          const writing = written.get(key) ?? alertOf(period);
          written.set(key, writing);
          const alert = await writing;
          if (alert) summaries.push({ channel, alert });
          else after = { ...after, [interval]: { date: period.date, reason: "nothing-to-say" } };
        }
        if (JSON.stringify(after) !== JSON.stringify(before)) memories.push([channel.id, after]);
      }
      return {
        summaries,
        async settle() {
          for (const [id, memory] of memories) {
            await docs.put("alert_memory", summaryMemoryId(id), memory, now);
          }
        },
      };
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
