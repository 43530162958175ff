/**
 * The project's own JSON: what its pages, its command line and programs written for it
 * read. Pure functions from facts to shapes; fields may be added, never changed.
 *
 * `lib/dialects` may import the model. It must never touch the store.
 */
import type { HealthState, Outcome } from "../model/outcome.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";

/** `event: account` of the live stream: one account as it stands now. */
export interface AccountMessage {
  /** When the view was made, epoch milliseconds. */
  readonly at: number;
  /** The live event it tells of. */
  readonly eventId: number;
  readonly account: AccountView;
}

export function accountMessage(account: AccountView, at: number, eventId: number): AccountMessage {
  return { at, eventId, account };
}

/** Who is answering. */
export interface Instance {
  readonly instanceId: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export interface HealthMessage {
  /** `failing`: it runs, but its own data cannot be read or written. */
  readonly status: "ok" | "failing";
  /** Random for each run. */
  readonly instance: string;
  readonly version: string;
  readonly startedAt: string;
  readonly now: string;
  /** How many accounts are in which state of health; null when that cannot be read. */
  readonly accounts: Readonly<Record<HealthState, number>> | null;
  /** What keeps new readings from being stored, or null. */
  readonly trouble: string | null;
}

/** @param view null when it could not be made */
export function healthMessage(instance: Instance, view: DashboardView | null, now: number): HealthMessage {
  return {
    status: view === null || view.trouble !== null ? "failing" : "ok",
    instance: instance.instanceId,
    version: instance.version,
    startedAt: isoInstant(instance.startedAt),
    now: isoInstant(now),
    accounts: view === null ? null : countByHealth(view),
    trouble: view?.trouble?.message ?? null,
  };
}

function countByHealth(view: DashboardView): Readonly<Record<HealthState, number>> {
  const counts: Record<HealthState, number> = {
    fresh: 0,
    stale: 0,
    waiting: 0,
    failing: 0,
    expired: 0,
    off: 0,
    new: 0,
  };
  for (const { health } of view.accounts) counts[health.state]++;
  return counts;
}

/** How the polls somebody asked for have ended. */
export interface RefreshMessage {
  readonly outcomes: readonly {
    readonly account: string;
    readonly kind: Outcome["kind"];
    readonly at: string;
    /** What happened and what to do about it; null when ok. */
    readonly hint: string | null;
    readonly nextAt: string | null;
  }[];
}

export function refreshMessage(outcomes: readonly Outcome[]): RefreshMessage {
  return {
    outcomes: outcomes.map(({ account, kind, at, hint, nextAt }) => ({
      account,
      kind,
      at: isoInstant(at),
      hint: hint ?? null,
      nextAt: isoInstant(nextAt),
    })),
  };
}
