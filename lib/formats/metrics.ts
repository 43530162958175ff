/**
 * All Prometheus metrics in one list: name, type, help, labels, and how to compute each from the facts. It is
 * the source of the page `/metrics`, the dashboard, the alerts and their documentation.
 *
 * Base units and ratios of 0 to 1, instants in seconds, few labels. Unknown values are absent, and so are
 * those that no longer hold: figures of accounts that are off, and of quotas the vendor no longer mentions.
 */
import { FAILURE_KINDS, type HealthState } from "../model/outcome.ts";
import { isGauge, statesAmount } from "../model/quota.ts";
import { NO_POLLS, type Tally } from "../model/engine/tally.ts";
import {
  type AlertCounts,
  type ChannelCounts,
  NO_ALERT_COUNTS,
  SUPPRESSED_REASONS,
} from "../model/alerts/counts.ts";
import { type DisplayUnit, displayUnit } from "../model/view/format.ts";
import type { AccountView, DashboardView, QuotaView } from "../model/view/view.ts";
import { formatExposition, type Labels, type Sample } from "./exposition.ts";

export interface MetricFacts {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Null when the view could not be built. */
  readonly view: DashboardView | null;
  readonly tally: Tally;
  /** Null when they could not be read. */
  readonly alerts: AlertCounts | null;
  readonly processStats: {
    readonly runtime: string;
    readonly memoryBytes: number;
    readonly cpuSeconds: number;
    readonly storeBytes: number | null;
  };
}

export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  /** A sentence for readers who see only the name. */
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (facts: MetricFacts) => readonly Sample[];
}

const STATES: readonly HealthState[] = ["fresh", "stale", "waiting", "failing", "expired", "off", "new"];
const OUTCOMES = ["ok", ...FAILURE_KINDS] as const;

const OF_QUOTA = ["provider", "account", "quota"] as const;
const OF_AMOUNT = [...OF_QUOTA, "unit"] as const;
const OF_ACCOUNT = ["provider", "account"] as const;

/** Units of the figures; a percentage becomes a ratio, and money in another currency than dollars its code. */
export type MetricUnit = Exclude<DisplayUnit, "percent"> | "ratio";

