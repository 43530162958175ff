/**
 * The project's own JSON, which its pages, its command line and programs written for it read. Pure functions
 * from facts to shapes; these may gain fields, and never change one.
 *
 * `lib/formats` may import the model. It must never touch the store.
 */
import type { HealthState, Outcome } from "../model/outcome.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";

/** `event: account` of the live stream: the current state of one account. */
export interface AccountMessage {
  /** When the view was built, epoch milliseconds. */
  readonly at: number;
  /** The live event that carries it. */
  readonly eventId: number;
  readonly account: AccountView;
}

export function accountMessage(account: AccountView, at: number, eventId: number): AccountMessage {
  return { at, eventId, account };
}

/** The server process that answers. */
export interface Instance {
  readonly instanceId: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The certificate it serves https with, if any. */
  readonly certificate?: () => { readonly expiresAt: number; readonly problem: string | null } | null;
}

export interface HealthMessage {
  /** `failing`: it runs, but cannot read or write its own data. */
  readonly status: "ok" | "failing";
  /** Random for each run. */
  readonly instance: string;
  readonly version: string;
  readonly startedAt: string;
  readonly now: string;
  /** Number of accounts in each health state; null when they cannot be read. */
  readonly accounts: Readonly<Record<HealthState, number>> | null;
  /** What keeps it from storing new readings, or null. */
  readonly trouble: string | null;
  /** Absent when it serves plain http. `problem`: why the current files are not in effect. */
  readonly certificate?: { readonly expiresAt: string; readonly problem: string | null };
}

/** @param view null when it could not be built */
export function healthMessage(instance: Instance, view: DashboardView | null, now: number): HealthMessage {
  const certificate = instance.certificate?.() ?? null;
  return {
    status: view === null || view.trouble !== null ? "failing" : "ok",
    instance: instance.instanceId,
    version: instance.version,
    startedAt: isoInstant(instance.startedAt),
    now: isoInstant(now),
    accounts: view === null ? null : countByHealth(view),
    trouble: view?.trouble?.message ?? null,
    ...certificate && {
      certificate: { expiresAt: isoInstant(certificate.expiresAt), problem: certificate.problem },
    },
  };
}

/** Returns the part that unauthenticated callers may see: no figure, no time, no version. */
export function publicHealth(
  { status, instance }: HealthMessage,
): Pick<HealthMessage, "status" | "instance"> {
  return { status, instance };
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

/** The outcomes of the polls a user requested. */
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
