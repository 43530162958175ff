/** The overview's address, which holds all that is selected on the page. */
import type { Signal } from "@preact/signals";
import { pathTo } from "./base_path.ts";
import { overviewHref } from "./overview.ts";

/** @param search the query of the address, which links of the page keep */
export function writeOverviewAddress(search: Signal<string>, change: Readonly<Record<string, string>>): void {
  history.replaceState(null, "", pathTo(overviewHref(location.search, change)));
  search.value = location.search;
}
