/** Options of an analysis. */
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Lessons } from "./lessons.ts";
import type { StatusBounds } from "../model/view/status.ts";
import type { AccountRecord, Store } from "../store/store.ts";

export interface AnalysisOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The IANA zone in which days begin; called each time, because it may change. */
  readonly zone: () => string;
  /**
   * Reports when an account has changed; until then the analysis caches
   * what it read. Without a hub, it reads everything each time.
   */
  readonly hub?: Hub;
  /** Stores what past cycles taught for another process; used without a hub, for the present. */
  readonly lessons?: Lessons;
  /** Returns the current records of all accounts, if another part has already read them. */
  readonly records?: (account?: AccountKey) => Promise<readonly AccountRecord[]>;
  /** Returns what only the settings know about an account. */
  readonly about?: (account: AccountKey) => AboutAccount;
  /**
   * Number of working days, counted from Monday, 2 to 6; any other number counts all days. Called each time.
   */
  readonly workDays?: () => number;
  /** Thresholds of the status words, if not the defaults; called each time. */
  readonly statusBounds?: () => StatusBounds;
}

export interface AboutAccount {
  readonly providerName: string;
  /**
   * A session ends after this long without use, in milliseconds, or later when the account is polled rarely.
   * @default {600000}
   */
  readonly idleMs?: number;
}
