/** One operation of the HTTP API, as the document describes it. */
import type * as v from "valibot";
import type { Parameter } from "./parameters.ts";

export interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "put" | "delete";
  readonly group: "Quota API" | "Native API" | "Service API" | "Server";
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** What stands in braces in the path. */
  readonly inPath?: readonly Parameter[];
  readonly body?: v.GenericSchema<unknown, unknown>;
  /** The status of success; 200 unless given. 101 and 204 have no body. */
  readonly status?: 101 | 200 | 201 | 204;
  /** The answer of success; absent for what is no JSON. */
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
