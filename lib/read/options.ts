/** What an analysis is made with. */
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import type { StatusBounds } from "../model/view/status.ts";
import type { AccountRecord, Store } from "../store/store.ts";

export interface AnalysisOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The IANA zone in which days begin; asked each time, for it may be changed. */
  readonly zone: () => string;
  /** Tells when an account has changed; what was read is kept until then. Without it everything is read each time. */
  readonly hub?: Hub;
  /** The present of all accounts, where somebody else has read it already. */
  readonly records?: () => Promise<readonly AccountRecord[]>;
  /** What only the settings know of an account. */
  readonly about?: (account: AccountKey) => AboutAccount;
  /** Days from Monday on that are worked, 2 to 6; all count for any other number. Asked each time. */
  readonly workDays?: () => number;
  /** Where the words for how full a quota is begin, unless as usual; asked each time. */
  readonly statusBounds?: () => StatusBounds;
}

export interface AboutAccount {
  readonly providerName: string;
  /**
   * A session of it is over after this long without use, in milliseconds, or later where it is read seldom; ten
   * minutes unless given.
   */
  readonly idleMs?: number;
}
