/** Names of insight kinds, and what each reports. */
import type { InsightType } from "../../model/insights/insight.ts";

export const INSIGHT_WORDS: Readonly<Record<InsightType, readonly [title: string, about: string]>> = {
  forecast: ["Forecast", "Whether a quota lasts until its reset, and when it would run out"],
  "cycle-utilization": ["Peak use", "How much of a quota is usually used by its reset"],
  budget: ["The current window", "How much of the limit is used, and how much of its window has passed"],
  "weekly-pace": [
    "Weekly pace",
    "How much 30 days would use at the pace of the last 7, compared with the limit; for a balance, how long it lasts",
  ],
  "plan-capacity": [
    "Plan capacity",
    "What the limit allows in a day and in 30, and how much of that is in use",
  ],
  "billing-use": ["Billing period", "How this billing period compares with the previous one"],
  trend: ["Trend", "Whether use rises or falls from cycle to cycle"],
  "trend-24h": ["Daily trend", "How the last day compares with those before"],
  variance: ["Variance", "How evenly cycles are used"],
  "window-ratio": ["Short and long windows", "How many short windows fit into the long one"],
  "tokens-per-call": ["Tokens per call", "How many tokens a request takes"],
  "top-tool": ["Busiest tool", "Which tool takes most of a quota"],
  "tool-share": ["Use by tool", "How a quota is spread over tools"],
  "session-average": ["Sessions", "What a session takes on average"],
  usage: ["Use", "How much was used in these days, and on an average day"],
  coverage: ["Coverage", "How much of the time is covered by readings"],
};
