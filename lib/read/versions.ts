/** Version numbers that follow the hub's events, to invalidate caches. */
import type { Hub } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";

export interface Versions {
  /** The last event that named the account, or no account, counted from one; 0 before the first. */
  of(account: AccountKey): number;
  /** The last event that named no account: more than one may have changed. */
  readonly shared: number;
  /** The last event of all. */
  readonly last: number;
  close(): void;
}

export function createVersions(hub: Pick<Hub, "listen"> | undefined): Versions {
  const accounts = new Map<AccountKey, number>();
  let shared = 0;
  let last = 0;
  const stop = hub?.listen(({ account }) => {
    last++;
    if (account === null) shared = last;
    else accounts.set(account, last);
  });
  return {
    of: (account) => Math.max(accounts.get(account) ?? 0, shared),
    get shared() {
      return shared;
    },
    get last() {
      return last;
    },
    close: () => void stop?.(),
  };
}
