/**
 * A lock between instances of one program that share only a store: a document that one of them creates and
 * deletes again. It expires, because an instance may be stopped at any moment; work under it must tolerate
 * another instance starting too early when clocks differ by more than the length of the lease.
 */

/** The part of a document store used here. */
interface LeaseDocs {
  get<T>(kind: "shared", id: string, now: number): Promise<T | null>;
  put(
    kind: "shared",
    id: string,
    doc: object,
    now: number,
    options: { readonly ifAbsent: true; readonly expiresAt: number },
  ): Promise<boolean>;
  delete(kind: "shared", id: string): Promise<boolean>;
}

interface Lease {
  readonly owner: string;
}

export interface LeaseParts {
  readonly docs: LeaseDocs;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
}

export interface LeaseOptions {
  /** How long the lease lasts unless released, in milliseconds. */
  readonly forMs: number;
  /** How long to wait for another holder; 0 for not at all. */
  readonly waitMs?: number;
}

/** Time between two checks whether it is free. Each costs the store a read. */
const LOOK_EVERY_MS = 500;

/** Takes the lease, and resolves to a function that releases it; null when another instance holds it for too long. */
export async function takeLease(
  { docs, clock }: LeaseParts,
  name: string,
  { forMs, waitMs = 0 }: LeaseOptions,
): Promise<(() => Promise<void>) | null> {
  const id = `lease ${name}`;
  const { signal } = new AbortController();
  const own: Lease = { owner: crypto.randomUUID() };
  // Count from before it is stored, as the store does.
  let until: number;
  for (let waited = 0;; waited += LOOK_EVERY_MS) {
    const now = clock.now();
    until = now + forMs;
    if (await docs.put("shared", id, own, now, { ifAbsent: true, expiresAt: until })) break;
    if (waited >= waitMs) return null;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return async () => {
    const now = clock.now();
    if (now >= until) return;
    // By then it may belong to another instance whose clock is ahead.
    const held = await docs.get<Lease>("shared", id, now);
    if (held?.owner === own.owner) await docs.delete("shared", id);
  };
}
