/** The operations about the record of who did what. */
import * as v from "valibot";
import { AuditCursorParam } from "../web/params.ts";
import type { Operation } from "./operation.ts";
import { PAGE, type Parameter } from "./parameters.ts";
import { Instant, MaybeText, Whole } from "./parts.ts";
import { TABLE } from "./table_operations.ts";

/** The parameters that select rows, as on the page. */
const CHOICE: readonly Parameter[] = [
  ...TABLE.filter(({ name }) => ["range", "from", "to"].includes(name)).map((one) =>
    one.name === "range" ? { ...one, fallback: "30d" } : one
  ),
  { name: "who", description: "Name of the actor" },
  { name: "what", description: "What was done, in the words of a row" },
  {
    name: "credential",
    description:
      "By which credential: the whole text, or `local`, `sign-in`, `password`, `key`, `token`, `proxy`",
  },
  {
    name: "outcome",
    description: "Outcome",
    schema: v.picklist(["any", "done", "refused"]),
    fallback: "any",
  },
  { name: "target", description: "Part of the target" },
].map((parameter) => ({ ...parameter, blank: true }));

const Audit = v.strictObject({
  audit: v.array(v.strictObject({
    id: Whole,
    at: Instant,
    by: MaybeText,
    name: v.string(),
    action: v.string(),
    target: MaybeText,
    credential: MaybeText,
    outcome: v.picklist(["done", "refused"]),
    address: MaybeText,
    detail: v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()])),
    hash: v.string(),
  })),
  next: v.nullable(Whole),
  check: v.union([
    v.strictObject({ state: v.literal("whole"), rows: Whole, last: v.string(), checkedAt: Instant }),
    v.strictObject({ state: v.literal("broken"), at: Whole, reason: v.string(), checkedAt: Instant }),
  ]),
});

export const AUDIT_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/audit",
    method: "get",
    group: "Native API",
    summary: "The audit record, newest first, and whether it is intact",
    parameters: [
      ...PAGE.filter(({ name }) => name === "limit"),
      { name: "before", description: "`next` of the previous page", schema: AuditCursorParam },
      ...CHOICE,
    ],
    answer: Audit,
    failures: [400],
  },
  {
    path: "/api/v1/tables/audit",
    method: "get",
    group: "Native API",
    summary: "The rows of the audit page as a file, at most 100,000",
    parameters: [...CHOICE, ...TABLE.filter(({ name }) => name === "format")],
    type: "text/csv",
    otherTypes: ["application/json", "application/x-ndjson"],
    failures: [400],
  },
];
