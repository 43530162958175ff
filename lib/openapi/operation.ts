/** One operation of the HTTP API, as the document describes it. */
import type * as v from "valibot";
import type { Parameter } from "./parameters.ts";

export interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "put" | "delete";
  readonly group: "Quota API" | "Native API" | "Service API" | "Server";
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** The parameters in braces in the path. */
  readonly inPath?: readonly Parameter[];
  readonly body?: v.GenericSchema<unknown, unknown>;
  /**
   * The status of success; 101 and 204 have no body.
   * @default {200}
   */
  readonly status?: 101 | 200 | 201 | 204;
  /** The body of a successful response; absent when it is not JSON. */
  readonly answer?: v.GenericSchema<unknown, unknown>;
  /**
   * The content type.
   * @default {"application/json"}
   */
  readonly type?: string;
  /** Alternative content types, which a parameter selects. */
  readonly otherTypes?: readonly string[];
  /** The statuses of possible failures, besides 500. */
  readonly failures: readonly number[];
  /** Failures whose body has the schema of success. */
  readonly alike?: readonly number[];
  /** Whether it answers 304 to a client that already has the response. */
  readonly tagged?: boolean;
}
