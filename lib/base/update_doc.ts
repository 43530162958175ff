/**
 * Changes one stored document that several processes and browsers may change at the same time: a change is computed
 * from the document as stored, and computed again when another one was faster, so none is lost.
 */

/** The part of a document store used here. */
interface GuardedDocStore {
  get<T>(kind: "settings", id: string, now: number, options: { readonly fresh: true }): Promise<T | null>;
  putGuarded(docs: {
    readonly guard: {
      readonly kind: "settings";
      readonly id: string;
      readonly was: unknown;
      readonly doc: object;
    };
    readonly added: readonly [];
    readonly now: number;
  }): Promise<boolean>;
}

/** Others may be faster a few times, but not for ever. */
const MAX_TRIES = 16;

/**
 * Resolves to the document as stored.
 *
 * @param change computes it from the one before; null when there was none
 */
export async function updateDoc<Doc extends object>(
  { docs, clock }: { readonly docs: GuardedDocStore; readonly clock: { now(): number } },
  id: string,
  change: (before: unknown) => Doc,
): Promise<Doc> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const now = clock.now();
    const was = await docs.get<unknown>("settings", id, now, { fresh: true });
    const doc = change(was);
    if (await docs.putGuarded({ guard: { kind: "settings", id, was, doc }, added: [], now })) return doc;
  }
  throw new Error(`The document "${id}" was changed by others all the time`);
}
