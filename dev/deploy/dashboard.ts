/** The Grafana dashboard. Every query is built from the list of metrics, so none can name a missing one. */
import { type Metric, METRICS } from "../../lib/formats/metrics.ts";
import { STATUS_BOUNDS } from "../../lib/model/view/status.ts";

const SOURCE = { type: "prometheus", uid: "${datasource}" };
const WIDTH = 24;
const {
  accountHealth,
  accountOk,
  accountPolls,
  buildInfo,
  processCpu,
  processMemory,
  processStart,
  quotaBurn,
  quotaConsumed,
  quotaRemaining,
  quotaReset,
  quotaUtilization,
  storeSize,
  storeUp,
} = METRICS;
const OF_QUOTA = "{{provider}}/{{account}} {{quota}}";

interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** Only the present, as a table needs it. */
  readonly table?: true;
}

interface Panel {
  readonly type: "stat" | "bargauge" | "timeseries" | "table";
  readonly title: string;
  readonly description: string;
  readonly w: number;
  readonly h: number;
  readonly unit?: string;
  readonly max?: number;
  readonly steps?: readonly Step[];
  readonly stacked?: true;
  readonly queries: readonly Query[];
}

interface Step {
  readonly color: string;
  readonly value: number | null;
}

/** The colours of the words of `STATUS_BOUNDS`. */
const COLORS: Readonly<Record<string, string>> = {
  healthy: "green",
  warning: "yellow",
  danger: "orange",
  critical: "red",
};
const BY_STATUS: readonly Step[] = STATUS_BOUNDS.toReversed().map(([bound, word], index) => ({
  color: COLORS[word] ?? "text",
  value: index === 0 ? null : bound,
}));
const BAD_FROM_1: readonly Step[] = [{ color: "green", value: null }, { color: "red", value: 1 }];
const GOOD_FROM_1: readonly Step[] = [{ color: "red", value: null }, { color: "green", value: 1 }];

const PANELS: readonly Panel[] = [
  {
    type: "stat",
    title: "Fullest quota",
    description: "Used share of the quota that is closest to its limit.",
    w: 6,
    h: 4,
    unit: "percentunit",
    steps: BY_STATUS,
    queries: [{ expr: `max(${of(quotaUtilization)})` }],
  },
  {
    type: "stat",
    title: "Failing accounts",
    description: "Accounts whose last poll failed.",
    w: 6,
    h: 4,
    steps: BAD_FROM_1,
    queries: [{ expr: `sum(${of(accountHealth, 'state=~"failing|expired"')})` }],
  },
  {
    type: "stat",
    title: "Store",
    description: "1 while readings can be stored and read.",
    w: 6,
    h: 4,
    steps: GOOD_FROM_1,
    queries: [{ expr: `min(${of(storeUp)})` }],
  },
  {
    type: "stat",
    title: "Uptime",
    description: "Time since the process started.",
    w: 6,
    h: 4,
    unit: "s",
    queries: [{ expr: `time() - max(${of(processStart)})` }],
  },
  {
    type: "bargauge",
    title: "Used now",
    description: "Used share of each quota.",
    w: 12,
    h: 9,
    unit: "percentunit",
    max: 1,
    steps: BY_STATUS,
    queries: [{ expr: `sort_desc(${of(quotaUtilization)})`, legend: OF_QUOTA, table: true }],
  },
  {
    type: "timeseries",
    title: "Used over time",
    description: "Used share of each quota; a line falls when the quota resets.",
    w: 12,
    h: 9,
    unit: "percentunit",
    max: 1,
    queries: [{ expr: of(quotaUtilization), legend: OF_QUOTA }],
  },
  {
    type: "timeseries",
    title: "Burn rate per hour",
    description: "Recent consumption, each quota in its own unit.",
    w: 12,
    h: 8,
    queries: [{ expr: `${of(quotaBurn)} * 3600`, legend: `${OF_QUOTA} ({{unit}})` }],
  },
  {
    type: "timeseries",
    title: "Consumption per hour",
    description: "Consumption in the hour before each point, across resets, each quota in its own unit.",
    w: 12,
    h: 8,
    queries: [{ expr: `increase(${of(quotaConsumed)}[1h])`, legend: `${OF_QUOTA} ({{unit}})` }],
  },
  {
    type: "table",
    title: "Time to reset",
    description: "Time until each quota resets.",
    w: 8,
    h: 9,
    unit: "s",
    queries: [{ expr: `sort(${of(quotaReset)} - time() > 0)`, table: true }],
  },
  {
    type: "table",
    title: "Time to run out",
    description: "Time until each quota runs out at the recent burn rate, if that is before its reset.",
    w: 8,
    h: 9,
    unit: "s",
    queries: [{
      expr: `sort((${of(quotaRemaining)} > 0) / (${of(quotaBurn)} > 0) < ignoring (unit) ` +
        `(${of(quotaReset)} - time()))`,
      table: true,
    }],
  },
  {
    type: "table",
    title: "Time since last success",
    description: "Time since the last successful poll of each account.",
    w: 8,
    h: 9,
    unit: "s",
    queries: [{ expr: `sort_desc(time() - ${of(accountOk)})`, table: true }],
  },
  {
    type: "timeseries",
    title: "Health",
    description: "Number of accounts in each state.",
    w: 12,
    h: 8,
    stacked: true,
    queries: [{ expr: `sum by (state) (${of(accountHealth)})`, legend: "{{state}}" }],
  },
  {
    type: "timeseries",
    title: "Polls per minute",
    description: "Polls by outcome.",
    w: 12,
    h: 8,
    stacked: true,
    queries: [{
      expr: `sum by (outcome) (rate(${of(accountPolls)}[$__rate_interval])) * 60`,
      legend: "{{outcome}}",
    }],
  },
  {
    type: "timeseries",
    title: "Memory and database",
    description: "Resident memory of the process, and size of the database.",
    w: 12,
    h: 7,
    unit: "bytes",
    queries: [
      { expr: of(processMemory), legend: "memory {{instance}}" },
      { expr: of(storeSize), legend: "database {{instance}}" },
    ],
  },
  {
    type: "timeseries",
    title: "CPU",
    description: "Used share of one CPU core.",
    w: 8,
    h: 7,
    unit: "percentunit",
    queries: [{ expr: `rate(${of(processCpu)}[$__rate_interval])`, legend: "{{instance}}" }],
  },
  {
    type: "stat",
    title: "Version",
    description: "The running version.",
    w: 4,
    h: 7,
    queries: [{ expr: of(buildInfo), legend: "{{version}}" }],
  },
];

