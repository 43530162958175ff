/** The contract of a fake vendor: it answers like the real one, as of any instant it is asked for. */
import type { Meter } from "../meter.ts";
import type { Person } from "../person.ts";

/** A quota as the vendor keeps it, for whoever wants to compare with what was understood. */
export interface Gauge {
  /** The quota's id as its provider names it. */
  readonly quota: string;
  readonly meter: Meter;
  /** What the answer states as used at an instant, after the vendor's rounding. */
  stated(now: number): number;
}

/** A figure that is no count within a window: a purse, a pool, the use of a minute, a limit nobody counts against. */
export interface Level {
  readonly quota: string;
  readonly figure: "used" | "remaining";
  /** What the answer states of it at an instant; null where it leaves it open. */
  stated(now: number): number | null;
}

/** One request, and in what state the vendor is. */
export interface VendorRequest {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly request: Request;
  /** Answers in the newer shape that means the same. */
  readonly changed: boolean;
  /** States what is left as what is used. */
  readonly inverted: boolean;
  /** Answers for somebody else. */
  readonly swapped: boolean;
}

export interface Vendor {
  /** The id of the provider that asks it. */
  readonly id: string;
  /** What has to be set for the provider to find its account; values that open nothing anywhere else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Paths it answers, each exactly. */
  readonly paths: readonly string[];
  /** How it wants to be asked; `GET` unless given. */
  readonly method?: "GET" | "POST";
  /** In the month before the demo it was not asked as often as the busiest are. */
  readonly isSeldom?: true;
  readonly gauges: readonly Gauge[];
  readonly levels?: readonly Level[];
  /** Whether the request carries the key of the demo. */
  admits(request: Request): boolean;
  /** The answer to a request with another key, or none. */
  refusal(): Response;
  answer(asked: VendorRequest): Response;
  unreadable(): Response;
}

/**
 * Makes the vendor of one person's story: the same story gives the same answers.
 *
 * @param loginEndsAt when logins that end by themselves do, epoch milliseconds
 */
export type MakeVendor = (person: Person, loginEndsAt: number) => Vendor;
