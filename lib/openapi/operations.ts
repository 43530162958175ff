/** Every operation of the HTTP API, in the order in which it is documented. */
import type * as v from "valibot";
import { QuotaSettingsBody, RefreshBody, SettingsBody } from "../web/bodies.ts";
import { ACCOUNT_OPERATIONS } from "./account_operations.ts";
import {
  ComparisonParam,
  DaysParam,
  DisplayParam,
  GroupingParam,
  HeightParam,
  ImageParam,
  IntervalParam,
  LogDaysParam,
  LogLimitParam,
  MeasureParam,
  OverviewLimitParam,
  QuotaParam,
  ThemeParam,
  WidthParam,
} from "../web/params.ts";
import {
  CHOICE,
  EDGES,
  INSIGHT_RANGE,
  NATIVE_CHOICE,
  PAGE,
  type Parameter,
  PROVIDER,
  RANGE,
  TYPE,
} from "./parameters.ts";
import { TABLE_OPERATIONS } from "./table_operations.ts";
import * as native from "./native_answers.ts";
import * as quota from "./quota_answers.ts";

export interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "put" | "delete";
  readonly group: "Quota API" | "Native API" | "Server";
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: v.GenericSchema<unknown, unknown>;
  /** The answer 200; absent for what is no JSON. */
  readonly answer?: v.GenericSchema<unknown, unknown>;
  /** `application/json` unless given. */
  readonly type?: string;
  /** What else the answer may be, where a parameter chooses. */
  readonly otherTypes?: readonly string[];
  /** The statuses of failures it may answer with, besides 500. */
  readonly failures: readonly number[];
  /** Failures that answer with the schema of success. */
  readonly alike?: readonly number[];
  /** Whether it answers 304 to who has the answer already. */
  readonly tagged?: boolean;
}

