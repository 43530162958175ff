/** How the tables of another tracker are described, one file for each tracker. */
import type { Reading } from "../../model/quota.ts";
import type { Left, Row } from "./peer_values.ts";

/** A table whose rows are readings of one account each. */
export interface PeerSource {
  readonly table: string;
  readonly timeColumn: string;
  /** Where the figures of a row are, if in rows of a table of their own, and the column that names the row. */
  readonly values?: { readonly table: string; readonly column: string };
  /** What a row says, with its rows of `values`; a text where the whole row says nothing. */
  read(row: Row, values: readonly Row[]): PeerPoll | string;
}

export interface PeerPoll {
  readonly provider: string;
  readonly name: string;
  readonly plan: string | null;
  readonly readings: readonly (Reading | Left)[];
}

/** Sources whose rows belong to the same accounts, so that they have to be put in order together. */
export interface PeerHistory {
  readonly groups: readonly (readonly PeerSource[])[];
  /** Tables that are not taken, and why. */
  readonly passedOver: Readonly<Record<string, string>>;
}
