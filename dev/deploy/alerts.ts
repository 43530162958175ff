/**
 * The alerts of `deploy/prometheus/alerts.yml`. Their thresholds are those of the dashboard's status words.
 */
import { METRICS } from "../../lib/formats/metrics.ts";
import { STATUS_BOUNDS } from "../../lib/model/view/status.ts";

export interface Alert {
  readonly name: string;
  readonly severity: "warning" | "critical";
  /** How long the condition must hold before it alerts, as a Prometheus duration. */
  readonly for: string;
  /** PromQL, one line or several. */
  readonly expr: string;
  readonly summary: string;
  readonly description: string;
}

const high = parseBound("danger");
const highest = parseBound("critical");

const { quotaUtilization, quotaRemaining, quotaBurn, quotaReset, accountHealth, storeUp } = METRICS;
/** A reading from before a reset says nothing about the time after it. */
const unlessReset = `unless ${quotaReset.name} < time()`;
const quota = "{{ $labels.provider }}/{{ $labels.account }}/{{ $labels.quota }}";
const account = "{{ $labels.provider }}/{{ $labels.account }}";

export const ALERTS: readonly Alert[] = [
  {
    name: "SyntrackQuotaHigh",
    severity: "warning",
    for: "2m",
    expr: `${quotaUtilization.name} >= ${high} < ${highest}\n${unlessReset}`,
    summary: `${quota} is used to {{ $value | humanizePercentage }}`,
    description: `More than ${high * 100} % of this quota is used.`,
  },
  {
    name: "SyntrackQuotaNearlyUsedUp",
    severity: "critical",
    for: "2m",
    expr: `${quotaUtilization.name} >= ${highest}\n${unlessReset}`,
    summary: `${quota} is used to {{ $value | humanizePercentage }}`,
    description: `More than ${
      highest * 100
    } % of this quota is used: work that depends on it will stop soon.`,
  },
  {
    name: "SyntrackQuotaRunsDry",
    severity: "warning",
    for: "10m",
    expr: `(${quotaRemaining.name} > 0) / (${quotaBurn.name} > 0)\n` +
      `  < ignoring (unit) (${quotaReset.name} - time())`,
    summary: `${quota} will run out in {{ $value | humanizeDuration }}`,
    description: "At the recent burn rate, this quota will run out before its reset.",
  },
  {
    name: "SyntrackAccountFailing",
    severity: "warning",
    for: "30m",
    expr: `${accountHealth.name}{state=~"failing|expired"} == 1`,
    summary: `Polls of ${account} fail`,
    description: "No poll of this account has succeeded for half an hour. The dashboard says why.",
  },
  {
    name: "SyntrackReadingsStale",
    severity: "warning",
    for: "30m",
    // The state may alternate between the two without restarting the wait.
    expr: `max without (state) (${accountHealth.name}{state=~"stale|waiting"}) == 1`,
    summary: `The figures of ${account} are out of date`,
    description:
      "This account has had no new reading for too long: it was not polled, or its vendor limits polling.",
  },
  {
    name: "SyntrackStoreDown",
    severity: "critical",
    for: "5m",
    expr: `${storeUp.name} == 0`,
    summary: "syntrack cannot store or read its data",
    description:
      "Readings wait in memory and may be lost if this lasts. The dashboard and /api/health say what is wrong.",
  },
  {
    name: "SyntrackDown",
    severity: "critical",
    for: "5m",
    expr: 'up{job="syntrack"} == 0 or absent(up{job="syntrack"})',
    summary: "syntrack cannot be reached",
    description: "Prometheus gets no answer from /metrics, or is not configured to scrape it.",
  },
];

function parseBound(word: string): number {
  const bound = STATUS_BOUNDS.find(([, status]) => status === word)?.[0];
  if (bound === undefined) throw new TypeError(`Cannot generate the alerts: no status is called "${word}"`);
  return bound;
}
