/** Which accounts need attention on a page. */
import { findTroubles, type Trouble } from "../model/view/need.ts";
import type { AccountView } from "../model/view/view.ts";
import { markStale } from "./words.ts";

/** Returns the accounts that need attention at `now`. */
export function troublesAt(accounts: readonly AccountView[], now: number): readonly Trouble[] {
  return findTroubles(accounts.map((account) => markStale(account, now)), now);
}
