/** One poll that is to be done. */
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
  /** Whose settings it asks with, where they are not those of the environment. */
  readonly login?: Login | undefined;
  /** Where it was found, unless that is where it is kept. */
  readonly origin?: Origin | undefined;
  /** Fingerprint of what else is set for asking, where something is. */
  readonly settings?: string | undefined;
  /** Why nothing can be asked with its login: then that is the outcome, and nobody is asked. */
  readonly failure?: unknown;
  readonly schedule: Schedule;
  /** The last attempt, or null before the first. */
  readonly last: Outcome | null;
  readonly watching: boolean;
  readonly signal: AbortSignal;
}
