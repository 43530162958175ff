/**
 * The data of the parts around a table: headings, ranges, filters, pages. The server builds it, with complete
 * links.
 */

/** A heading as the table shows it. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  /** True to align figures right. */
  readonly right: boolean;
  /** True to omit it on a narrow screen. */
  readonly wide: boolean;
  readonly sorted: "ascending" | "descending" | null;
  /** The address that sorts by it, or null when it does not sort. */
  readonly href: string | null;
}

/** One entry of a select list. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

/** A select list of a filter form. */
export interface Filter {
  /** Name of the query parameter. */
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** One of several links; one of them is current. */
export interface LinkChoice {
  readonly text: string;
  readonly href: string;
  readonly chosen: boolean;
}

/** The position of a page among all, and the pages it links to; null when there is none. */
export interface Pager {
  readonly page: number;
  readonly pages: number;
  /** Number of its first row among all, counted from 1; 0 when there are no rows. */
  readonly first: number;
  readonly last: number;
  readonly total: number;
  readonly sizes: readonly LinkChoice[];
  readonly previous: string | null;
  readonly next: string | null;
}

/** The controls above every table. */
export interface TableTools {
  readonly ranges: readonly LinkChoice[];
  readonly filters: readonly Filter[];
  /** Parameters a filter form passes through. */
  readonly kept: readonly (readonly [name: string, value: string])[];
  /** The custom range as dates, empty when a named one applies. */
  readonly from: string;
  readonly to: string;
  /** The address without filters, or null when none is set. */
  readonly reset: string | null;
  /** Downloads of exactly the matching rows, on all pages. */
  readonly exports: readonly { readonly text: string; readonly href: string }[];
}
