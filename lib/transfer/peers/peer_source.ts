/** Describes the tables of another tracker, one file for each tracker. */
import type { Reading } from "../../model/quota.ts";
import type { Row, SkippedRow } from "./peer_values.ts";

/** A table whose rows are readings of one account each. */
export interface PeerSource {
  readonly table: string;
  readonly timeColumn: string;
  /** The table with the values of a row, if they are in a separate one, and its column that names the row. */
  readonly values?: { readonly table: string; readonly column: string };
  /** Converts a row, with its rows of `values`; returns the reason when the whole row has no reading. */
  read(row: Row, values: readonly Row[]): PeerPoll | string;
}

export interface PeerPoll {
  readonly provider: string;
  readonly name: string;
  readonly plan: string | null;
  readonly readings: readonly (Reading | SkippedRow)[];
}

/** Sources whose rows belong to the same accounts, so that they have to be sorted together. */
export interface PeerHistory {
  readonly groups: readonly (readonly PeerSource[])[];
  /** Tables that are not imported, and why. */
  readonly skippedTables: Readonly<Record<string, string>>;
}
