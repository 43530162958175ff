/** Parses the overview's URL. Invalid parts are ignored, and reported. */
import type { VendorPages } from "../model/vendor.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";
import { ACCOUNTS_AT_ONCE, MAX_ACCOUNTS, MAX_CARDS, type OverviewFilter } from "../ui/overview.ts";
import type { Density } from "../model/setting_limits.ts";
import { type Sort, SORTS } from "../ui/overview_order.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { HORIZON_SPANS, type HorizonSpan } from "../model/horizon/horizon.ts";
import { parseHorizonSpan } from "./horizon.ts";
import { PROVIDER_COOKIE } from "../ui/zone.ts";
import type { Pools } from "../ui/summary.ts";
import { preferenceCookie, type Preferences } from "./preferences.ts";

export interface OverviewQuery {
  readonly filter: OverviewFilter;
  readonly density: Density;
  readonly sort: Sort;
  readonly span: HorizonSpan;
  /** How many accounts are listed. */
  readonly shown: number;
  /** For people; empty when all was valid. */
  readonly note: string;
  /** Cookies to set, when the URL selects something the browser is to remember. */
  readonly remember: readonly string[];
}

const MAX_WORDS = 100;

export function parseOverviewQuery(
  query: URLSearchParams,
  preferences: Preferences,
  view: Pick<DashboardView, "accounts" | "settings">,
): OverviewQuery {
  const notes: string[] = [];
  const named = query.get("provider");
  // A stored choice that no longer exists is not an error in this URL.
  const provider = named ?? preferences.provider ?? "";
  const known = provider === "" || view.accounts.some((account) => account.provider === provider);
  if (!known && named !== null) {
    notes.push(`There is no provider "${plain(provider, 40)}" here; all are shown.`);
  }
  const word = query.get("view");
  const chosen = word === "compact" || word === "comfortable" ? word : null;
  if (word !== null && chosen === null) {
    notes.push(`There is no view "${plain(word, 20)}"; it is comfortable or compact.`);
  }
  const sortWord = query.get("sort");
  const sort = SORTS.find((one) => one === sortWord);
  if (sortWord !== null && sort === undefined) {
    notes.push(`There is no order "${plain(sortWord, 20)}"; it is ${SORTS.join(", ")}.`);
  }
  const spanWord = query.get("horizon");
  const span = parseHorizonSpan(spanWord);
  if (spanWord !== null && span === null) {
    notes.push(`There is no Horizon "${plain(spanWord, 20)}"; it is ${HORIZON_SPANS.join(" or ")}.`);
  }
  const shownWord = query.get("accounts");
  const shown = shownWord !== null && /^[1-9]\d{0,4}$/.test(shownWord) ? Number(shownWord) : null;
  if (shownWord !== null && (shown === null || shown > MAX_ACCOUNTS)) {
    notes.push(`"${plain(shownWord, 20)}" accounts cannot be listed: give a number up to ${MAX_ACCOUNTS}.`);
  }
  return {
    filter: { provider: known ? provider : "", words: (query.get("q") ?? "").slice(0, MAX_WORDS) },
    density: chosen ?? preferences.density ?? usualDensity(view),
    sort: sort ?? "need",
    span: span ?? "24h",
    shown: shown === null || shown > MAX_ACCOUNTS ? ACCOUNTS_AT_ONCE : shown,
    note: notes.join(" "),
    // Leave out what the browser stores already: a page that sets a cookie cannot be cached.
    remember: [
      ...chosen === null || chosen === preferences.density ? [] : [preferenceCookie("density", chosen)],
      ...named === null || !known || named === (preferences.provider ?? "")
        ? []
        : [preferenceCookie(PROVIDER_COOKIE, named)],
    ],
  };
}

/** Returns which quotas of the shown providers count the same use, by provider. */
export function selectPools(
  services: Pick<AppContext, "poolsOf">,
  { accounts }: Pick<DashboardView, "accounts">,
): Pools {
  return Object.fromEntries(accounts.map(({ provider }) => [provider, services.poolsOf(provider)]));
}

/** Returns the vendors' own pages of the shown providers; custom sources have none. */
export function selectVendorPages(
  services: Pick<AppContext, "vendorOf">,
  accounts: readonly Pick<AccountView, "provider">[],
): Readonly<Record<string, VendorPages>> {
  return Object.fromEntries(
    accounts.flatMap(({ provider }) => {
      const vendor = services.vendorOf(provider);
      if (vendor === null) return [];
      const { usage, status } = vendor;
      return [[provider, { usage, ...status !== undefined && { status } }] as const];
    }),
  );
}

/** Cards while few enough to see at a glance, unless the settings ask for a list. */
function usualDensity({ accounts, settings }: Pick<DashboardView, "accounts" | "settings">): Density {
  const count = accounts.reduce((sum, { quotas }) => sum + quotas.length, 0);
  return settings.density === "compact" || count > MAX_CARDS ? "compact" : "comfortable";
}
