/** What the address of the overview asks for. What makes no sense is left out, and said. */
import type { DashboardView } from "../model/view.ts";
import type { Density, OverviewFilter } from "../ui/overview.ts";
import { plain } from "../text.ts";
import type { Preferences } from "./preferences.ts";

export interface OverviewAsked {
  readonly filter: OverviewFilter;
  readonly density: Density;
  /** For people; empty where everything made sense. */
  readonly note: string;
  /** A cookie to set, where the address chose what a browser is to keep. */
  readonly remember: string | null;
}

const MOST_WORDS = 100;
const YEAR_S = 31_536_000;

export function overviewAsked(
  query: URLSearchParams,
  preferences: Preferences,
  view: Pick<DashboardView, "accounts" | "settings">,
): OverviewAsked {
  const notes: string[] = [];
  const provider = query.get("provider") ?? "";
  const known = provider === "" || view.accounts.some((account) => account.provider === provider);
  if (!known) notes.push(`There is no provider "${plain(provider, 40)}" here; all are shown.`);
  const word = query.get("view");
  const chosen = word === "compact" || word === "comfortable" ? word : null;
  if (word !== null && chosen === null) {
    notes.push(`There is no view "${plain(word, 20)}"; it is comfortable or compact.`);
  }
  return {
    filter: { provider: known ? provider : "", words: (query.get("q") ?? "").slice(0, MOST_WORDS) },
    density: chosen ?? preferences.density ?? view.settings.density,
    note: notes.join(" "),
    remember: chosen && `density=${chosen};path=/;max-age=${YEAR_S};samesite=lax`,
  };
}
