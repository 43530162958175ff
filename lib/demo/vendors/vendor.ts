/** The contract of a fake vendor: it answers like the real one, as of any requested instant. */
import type { Meter } from "../meter.ts";
import type { Person } from "../person.ts";

/** A quota as the vendor counts it, to compare with what the provider understood. */
export interface Gauge {
  /** The quota's id as its provider names it. */
  readonly quota: string;
  readonly meter: Meter;
  /** Returns what the response states as used at an instant, after the vendor's rounding. */
  stated(now: number): number;
}

/** A figure that is not counted within a window: a balance, a pool, the use of a minute, a limit without use. */
export interface Level {
  readonly quota: string;
  readonly figure: "used" | "remaining";
  /** Returns what the response states at an instant; null when it omits it. */
  stated(now: number): number | null;
}

/** One request, and the vendor's state. */
export interface VendorRequest {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly request: Request;
  /** Answers with the same content in the newer shape. */
  readonly changed: boolean;
  /** Swaps used and remaining. */
  readonly inverted: boolean;
  /** Answers for another person. */
  readonly swapped: boolean;
}

export interface Vendor {
  /** The id of the provider that polls it. */
  readonly id: string;
  /** The settings with which the provider finds its account; the values work nowhere else. */
  readonly environment: Readonly<Record<string, string>>;
  /** The exact paths it answers. */
  readonly paths: readonly string[];
  /**
   * The request method.
   * @default {"GET"}
   */
  readonly method?: "GET" | "POST";
  /** True for a vendor polled less often than the busiest ones in the month before the demo. */
  readonly isSeldom?: true;
  readonly gauges: readonly Gauge[];
  readonly levels?: readonly Level[];
  /** Reports whether the request carries the demo's key. */
  admits(request: Request): boolean;
  /** Returns the response to a request with another key, or without one. */
  refusal(): Response;
  answer(req: VendorRequest): Response;
  unreadable(): Response;
}

/**
 * Creates the vendor of one person's story: the same story gives the same answers.
 *
 * @param loginEndsAt when expiring logins end, epoch milliseconds
 */
export type MakeVendor = (person: Person, loginEndsAt: number) => Vendor;
