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

export interface Vendor {
  /** The id of the provider that asks it. */
  readonly id: string;
  /** What has to be set for the provider to find its account; values that open nothing anywhere else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Paths it answers, each exactly. */
  readonly paths: readonly string[];
  readonly gauges: readonly Gauge[];
  /** Whether the request carries the key of the demo. */
  admits(request: Request): boolean;
  /** The answer to a request with another key, or none. */
  refusal(): Response;
  /** The answer as of an instant; `changed` in the newer shape that means the same. */
  answer(now: number, changed: boolean): Response;
  unreadable(): Response;
}

/** Makes the vendor of one person's story: the same story gives the same answers. */
export type MakeVendor = (person: Person) => Vendor;
