/** The operations about spend. */
import * as v from "valibot";
import type { Operation } from "./operation.ts";
import { Instant, MaybeInstant, MaybeNumber, MaybeText, Price, Prices } from "./parts.ts";
import { TABLE } from "./table_operations.ts";

const Months = v.array(v.strictObject({ month: v.string(), amount: MaybeNumber, since: MaybeInstant }));

const Spend = v.strictObject({
  schemaVersion: v.number(),
  at: Instant,
  zone: v.string(),
  totals: v.array(v.strictObject({
    currency: v.string(),
    projected: MaybeNumber,
    budget: MaybeNumber,
    months: Months,
  })),
  accounts: v.array(v.strictObject({
    account: v.string(),
    provider: v.string(),
    title: v.string(),
    currency: v.string(),
    budget: MaybeNumber,
    projected: MaybeNumber,
    perDay: MaybeNumber,
    projectedFromDays: MaybeNumber,
    months: Months,
  })),
  plans: v.array(v.strictObject({
    account: v.string(),
    title: v.string(),
    plan: MaybeText,
    price: v.nullable(Price),
    prices: Prices,
    months: v.array(v.strictObject({ month: v.string(), prices: v.nullable(v.array(Price)) })),
    budget: MaybeNumber,
    budgetCurrency: MaybeText,
    billedByUse: v.boolean(),
    usedShare: MaybeNumber,
    usedShareOfDays: MaybeNumber,
    worth: v.array(v.strictObject({ currency: v.string(), price: v.number(), worth: v.number() })),
    advice: v.array(v.string()),
  })),
  allowances: v.array(v.strictObject({
    quota: v.string(),
    title: v.string(),
    share: v.number(),
    evenShare: v.number(),
    leftToday: v.number(),
    until: Instant,
    resetsAt: Instant,
  })),
});

export const SPEND_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/spend",
    method: "get",
    group: "Native API",
    summary: "What was spent by account and month, what is left for today, and what plans were worth",
    answer: Spend,
    failures: [],
  },
  {
    path: "/api/v1/tables/spend",
    method: "get",
    group: "Native API",
    summary: "What was spent by account and month as a file",
    parameters: TABLE.filter(({ name }) => name === "format"),
    type: "text/csv",
    otherTypes: ["application/json", "application/x-ndjson"],
    failures: [400],
  },
];
