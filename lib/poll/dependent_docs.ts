/** Computes what is stored together with a poll, before the poll is stored. */
import type { Log } from "../provider/context.ts";
import type { Outcome } from "../model/outcome.ts";
import { type GuardedDocs, type Poll, StoreError } from "../store/store.ts";
import { describeThrown } from "./failure.ts";
import { isStoreError } from "./trouble.ts";

export interface DependentDocs {
  /** Null when there is nothing to store. */
  readonly docs: GuardedDocs | null;
  /** Called once both are stored. */
  stored(): void;
}

/** @param poll null for a failed poll */
export type ComputeDependentDocs = (outcome: Outcome, poll: Poll | null) => Promise<DependentDocs | null>;

/** Another process may be faster a few times, but not forever. */
const MAX_TRIES = 8;

/** Never keeps a poll from being stored, unless the store itself fails. @throws {StoreError} */
export async function computeDependentDocs(
  { dependentDocs, log }: { readonly dependentDocs?: ComputeDependentDocs | undefined; readonly log: Log },
  outcome: Outcome,
  poll: Poll | null,
): Promise<DependentDocs | null> {
  try {
    return await dependentDocs?.(outcome, poll) ?? null;
  } catch (thrown) {
    // Waiting does not repair a corrupt document.
    if (isStoreError(thrown) && thrown.kind !== "corrupt") throw thrown;
    log.error("The data derived from a poll could not be computed", {
      account: outcome.account,
      problem: describeThrown(thrown),
    });
    return null;
  }
}

/** Stores an outcome without a snapshot, together with what follows from it. @throws {StoreError} */
export async function noteWithDependentDocs(
  parts: {
    readonly store: { note(outcome: Outcome, docs?: GuardedDocs): Promise<boolean> };
    readonly dependentDocs?: ComputeDependentDocs | undefined;
    readonly log: Log;
  },
  outcome: Outcome,
): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const own = await computeDependentDocs(parts, outcome, null);
    if (!await parts.store.note(outcome, own?.docs ?? undefined)) continue;
    own?.stored();
    return;
  }
  throw new StoreError(
    "locked",
    `Other processes keep storing data derived from polls of "${outcome.account}"`,
    "Let only one process poll this database",
  );
}