export const OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/snapshot",
    method: "get",
    group: "Native API",
    summary: "The present of all accounts in one document",
    answer: native.Snapshot,
    failures: [],
    tagged: true,
  },
  {
    path: "/api/v1/series",
    method: "get",
    group: "Native API",
    summary: "The used share of quotas over time, for charts, and when accounts were in use",
    parameters: [RANGE, ...EDGES, {
      name: "quota",
      description: "Key of a quota; all unless given",
      schema: QuotaParam,
      repeated: true,
    }],
    answer: native.Series,
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/v1/chart.svg",
    method: "get",
    group: "Native API",
    summary: "A chart as an image that stands alone, with title, axes, legend and zone",
    parameters: [
      {
        name: "chart",
        description:
          "`history` in percent of each limit, or what was consumed: slot by slot, as a calendar, by provider",
        schema: ImageParam,
        fallback: "history",
      },
      { name: "theme", description: "Its colours", schema: ThemeParam, fallback: "light" },
      { name: "width", description: "In pixels", schema: WidthParam, fallback: 960 },
      { name: "height", description: "In pixels; 240 for a calendar", schema: HeightParam, fallback: 420 },
      { name: "title", description: "Instead of the usual one" },
      {
        name: "display",
        description: "Of the history, what is used or what is left; as set in the dashboard unless given",
        schema: DisplayParam,
      },
      RANGE,
      ...EDGES,
      { name: "days", description: "Of all others, how many days back", schema: DaysParam, fallback: 30 },
      { name: "interval", description: "Length of a bar", schema: IntervalParam, fallback: "auto" },
      { name: "group", description: "What a bar is made of", schema: GroupingParam, fallback: "provider" },
      {
        name: "measure",
        description: "Percent of limits, amounts in one unit, the highest percent used or the least left",
        schema: MeasureParam,
        fallback: "share",
      },
      {
        name: "compare",
        description: "Another time to draw behind",
        schema: ComparisonParam,
        fallback: "none",
      },
      ...NATIVE_CHOICE,
    ],
    type: "image/svg+xml",
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/v1/forecasts",
    method: "get",
    group: "Native API",
    summary: "Where quotas are heading, and what that rests on",
    parameters: NATIVE_CHOICE,
    answer: native.Forecasts,
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/v1/insights",
    method: "get",
    group: "Native API",
    summary: "What is worth saying, with figures and evidence",
    parameters: [INSIGHT_RANGE, ...NATIVE_CHOICE],
    answer: native.Insights,
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/v1/cycles",
    method: "get",
    group: "Native API",
    summary: "Stretches between two resets, newest first",
    parameters: [...PAGE, ...NATIVE_CHOICE],
    answer: native.Cycles,
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/v1/sessions",
    method: "get",
    group: "Native API",
    summary: "Stretches of use, newest first",
    parameters: [...PAGE, ...NATIVE_CHOICE],
    answer: native.Sessions,
    failures: [400],
    tagged: true,
  },
  ...TABLE_OPERATIONS,
  {
    path: "/api/v1/settings",
    method: "get",
    group: "Native API",
    summary: "What was set in the dashboard",
    answer: native.Settings,
    failures: [],
  },
  {
    path: "/api/v1/settings",
    method: "put",
    group: "Native API",
    summary: "Changes some settings, all of those sent or none; thresholds are shares of the limit",
    body: SettingsBody,
    answer: native.Settings,
    failures: [400, 413, 415, 422],
  },
  ...ACCOUNT_OPERATIONS,
  {
    path: "/api/current",
    method: "get",
    group: "Quota API",
    summary: "The present of a provider",
    parameters: CHOICE,
    answer: quota.Current,
    failures: [400],
  },
  {
    path: "/api/history",
    method: "get",
    group: "Quota API",
    summary: "The past of a provider as rows, oldest first, at most 500",
    parameters: [RANGE, ...CHOICE],
    answer: quota.HistoryRows,
    failures: [400],
    tagged: true,
  },
  {
    path: "/api/cycles",
    method: "get",
    group: "Quota API",
    summary: "The cycles of one quota, the one under way first, at most 200",
    parameters: [TYPE, ...CHOICE],
    answer: quota.Cycles,
    failures: [400],
  },
  {
    path: "/api/summary",
    method: "get",
    group: "Quota API",
    summary: "Each quota in figures, now and over all that was ever read",
    parameters: CHOICE,
    answer: quota.Summary,
    failures: [400],
  },
  {
    path: "/api/sessions",
    method: "get",
    group: "Quota API",
    summary: "Stretches of use of an account, newest first, at most 200",
    parameters: CHOICE,
    answer: quota.Sessions,
    failures: [400],
  },
  {
    path: "/api/insights",
    method: "get",
    group: "Quota API",
    summary: "What is worth saying about a provider",
    parameters: [INSIGHT_RANGE, ...CHOICE],
    answer: quota.Insights,
    failures: [400],
  },
  {
    path: "/api/settings",
    method: "get",
    group: "Quota API",
    summary: "What was set in the dashboard",
    answer: quota.Settings,
    failures: [],
  },
  {
    path: "/api/settings",
    method: "put",
    group: "Quota API",
    summary: "Changes some settings, all of those sent or none; thresholds are percent of the limit, " +
      "and an empty time zone is that of the server",
    body: QuotaSettingsBody,
    answer: quota.SavedSettings,
    failures: [400, 413, 415, 422],
  },
  {
    path: "/api/cycle-overview",
    method: "get",
    group: "Quota API",
    summary: "The cycles of one quota, each with how all quotas of the account stood at its peak",
    parameters: [
      { ...TYPE, name: "groupBy" },
      { name: "limit", description: "How many cycles at most", schema: OverviewLimitParam, fallback: 50 },
      ...CHOICE,
    ],
    answer: quota.CycleOverview,
    failures: [400],
  },
  {
    path: "/api/logging-history",
    method: "get",
    group: "Quota API",
    summary: "Every reading of an account as it was stored, newest first",
    parameters: [
      { name: "range", description: "How many days back", schema: LogDaysParam, fallback: 1 },
      { name: "limit", description: "How many at most", schema: LogLimitParam, fallback: 1000 },
      ...CHOICE,
    ],
    answer: quota.LoggingHistory,
    failures: [400],
  },
  {
    path: "/api/providers",
    method: "get",
    group: "Quota API",
    summary: "Which providers are configured",
    parameters: [PROVIDER],
    answer: quota.Providers,
    failures: [400],
  },
  {
    path: "/api/capabilities",
    method: "get",
    group: "Quota API",
    summary: "What this server can do",
    answer: quota.Capabilities,
    failures: [],
  },
  {
    path: "/api/refresh",
    method: "post",
    group: "Server",
    summary: "Polls one account, or all, now",
    body: RefreshBody,
    answer: quota.Refreshed,
    failures: [400, 413, 415, 429],
  },
  {
    path: "/api/live",
    method: "get",
    group: "Server",
    summary: "What changes, as it changes: server-sent events",
    type: "text/event-stream",
    failures: [503],
  },
  {
    path: "/api/health",
    method: "get",
    group: "Server",
    summary: "Who is answering, and whether it can read its own data",
    answer: quota.Health,
    failures: [],
    alike: [503],
  },
  {
    path: "/metrics",
    method: "get",
    group: "Server",
    summary: "Figures for Prometheus",
    type: "text/plain",
    failures: [],
  },
  {
    path: "/api/openapi.json",
    method: "get",
    group: "Server",
    summary: "This description",
    failures: [],
  },
  {
    path: "/api/docs",
    method: "get",
    group: "Server",
    summary: "This description as a page",
    type: "text/html",
    failures: [],
  },
];
