/** The one sentence at the top of the overview: can I work now, with what, until when? */
import type { Pool } from "../model/history/counting.ts";
import { createHeadline, type Headline } from "../model/view/headline.ts";
import type { ReadyState } from "../model/view/readiness.ts";
import type { DashboardView } from "../model/view/view.ts";
import { harmless } from "../base/text.ts";
import { instantText } from "./dates.ts";
import { withoutName } from "../model/view/without_name.ts";
import { accountTitle, markStale, quotaTitle } from "./words.ts";

/** Which quotas count the same use, by provider; providers that declare nothing are absent. */
export type Pools = Readonly<Record<string, readonly Pool[]>>;

export interface Summary {
  readonly state: ReadyState;
  /** The answer alone, such as `Yes` or `No`; empty when there is no data to answer from. */
  readonly answer: string;
  /** Everything after it. */
  readonly rest: string;
}

/** Returns the sentence of a view. @param headline of the view, at an instant which may be later than it */
export function summarizeAccounts(
  { accounts }: Pick<DashboardView, "accounts">,
  headline: Headline,
): Summary {
  if (accounts.length === 0) return createUnknown("No account is configured yet");
  if (accounts.every(({ at }) => at === null)) return createUnknown("Waiting for the first reading");
  const { state, text } = headline;
  const [, answer = "", rest = text] = /^([^,.:]+)(.*)$/s.exec(text) ?? [];
  return { state, answer, rest };
}

/** The same headline as in `syntrack status`, with the names used on pages. */
export function pageHeadline(
  { accounts }: Pick<DashboardView, "accounts">,
  now: number,
  zone: string,
  pools: Pools,
): Headline {
  return createHeadline(accounts.map((account) => markStale(account, now)), {
    now,
    zone: () => zone,
    when: (at) => instantText(at, now, zone),
    poolsOf: (provider) => Object.hasOwn(pools, provider) ? pools[provider]! : [],
    words: {
      account: accountTitle,
      quota: (quota, account) => withoutName(quotaTitle(quota), accountTitle(account), account.providerName),
      hint: ({ health }) => harmless(health.hint ?? "").trim(),
      again: "",
    },
  });
}

function createUnknown(rest: string): Summary {
  return { state: "unknown", answer: "", rest };
}
