/** What a command works with: its arguments, and the outside. */
import type { Clock } from "../base/clock.ts";
import type { AuditFacts } from "../access/access.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import type { Paint } from "./paint.ts";
import type { DataLocation } from "./data_location.ts";
import type { Typed } from "./table.ts";

export interface Tools {
  readonly io: Io;
  readonly typed: Typed;
  /** The instant the command answers for, epoch milliseconds. */
  readonly now: number;
  /** Fixed with `--now`, and running without it. */
  readonly clock: Clock;
  readonly json: boolean;
  /** Whether rows are tab-separated, for a program. */
  readonly plain: boolean;
  /** Whether headings and notes are left out. */
  readonly quiet: boolean;
  readonly columns: number;
  /** Columns that tables have to fit; Infinity without a terminal. */
  readonly width: number;
  /** Rows of the terminal, or null without one. */
  readonly rows: number | null;
  readonly paint: Paint;
  /** Writes lines of data to stdout. */
  print(...lines: readonly string[]): void;
  /** Writes a text unchanged, for the program it is made for. */
  printRaw(text: string): void;
  /** Writes headings and notes, which are left out when only rows are wanted. */
  note(...lines: readonly string[]): void;
  printJson(value: unknown): void;
  /**
   * Sets what the audit record says was done; null when nothing was done after all. A command that changes
   * something without calling this is recorded by the words of `recorded.ts` alone. Never pass a secret.
   */
  recordAction(facts: Partial<AuditFacts> | null): void;
  /** Writes a message for people to stderr. */
  report(message: string): void;
  /** Where the data is, and the zone of days. */
  dataLocation(): Promise<DataLocation>;
  /** Opens the database read-only; null when there is none yet. */
  store(): Promise<Store | null>;
  /** Does the same for a command that creates one when there is none yet, even where `--db` names it. */
  storeIfAny(): Promise<Store | null>;
  /**
   * Returns the selected accounts as they were at `now`; none before the first reading. Of hidden accounts
   * that are not configured, includes only the ones named, unless all are requested.
   */
  records(options?: { readonly withHidden?: boolean }): Promise<readonly AccountRecord[]>;
}

export interface OpenTools extends Tools, AsyncDisposable {
  /** What the command reported as done, in order; null when it reported nothing. */
  readonly done: readonly Partial<AuditFacts>[] | null;
}