export const METRICS = {
  quotaUtilization: ofQuotas({
    name: "syntrack_quota_utilization_ratio",
    help: "Used share of the limit, from 0 to 1; an overdrawn quota stays at 1.",
    value: (quota) => quota.utilization,
  }),
  quotaUsed: ofAmounts({
    name: "syntrack_quota_used",
    help: "Amount used so far, in the unit named by the label.",
    value: (quota) => quota.used,
  }),
  quotaLimit: ofAmounts({
    name: "syntrack_quota_limit",
    help: "Limit of the quota; absent if there is none or it is unknown.",
    value: (quota) => quota.limit,
  }),
  quotaRemaining: ofAmounts({
    name: "syntrack_quota_remaining",
    help: "Amount remaining: as the vendor states it, otherwise limit minus used.",
    value: computeRemaining,
  }),
  quotaBurn: ofAmounts({
    name: "syntrack_quota_burn_per_second",
    help: "Recent consumption per second; absent while the recent readings span less than five minutes.",
    value: ({ ratePerHour }) => ratePerHour === null ? null : ratePerHour / 3600,
  }),
  quotaConsumed: ofAmounts({
    name: "syntrack_quota_consumed_total",
    type: "counter",
    help: "Consumed since the process started, over all resets.",
    // An unknown amount means nothing was counted, not that nothing was consumed.
    value: (quota, { tally }) =>
      statesAmount(quota) || isGauge(quota.window) && quota.used !== null
        ? tally.consumed.get(quota.key)?.total ?? 0
        : null,
  }),
  quotaBlocked: ofQuotas({
    name: "syntrack_quota_blocked",
    help:
      "1 while the vendor refuses work on the quota, however much is used, else 0; absent if it does not say.",
    value: ({ allowed }) => allowed === undefined ? null : allowed ? 0 : 1,
  }),
  quotaReset: ofQuotas({
    name: "syntrack_quota_reset_timestamp_seconds",
    help: "When the quota resets, as stated by the vendor, in Unix time; may be in the past.",
    value: (quota) => toSeconds(quota.resetsAt),
  }),
  quotaReading: ofQuotas({
    name: "syntrack_quota_reading_timestamp_seconds",
    help: "When the quota was last read, in Unix time.",
    value: (quota) => toSeconds(quota.at),
  }),
  accountHealth: {
    name: "syntrack_account_health",
    type: "gauge",
    help: "1 for the current health state of the account, 0 for all others.",
    labels: [...OF_ACCOUNT, "state"],
    samples: ({ view }) =>
      listAccounts(view).flatMap((account) =>
        STATES.map((state) => ({
          labels: { ...accountLabels(account), state },
          value: account.health.state === state ? 1 : 0,
        }))
      ),
  },
  accountTried: ofAccounts({
    name: "syntrack_account_last_poll_timestamp_seconds",
    help: "When the last poll of the account ended, successful or not, in Unix time.",
    value: ({ health }) => toSeconds(health.triedAt),
  }),
  accountOk: ofAccounts({
    name: "syntrack_account_last_success_timestamp_seconds",
    help: "When a poll of the account last succeeded, in Unix time.",
    value: ({ health }) => toSeconds(health.okAt),
  }),
  accountPolls: {
    name: "syntrack_account_polls_total",
    type: "counter",
    help: "Polls of the account since the process started, by outcome.",
    labels: [...OF_ACCOUNT, "outcome"],
    samples: ({ view, tally }) =>
      listAccounts(view).flatMap((account) => {
        const counts = tally.polls.get(account.key) ?? NO_POLLS;
        return OUTCOMES.map((outcome) => ({
          labels: { ...accountLabels(account), outcome },
          value: counts[outcome],
        }));
      }),
  },
  accountDropped: ofAccounts({
    name: "syntrack_readings_dropped_total",
    type: "counter",
    help:
      "Parts of the account's responses that gave no reading, counted since the account was first stored.",
    value: ({ droppedTotal }) => droppedTotal ?? 0,
  }),
  alertsRaised: createSingle({
    name: "syntrack_alerts_raised_total",
    type: "counter",
    help: "Alerts raised since the process started.",
    value: ({ alerts }) => alerts?.raised ?? null,
  }),
  alertsTurnedOff: createSingle({
    name: "syntrack_alerts_turned_off_total",
    type: "counter",
    help: "Alerts not raised since the process started because their kind is turned off.",
    value: ({ alerts }) => alerts?.turnedOff ?? null,
  }),
  messagesSent: ofChannels({
    name: "syntrack_alert_messages_sent_total",
    type: "counter",
    help: "Messages accepted by channels of the type since the process started.",
    value: ({ sent }) => sent,
  }),
  messagesFailed: ofChannels({
    name: "syntrack_alert_messages_failed_total",
    type: "counter",
    help: "Failed attempts to send a message since the process started, including those that are retried.",
    value: ({ failed }) => failed,
  }),
  messagesGivenUp: ofChannels({
    name: "syntrack_alert_messages_given_up_total",
    type: "counter",
    help: "Messages given up since the process started.",
    value: ({ givenUp }) => givenUp,
  }),
  messagesWaiting: ofChannels({
    name: "syntrack_alert_messages_waiting",
    help: "Messages waiting to be sent: until quiet hours end, or until the next attempt.",
    value: ({ waiting }) => waiting,
  }),
  messagesSuppressed: {
    name: "syntrack_alert_messages_suppressed_total",
    type: "counter",
    help: "Messages not sent, or delayed, since the process started, by reason.",
    labels: ["channel_type", "reason"],
    samples: ({ alerts }) =>
      (alerts ?? NO_ALERT_COUNTS).channels.flatMap(({ type, suppressed }) =>
        SUPPRESSED_REASONS.map((reason) => ({
          labels: { channel_type: type, reason },
          value: suppressed[reason],
        }))
      ),
  },
  storeUp: createSingle({
    name: "syntrack_store_up",
    help: "1 while readings can be stored and read, else 0.",
    value: ({ view }) => view !== null && view.trouble === null ? 1 : 0,
  }),
  storeSize: createSingle({
    name: "syntrack_store_size_bytes",
    help: "Size of the database, including the files beside it.",
    value: ({ processStats }) => processStats.storeBytes,
  }),
  buildInfo: {
    name: "syntrack_build_info",
    type: "gauge",
    help: "Always 1; the labels say what is running.",
    labels: ["version", "deno_version"],
    samples: (
      { version, processStats },
    ) => [{ labels: { version, deno_version: processStats.runtime }, value: 1 }],
  },
  // The names every exporter uses, so that process dashboards find them.
  processStart: createSingle({
    name: "process_start_time_seconds",
    help: "When the process started, in Unix time.",
    value: ({ startedAt }) => toSeconds(startedAt),
  }),
  processMemory: createSingle({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    value: ({ processStats }) => processStats.memoryBytes,
  }),
  processCpu: createSingle({
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "CPU time the process has used, in seconds.",
    value: ({ processStats }) => processStats.cpuSeconds,
  }),
} as const satisfies Readonly<Record<string, Metric>>;

