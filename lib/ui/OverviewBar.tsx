/** Selects which quotas the overview shows and how densely, by links and a form that work without JavaScript. */
import type { Density } from "../model/setting_limits.ts";
import { type OverviewFilter, overviewHref, type ProviderTab, tabHref } from "./overview.ts";
import type { Sort } from "./overview_order.ts";

export interface OverviewBarProps {
  readonly tabs: readonly ProviderTab[];
  readonly filter: OverviewFilter;
  readonly density: Density;
  /** The query of the page's address. */
  readonly search: string;
  readonly onFilter: (filter: OverviewFilter) => void;
  readonly onDensity: (density: Density) => void;
}

const DENSITIES: readonly (readonly [density: Density, word: string])[] = [
  ["comfortable", "Cards"],
  ["compact", "List"],
];

export function OverviewBar(props: OverviewBarProps) {
  const { tabs, filter, density, search, onFilter, onDensity } = props;

  return (
    <div class="no-print mt-6 flex flex-wrap items-center gap-3">
      {tabs.length > 1 && (
        <nav
          class="provider-tabs choices max-w-full basis-full overflow-x-auto sm:basis-auto"
          aria-label="Vendors"
        >
          {[{ id: "", name: "All" }, ...tabs].map(({ id, name }) => (
            <a
              key={id}
              class="provider-tab choice touch-target outside-text"
              href={tabHref(search, id)}
              data-provider={id}
              aria-current={filter.provider === id ? "true" : "false"}
              onClick={(event) => choose(event, () => onFilter({ ...filter, provider: id }))}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      <form
        method="get"
        action="/"
        role="search"
        class="overview-filter flex-1"
        onSubmit={(event) => event.preventDefault()}
      >
        {filter.provider !== "" && <input type="hidden" name="provider" value={filter.provider} />}
        <input
          class="field touch-target w-full max-w-xs"
          type="search"
          name="q"
          placeholder="Filter"
          aria-label="Filter quotas by name"
          maxLength={100}
          autocomplete="off"
          data-filter
          value={filter.words}
          onInput={(event) => onFilter({ ...filter, words: event.currentTarget.value })}
        />
      </form>
      <div class="choices" role="group" aria-label="How quotas are shown">
        {DENSITIES.map(([name, word]) => (
          <a
            key={name}
            class="density-btn choice touch-target"
            href={overviewHref(search, { view: name })}
            data-density={name}
            aria-current={density === name ? "true" : "false"}
            onClick={(event) => choose(event, () => onDensity(name))}
          >
            {word}
          </a>
        ))}
      </div>
    </div>
  );
}

interface SortBarProps {
  readonly sort: Sort;
  readonly search: string;
  readonly onSort: (sort: Sort) => void;
}

const SORT_WORDS: readonly (readonly [sort: Sort, word: string])[] = [
  ["need", "Need"],
  ["name", "Name"],
  ["used", "Used"],
  ["reset", "Reset"],
];

/** Sorts the list. */
export function SortBar({ sort, search, onSort }: SortBarProps) {
  return (
    <nav class="sort-bar no-print mt-4 flex flex-wrap items-center gap-x-1 text-sm" aria-label="Sort by">
      <span class="text-muted" aria-hidden="true">Sort by</span>
      {SORT_WORDS.map(([name, word]) => (
        <a
          key={name}
          class="sort-btn touch-target"
          href={overviewHref(search, { sort: name === "need" ? "" : name })}
          data-sort={name}
          aria-current={sort === name ? "true" : "false"}
          onClick={(event) => choose(event, () => onSort(name))}
        >
          {word}
        </a>
      ))}
    </nav>
  );
}

function choose(event: MouseEvent, act: () => void) {
  // A modified click opens a new tab, which the browser handles.
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  act();
}
