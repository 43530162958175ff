/** What a command is handed: its arguments, and the outside. */
import type { Clock } from "../base/clock.ts";
import type { AuditFacts } from "../access/access.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { Io } from "./io.ts";
import type { Paint } from "./paint.ts";
import type { Place } from "./place.ts";
import type { Typed } from "./table.ts";

export interface Tools {
  readonly io: Io;
  readonly typed: Typed;
  /** The instant the command answers as of, epoch milliseconds. */
  readonly now: number;
  /** Stands still at `--now`, and runs without it. */
  readonly clock: Clock;
  readonly json: boolean;
  /** Whether rows are for a program that cuts them at tabs. */
  readonly plain: boolean;
  /** Whether headings and notes are left out. */
  readonly quiet: boolean;
  readonly columns: number;
  /** Columns tables have to fit; without end where nobody looks at a terminal. */
  readonly width: number;
  /** Rows of the terminal, or null where nobody looks at one. */
  readonly rows: number | null;
  readonly paint: Paint;
  /** Lines of data, to stdout. */
  print(...lines: readonly string[]): void;
  /** A text as it is, for the program it is made for. */
  printRaw(text: string): void;
  /** Lines of headings and notes, which are left out where only rows are wanted. */
  note(...lines: readonly string[]): void;
  printJson(value: unknown): void;
  /**
   * What was done, to be written down in the record of who did what; null where nothing was after all. A command that
   * changes something and says nothing is written down by the words of `recorded.ts` alone. Never a secret.
   */
  did(facts: Partial<AuditFacts> | null): void;
  /** A message for people, to stderr. */
  tell(message: string): void;
  /** Where the data is and which days are meant. */
  place(): Promise<Place>;
  /** The database as it is, to be read only; null when there is none yet. */
  store(): Promise<Store | null>;
  /** The same for a command that begins one where there is none yet, also where its file was named. */
  storeIfAny(): Promise<Store | null>;
  /**
   * The accounts that were meant as they stood at `now`; none when nothing was read yet. Of those that somebody hid
   * and that are not configured only the ones that were named, unless all are asked for.
   */
  records(options?: { readonly withHidden?: boolean }): Promise<readonly AccountRecord[]>;
}

export interface OpenTools extends Tools, AsyncDisposable {
  /** What the command said that it did, in order; null where it said nothing. */
  readonly done: readonly Partial<AuditFacts>[] | null;
}
