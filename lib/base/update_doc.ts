/**
 * Changes stored documents that several processes and browsers may change at the same time: a change is computed from
 * the document as stored, and computed again when another one was faster, so none is lost.
 */

interface Change<Kind> {
  readonly kind: Kind;
  readonly id: string;
  readonly doc: object | null;
  readonly was?: unknown;
}

/** The part of a document store used here. */
interface ComparingDocStore<Kind> {
  get<T>(kind: Kind, id: string, now: number, options: { readonly fresh: true }): Promise<T | null>;
  change(changes: readonly Change<Kind>[], now: number): Promise<boolean>;
}

/** Another process may write first a few times, but not endlessly. */
const MAX_TRIES = 16;

/** Repeats an attempt whose documents were changed by others after it read them. */
export async function repeatWhileOutdated<T>(
  what: string,
  attempt: () => Promise<T | "outdated">,
): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const result = await attempt();
    if (result !== "outdated") return result;
  }
  throw new Error(`${what} was changed by others all the time`);
}

/**
 * Resolves to the document as stored; null when the change left it as it was.
 *
 * @param change computes it from the one before; null when there was none, and to leave it
 */
export async function updateDoc<Kind extends string, Doc extends object | null>(
  { docs, clock }: { readonly docs: ComparingDocStore<Kind>; readonly clock: { now(): number } },
  kind: Kind,
  id: string,
  change: (before: unknown) => Doc,
): Promise<Doc> {
  return await repeatWhileOutdated(`The document "${id}"`, async () => {
    const now = clock.now();
    const was = await docs.get<unknown>(kind, id, now, { fresh: true });
    const doc = change(was);
    return doc === null || await docs.change([{ kind, id, doc, was }], now) ? doc : "outdated";
  });
}
