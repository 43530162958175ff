/** What the address of the overview asks for. What makes no sense is left out, and said. */
import type { DashboardView } from "../model/view/view.ts";
import type { Density, OverviewFilter } from "../ui/overview.ts";
import { plain } from "../base/text.ts";
import { PROVIDER_COOKIE } from "../ui/zone.ts";
import type { Preferences } from "./preferences.ts";

export interface OverviewQuery {
  readonly filter: OverviewFilter;
  readonly density: Density;
  /** For people; empty where everything made sense. */
  readonly note: string;
  /** Cookies to set, where the address chose what a browser is to keep. */
  readonly remember: readonly string[];
}

const MAX_WORDS = 100;
const YEAR_S = 31_536_000;

export function parseOverviewQuery(
  query: URLSearchParams,
  preferences: Preferences,
  view: Pick<DashboardView, "accounts" | "settings">,
): OverviewQuery {
  const notes: string[] = [];
  const named = query.get("provider");
  // One that was chosen once and is not there any more is no mistake of this address.
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
  return {
    filter: { provider: known ? provider : "", words: (query.get("q") ?? "").slice(0, MAX_WORDS) },
    density: chosen ?? preferences.density ?? view.settings.density,
    note: notes.join(" "),
    remember: [
      ...chosen === null ? [] : [cookie("density", chosen)],
      ...named === null || !known ? [] : [cookie(PROVIDER_COOKIE, named)],
    ],
  };
}

function cookie(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)};path=/;max-age=${YEAR_S};samesite=lax`;
}
