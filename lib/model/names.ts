/**
 * The order of names for people: `team-2` before `team-10`, and upper case beside lower case. It is the same in
 * every language, on the server and in browsers, and needs no `Intl`, whose first use takes longer than a short
 * command has.
 */

/** A number without its leading zeros. */
const NUMBER = /0*(\d+)/g;

/** Sorts by name. Computes once for each item what is compared: fleets have hundreds of accounts. */
export function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.map((item) => ({ item, key: makeKey(nameOf(item)) }))
    .sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** Compares names for `sort`; 0 only for equal ones. */
export function compareNames(a: string, b: string): number {
  return compare(makeKey(a), makeKey(b));
}

/** Puts its length before each number, so that a longer number is a larger text; last, the name itself decides. */
function makeKey(name: string): string {
  const counted = name.toLowerCase()
    .replace(NUMBER, (_, digits: string) => String.fromCharCode(47 + digits.length) + digits);
  return `${counted}\0${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
