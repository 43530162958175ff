/** One poll to run. */
import type { Outcome } from "../model/outcome.ts";
import type { Account, Login, Provider } from "../provider/contract.ts";
import type { Store } from "../store/store.ts";
import type { Origin } from "./identities.ts";
import type { Schedule } from "./schedule.ts";

/** The part of a store that polls need. */
export type PolledStore = Pick<Store, "recall" | "commit" | "note" | "outcomes" | "docs">;

export interface PollJob {
  readonly provider: Provider;
  readonly account: Account;
  /** Its login, if not the environment's. */
  readonly login?: Login | undefined;
  /** Where it was found, if that differs from where it is stored. */
  readonly origin?: Origin | undefined;
  /** Fingerprint of its other settings, if any. */
  readonly settings?: string | undefined;
  /** Why its login cannot be used: then that is the outcome, without any request. */
  readonly failure?: unknown;
  readonly schedule: Schedule;
  /** The last attempt, or null before the first. */
  readonly last: Outcome | null;
  readonly watching: boolean;
  readonly signal: AbortSignal;
}
