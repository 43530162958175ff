/** The operations that return tables as files. */
import * as v from "valibot";
import { AccountParam, DayParam, ProviderParam, QuotaParam } from "../web/params.ts";
import { FORMATS } from "../web/tables/files.ts";
import { TABLE_RANGES } from "../web/tables/range.ts";
import type { Operation } from "./operation.ts";
import type { Parameter } from "./parameters.ts";

/** The parameters of the table pages, so that a page's address can become a file's. */
export const TABLE: readonly Parameter[] = [
  { name: "range", description: "How far back", schema: v.picklist(TABLE_RANGES), fallback: "7d" },
  { name: "from", description: "Instead of `range`: the first day, `2026-11-21`", schema: DayParam },
  { name: "to", description: "The last day", schema: DayParam },
  { name: "provider", description: "Id of a provider", schema: ProviderParam },
  { name: "account", description: "Key of an account, `provider/name`", schema: AccountParam },
  { name: "quota", description: "Key of a quota, `provider/name/quota`", schema: QuotaParam },
  { name: "sort", description: "Column to sort by, as the page names it in its address" },
  { name: "dir", description: "`asc` or `desc`", schema: v.picklist(["asc", "desc"]) },
  { name: "format", description: "Of the file", schema: v.picklist(FORMATS), fallback: "csv" },
];
const STATE: Parameter = {
  name: "state",
  description: "Open ones, or finished ones",
  schema: v.picklist(["all", "open", "over"]),
  fallback: "all",
};

const OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/tables/cycles",
    method: "get",
    group: "Native API",
    summary: "The rows of the page of cycles as a file: CSV, JSON or lines of JSON",
    parameters: [...TABLE, STATE, {
      name: "full",
      description: "Only cycles that used at least this percentage of their limit",
      schema: v.picklist(["any", "50", "80", "95", "100"]),
      fallback: "any",
    }],
    type: "text/csv",
    failures: [400],
  },
  {
    path: "/api/v1/tables/sessions",
    method: "get",
    group: "Native API",
    summary: "The rows of the page of sessions as a file, one for each quota that was used",
    parameters: [...TABLE, STATE, {
      name: "length",
      description: "Only sessions that lasted at least this long",
      schema: v.picklist(["any", "10m", "1h", "3h"]),
      fallback: "any",
    }],
    type: "text/csv",
    failures: [400],
  },
  {
    path: "/api/v1/tables/cycle-overview",
    method: "get",
    group: "Native API",
    summary: "The rows of the cycle overview as a file: each quota of an account at each peak of one of them",
    parameters: TABLE.filter(({ name }) => name !== "provider" && name !== "account").map((one) =>
      one.name === "range" ? { ...one, fallback: "30d" } : one
    ),
    type: "text/csv",
    failures: [400],
  },
  {
    path: "/api/v1/tables/history",
    method: "get",
    group: "Native API",
    summary: "The readings of one account as a file, or sums of them",
    parameters: [
      ...TABLE.filter(({ name }) => name !== "sort" && name !== "provider").map((one) =>
        one.name === "range" ? { ...one, fallback: "24h" } : one
      ),
      {
        name: "every",
        description: "Each reading, or sums over this much time",
        schema: v.picklist(["raw", "5m", "1h", "1d"]),
        fallback: "raw",
      },
    ],
    type: "text/csv",
    failures: [400],
  },
  {
    path: "/api/v1/tables/stats",
    method: "get",
    group: "Native API",
    summary: "Days and weeks of quotas as a file, as `syntrack stats` sums them up",
    parameters: [
      ...TABLE.filter(({ name }) => ["provider", "account", "quota", "format"].includes(name)),
      { name: "days", description: "How many", schema: v.picklist(["7", "14", "30", "60"]), fallback: "7" },
      { name: "weeks", description: "How many", schema: v.picklist(["4", "8"]), fallback: "4" },
    ],
    type: "text/csv",
    failures: [400],
  },
];

/** Allows empty parameters, because the pages are forms, and an empty form field means nothing. */
export const TABLE_OPERATIONS: readonly Operation[] = OPERATIONS.map((operation) => ({
  ...operation,
  otherTypes: ["application/json", "application/x-ndjson"],
  parameters: operation.parameters?.map((parameter) => ({ ...parameter, blank: true })) ?? [],
}));
