/** What a chart writes into the address of its page, beside what else stands there. */

/** Names and values of a query. */
export type QueryParameters = readonly (readonly [name: string, value: string])[];

/** Parameters that belong to the chart. */
const OWN: readonly string[] = ["range", "from", "to", "table", "hide"];

/** What an address says besides what the chart says itself. */
export function otherParameters(query: Iterable<readonly [string, string]>): QueryParameters {
  return [...query].filter(([name]) => !OWN.includes(name));
}

/** A relative address with what is kept and these parameters; without `range` and edges it is the usual span. */
export function addressOf(kept: QueryParameters, own: QueryParameters): string {
  return `?${new URLSearchParams([...kept, ...own].map(([name, value]) => [name, value]))}`;
}
