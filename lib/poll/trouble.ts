/**
 * Trouble with the store: a full disk, a lock that is not released. Polling
 * continues, since the trouble may pass; it is logged once when it begins and when
 * it ends, and every surface can query it, so that it never goes unnoticed.
 */
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { clean, describeThrown, isRecord, type Redact } from "./failure.ts";
import type { StoreError, StoreErrorKind } from "../store/store.ts";

export interface StoreTrouble {
  /** `unknown` for errors outside the store's closed set. */
  readonly kind: StoreErrorKind | "unknown";
  readonly message: string;
  /** What the user can do, one line. */
  readonly hint: string;
  /** When it began, epoch milliseconds. */
  readonly since: number;
}

export interface Troubles {
  /** Returns the current trouble, or null. */
  now(): StoreTrouble | null;
  /**
   * Runs work on the store; never rejects. Only a successful write
   * ends trouble, because a full disk can still be read.
   */
  guard<T>(kind: "read" | "write", work: () => Promise<T>): Promise<AttemptResult<T>>;
}

export type AttemptResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

const KINDS: readonly StoreErrorKind[] = [
  "unwritable",
  "corrupt",
  "newer",
  "foreign",
  "locked",
  "full",
  "limited",
];

export interface TroublesParts {
  readonly clock: Clock;
  readonly hub: Hub;
  readonly log: Log;
  readonly redact: Redact;
}

export function createTroubles({ clock, hub, log, redact }: TroublesParts): Troubles {
  let present: StoreTrouble | null = null;

  function begin(thrown: unknown) {
    const trouble = toTrouble(thrown, clock.now(), redact);
    if (present?.kind === trouble.kind) return;
    log.error("The store cannot save readings", { ...trouble, since: undefined });
    present = { ...trouble, since: present?.since ?? trouble.since };
    announce();
  }

  function end() {
    if (present === null) return;
    log.info("The store works again", { kind: present.kind, since: present.since });
    present = null;
    announce();
  }

  function announce() {
    try {
      hub.publish({ kind: "settings", account: null });
    } catch (thrown) {
      log.error("A listener of the hub failed", { error: describeThrown(thrown) });
    }
  }

  return {
    now: () => present,
    async guard(kind, work) {
      try {
        const value = await work();
        if (kind === "write") end();
        return { ok: true, value };
      } catch (thrown) {
        begin(thrown);
        return { ok: false };
      }
    },
  };
}

/** Checks `kind`, never `instanceof`: a bundle may hold two copies of the class. */
export function isStoreError(thrown: unknown): thrown is StoreError {
  return isRecord(thrown) && KINDS.some((known) => known === thrown.kind);
}

function toTrouble(thrown: unknown, since: number, redact: Redact): StoreTrouble {
  const message = clean(describeThrown(thrown), redact);
  if (!isStoreError(thrown)) return { kind: "unknown", message, hint: "See the log", since };
  return {
    kind: thrown.kind,
    message: clean(thrown.message, redact),
    hint: clean(thrown.hint, redact),
    since,
  };
}