/** Renders the response of `/metrics`. */
export function metricsText(facts: MetricFacts): string {
  return formatExposition(
    Object.values(METRICS).map(({ samples, ...metric }: Metric) => ({ ...metric, samples: samples(facts) })),
  );
}

interface LabelledFigure {
  readonly name: string;
  readonly type?: Metric["type"];
  readonly help: string;
}

type Valued<T> = LabelledFigure & { readonly value: (of: T, facts: MetricFacts) => number | null };

function ofQuotas({ value, type = "gauge", ...named }: Valued<QuotaView>): Metric {
  return {
    ...named,
    type,
    labels: OF_QUOTA,
    samples: (facts) =>
      listQuotas(facts.view, (quota, account) => ({
        labels: { ...accountLabels(account), quota: quota.quota },
        value: value(quota, facts),
      })),
  };
}

function ofAmounts({ value, type = "gauge", ...named }: Valued<QuotaView>): Metric {
  return {
    ...named,
    type,
    labels: OF_AMOUNT,
    samples: (facts) =>
      listQuotas(facts.view, (quota, account) => {
        const { unit, scale } = outward(displayUnit(quota));
        const amount = value(quota, facts);
        return {
          labels: { ...accountLabels(account), quota: quota.quota, unit },
          value: amount === null ? null : amount / scale,
        };
      }),
  };
}

function ofAccounts({ value, type = "gauge", ...named }: Valued<AccountView>): Metric {
  return {
    ...named,
    type,
    labels: OF_ACCOUNT,
    samples: (facts) =>
      listAccounts(facts.view).map((account) => ({
        labels: accountLabels(account),
        value: value(account, facts),
      })),
  };
}

function ofChannels({ value, type = "gauge", ...named }: Valued<ChannelCounts>): Metric {
  return {
    ...named,
    type,
    labels: ["channel_type"],
    samples: (facts) =>
      (facts.alerts ?? NO_ALERT_COUNTS).channels.map((counts) => ({
        labels: { channel_type: counts.type },
        value: value(counts, facts),
      })),
  };
}

function createSingle({ value, type = "gauge", ...named }: Valued<MetricFacts>): Metric {
  return { ...named, type, labels: [], samples: (facts) => [{ labels: {}, value: value(facts, facts) }] };
}

function listAccounts(view: DashboardView | null): readonly AccountView[] {
  return view?.accounts ?? [];
}

function listQuotas(
  view: DashboardView | null,
  sample: (quota: QuotaView, account: AccountView) => Sample,
): readonly Sample[] {
  return listAccounts(view)
    .filter(({ health }) => health.state !== "off")
    .flatMap((account) => account.quotas.filter(({ gone }) => !gone).map((quota) => sample(quota, account)));
}

function accountLabels({ provider, name }: AccountView): Labels {
  return { provider, account: name };
}

function outward(unit: DisplayUnit): { readonly unit: MetricUnit; readonly scale: number } {
  return unit === "percent" ? { unit: "ratio", scale: 100 } : { unit, scale: 1 };
}

function computeRemaining({ used, limit, remaining }: QuotaView): number | null {
  if (remaining !== null) return remaining;
  return used === null || limit === null ? null : Math.max(0, limit - used);
}

function toSeconds(at: number | null): number | null {
  return at === null ? null : at / 1000;
}
