/** What goes wrong at the fake vendors, and when. */
import { dayStart, wallTime } from "../model/time.ts";

/**
 * - `outage`: 503 for everyone.
 * - `limited`: 429, with a `Retry-After` that points to the end of the trouble.
 * - `expired`: the demo's credential is rejected like any other.
 * - `storm`: 429, with a `Retry-After` of 0, which is no invitation.
 * - `unreadable`: 200 with an unintelligible body.
 * - `changed`: the same content in another shape.
 * - `inverted`: used and remaining are swapped.
 * - `swapped`: the response belongs to another person.
 */
export type TroubleKind =
  | "outage"
  | "expired"
  | "limited"
  | "storm"
  | "unreadable"
  | "changed"
  | "inverted"
  | "swapped";

export interface Trouble {
  readonly kind: TroubleKind;
  /** The id of the vendor in trouble. */
  readonly vendor: string;
  /** Epoch milliseconds; excludes `to`. */
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Returns the troubles of the month before the anchor, each during working hours, when it gets noticed. */
export function usualTroubles(anchor: number, zone: string): readonly Trouble[] {
  const outage = findWorkday(anchor, zone, 9) + 13 * HOUR + 20 * MINUTE;
  const limited = findWorkday(anchor, zone, 4) + 10 * HOUR + 40 * MINUTE;
  const changed = findWorkday(anchor, zone, 2) + 15 * HOUR + 5 * MINUTE;
  return [
    { kind: "outage", vendor: "synthetic", from: outage, to: outage + 3 * HOUR },
    { kind: "limited", vendor: "zai", from: limited, to: limited + 15 * MINUTE },
    // A vendor's release: a few minutes of nonsense, then the new shape.
    { kind: "unreadable", vendor: "synthetic", from: changed, to: changed + 12 * MINUTE },
    { kind: "changed", vendor: "synthetic", from: changed, to: Infinity },
  ];
}

/** Returns a vendor's troubles at an instant. */
export function activeTroubles(
  troubles: readonly Trouble[],
  vendor: string,
  now: number,
): readonly Trouble[] {
  return troubles.filter((one) => one.vendor === vendor && one.from <= now && now < one.to);
}

/** The first active one decides; the others only shape the response. */
const SEVERITY_ORDER = ["outage", "expired", "limited", "storm", "unreadable"] as const;

/** Returns the trouble that prevents a vendor from answering: the most severe, or undefined. */
export function mostSevere(present: readonly Trouble[]): Trouble | undefined {
  for (const kind of SEVERITY_ORDER) {
    const found = present.find((one) => one.kind === kind);
    if (found) return found;
  }
  return undefined;
}

/** Returns midnight of the last weekday at least this many days before the anchor. */
function findWorkday(anchor: number, zone: string, daysBefore: number): number {
  for (let back = daysBefore;; back++) {
    const start = dayStart(anchor, zone, -back);
    const { year, month, day } = wallTime(start, zone);
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    if (weekday !== 0 && weekday !== 6) return start;
  }
}
