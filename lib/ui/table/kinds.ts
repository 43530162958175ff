/** What the parts around a table show: headings, ranges, filters, pages. Made on the server, complete as links. */

/** A heading as it is shown. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  /** Figures stand at the right. */
  readonly right: boolean;
  /** Left out where the window is narrow. */
  readonly wide: boolean;
  readonly sorted: "ascending" | "descending" | null;
  /** Where pressing it leads, or null where it sorts nothing. */
  readonly href: string | null;
}

/** One entry of a list to choose from. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

/** A list of a filter form. */
export interface Filter {
  /** Of the parameter. */
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** One of a few links of which one holds. */
export interface LinkChoice {
  readonly text: string;
  readonly href: string;
  readonly chosen: boolean;
}

/** Where a page stands among all, and where else one may go; what leads nowhere is null. */
export interface Pager {
  readonly page: number;
  readonly pages: number;
  /** Place of its first row among all, from 1 on; 0 when there is none. */
  readonly first: number;
  readonly last: number;
  readonly total: number;
  readonly sizes: readonly LinkChoice[];
  readonly previous: string | null;
  readonly next: string | null;
}

/** What stands above every table. */
export interface TableTools {
  readonly ranges: readonly LinkChoice[];
  readonly filters: readonly Filter[];
  /** Parameters that a filter form keeps as they are. */
  readonly kept: readonly (readonly [name: string, value: string])[];
  /** The free range as dates, empty where a named one holds. */
  readonly from: string;
  readonly to: string;
  /** Where nothing is filtered, or null where nothing is. */
  readonly reset: string | null;
  /** Files of exactly the rows that are shown, on all pages. */
  readonly exports: readonly { readonly text: string; readonly href: string }[];
}
