/**
 * A lock between instances of one program that share a store and nothing else: a document that one of them creates and
 * deletes again. It expires, because an instance may be stopped at any moment; what is done under it must bear that
 * another one begins too early, when clocks differ by more than the lease is long.
 */

/** The part of a document store that is used here. */
interface LeaseDocs {
  put(
    kind: "shared",
    id: string,
    doc: object,
    now: number,
    options: { readonly ifAbsent: true; readonly expiresAt: number },
  ): Promise<boolean>;
  delete(kind: "shared", id: string): Promise<boolean>;
}

export interface LeaseParts {
  readonly docs: LeaseDocs;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
}

export interface LeaseOptions {
  /** How long it holds when nobody gives it back, in milliseconds. */
  readonly forMs: number;
  /** How long to wait for another holder; 0 not at all. */
  readonly waitMs?: number;
}

/** Between two looks whether it is free. Each costs the store a read. */
const LOOK_EVERY_MS = 500;

/** Takes the lease, and resolves to what gives it back; null when another instance holds it for too long. */
export async function takeLease(
  { docs, clock }: LeaseParts,
  name: string,
  { forMs, waitMs = 0 }: LeaseOptions,
): Promise<(() => Promise<void>) | null> {
  const id = `lease ${name}`;
  const { signal } = new AbortController();
  for (let waited = 0;; waited += LOOK_EVERY_MS) {
    const now = clock.now();
    if (await docs.put("shared", id, {}, now, { ifAbsent: true, expiresAt: now + forMs })) break;
    if (waited >= waitMs) return null;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  const until = clock.now() + forMs;
  return async () => {
    // By then it may be another's.
    if (clock.now() < until) await docs.delete("shared", id);
  };
}
