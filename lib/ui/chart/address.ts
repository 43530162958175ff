/** What a chart writes into the address of its page, next to other parameters. */

/** Names and values of a query. */
export type QueryParameters = readonly (readonly [name: string, value: string])[];

/** Parameters that belong to the chart. */
const OWN: readonly string[] = ["range", "from", "to", "table", "hide", "earlier"];

/** Returns the parameters that do not belong to the chart. */
export function otherParameters(query: Iterable<readonly [string, string]>): QueryParameters {
  return [...query].filter(([name]) => !OWN.includes(name));
}

/**
 * Builds a relative address from the kept parameters and these; without `range`, `from` and `to` it means the
 * default range.
 */
export function buildAddress(kept: QueryParameters, own: QueryParameters): string {
  return `?${new URLSearchParams([...kept, ...own].map(([name, value]) => [name, value]))}`;
}

/** Names the page of the table, unless it is hidden. */
export function tableParameter(page: number): QueryParameters {
  return page > 0 ? [["table", String(page)]] : [];
}

/** Names the period before, when it is shown. */
export function earlierParameter(isShown: boolean): QueryParameters {
  return isShown ? [["earlier", "1"]] : [];
}
