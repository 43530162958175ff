/** The rows of exported notes. */
import type { Cell } from "../formats/export.ts";
import type { OpenRange } from "../read/take_pages.ts";
import type { Note } from "../model/notes.ts";
import { isoInstant } from "../model/time.ts";
import type { Store } from "../store/store.ts";

/**
 * Yields the notes of a range, oldest first: those about all accounts, and those about the given ones.
 *
 * @param accounts null for every account, including removed ones
 * @param now decides what has expired, epoch milliseconds
 */
export async function* noteRows(
  { docs }: Pick<Store, "docs">,
  accounts: ReadonlySet<string> | null,
  { from = 0, to = Infinity }: OpenRange,
  now: number,
): AsyncIterable<readonly (readonly Cell[])[]> {
  const notes = (await docs.list<Omit<Note, "id">>("notes", now)).map(({ id, doc }): Note => ({
    id,
    ...doc,
  }));
  yield notes.filter(({ at, account }) =>
    at >= from && at < to && (account === null || accounts === null || accounts.has(account))
  )
    .sort((a, b) => a.at - b.at)
    .map((
      { id, at, text, account, writtenAt },
    ) => [id, isoInstant(at), text, account, isoInstant(writtenAt)]);
}
