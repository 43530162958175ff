/** The headline as the command line words it: can I work now, with what, until when? */
import { plain } from "../base/text.ts";
import { PRODUCTS } from "../../providers/products.ts";
import { createHeadline as headlineIn, type Headline } from "../model/view/headline.ts";
import type { AccountView } from "../model/view/view.ts";
import { accountTitle, quotaName } from "./titles.ts";

export type { Headline } from "../model/view/headline.ts";

const POOLS = new Map(PRODUCTS.map(({ id, pools }) => [id, pools]));

/** Returns which quotas of a provider count the same usage, without loading it. */
export const poolsOf = (provider: string) => POOLS.get(provider) ?? [];

export function createHeadline(accounts: readonly AccountView[], now: number, zone: () => string): Headline {
  return headlineIn(accounts, {
    now,
    zone,
    poolsOf,
    words: {
      account: accountTitle,
      quota: quotaName,
      hint: (account) => plain(account.health.hint ?? "").trim(),
      again: "`syntrack collect` polls again.",
    },
  });
}