export function dashboardJson(): string {
  const dashboard = {
    title: "Syntrack",
    description: "Quotas of all accounts: how much is used, how fast, and when they reset.",
    uid: "syntrack",
    tags: ["syntrack"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "1m",
    time: { from: "now-24h", to: "now" },
    timezone: "browser",
    templating: {
      list: [
        { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
        createVariable("job", buildInfo, []),
        createVariable("provider", accountHealth, ["job"]),
        createVariable("account", accountHealth, ["job", "provider"]),
      ],
    },
    panels: placePanels(PANELS),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** Selects the series of a metric that match the dashboard's variables. */
function of({ name, labels }: Metric, ...more: readonly string[]): string {
  const chosen = ["job", "provider", "account"].filter((label) => label === "job" || labels.includes(label));
  return `${name}{${[...chosen.map(matchLabel), ...more].join(",")}}`;
}

function matchLabel(label: string): string {
  return `${label}=~"$${label}"`;
}

/** Returns a variable: values of a label, among those the earlier variables leave. */
function createVariable(name: string, metric: Metric, before: readonly string[]) {
  const query = `label_values(${metric.name}{${before.map(matchLabel).join(",")}}, ${name})`;
  return {
    name,
    label: name,
    type: "query",
    datasource: SOURCE,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    includeAll: true,
    multi: true,
    allValue: ".*",
    current: { text: "All", value: "$__all" },
  };
}

/** Places panels side by side until a row is full. */
function placePanels(panels: readonly Panel[]): readonly unknown[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map((panel, index) => {
    if (x + panel.w > WIDTH) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { x, y, w: panel.w, h: panel.h };
    x += panel.w;
    rowHeight = Math.max(rowHeight, panel.h);
    return panelJson(panel, index + 1, gridPos);
  });
}

function panelJson(panel: Panel, id: number, gridPos: Readonly<Record<string, number>>) {
  const { type, title, description, unit, max, steps, stacked, queries } = panel;
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource: SOURCE,
    fieldConfig: {
      defaults: {
        ...unit && { unit },
        min: 0,
        ...max !== undefined && { max },
        ...steps && { thresholds: { mode: "absolute", steps }, color: { mode: "thresholds" } },
        ...type === "timeseries" && {
          custom: { stacking: { mode: stacked ? "normal" : "none" }, fillOpacity: stacked ? 40 : 0 },
        },
      },
      overrides: [],
    },
    options: createOptions(panel),
    ...type === "table" && { transformations: [hideColumns()] },
    targets: queries.map(({ expr, legend, table }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: SOURCE,
      expr,
      ...legend && { legendFormat: legend },
      ...table && { instant: true, range: false },
      ...type === "table" && { format: "table" },
    })),
  };
}

function createOptions({ type, title }: Panel): Readonly<Record<string, unknown>> {
  const last = { calcs: ["lastNotNull"], fields: "", values: false };
  switch (type) {
    case "stat":
      return { reduceOptions: last, textMode: title === "Version" ? "name" : "value", graphMode: "none" };
    case "bargauge":
      return { reduceOptions: last, orientation: "horizontal", displayMode: "basic" };
    case "timeseries":
      return {
        legend: { displayMode: "list", placement: "bottom" },
        tooltip: { mode: "multi", sort: "desc" },
      };
    case "table":
      return { showHeader: true };
  }
}

/** Hides the columns of a table that are the same in every row. */
function hideColumns() {
  const hidden = Object.fromEntries(["Time", "__name__", "instance", "job"].map((name) => [name, true]));
  return { id: "organize", options: { excludeByName: hidden, renameByName: { Value: "time" } } };
}
