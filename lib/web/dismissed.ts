/** Open alerts dismissed in a browser: marks in a cookie, the oldest of which are dropped. */

const MARK = /^[0-9a-f]{12}$/;
const MAX_DISMISSED = 40;

/** Parses the marks of a cookie, which may hold anything. */
export function parseDismissed(cookie: string | null): readonly string[] {
  return (cookie ?? "").slice(0, 1000).split(".").filter((word) => MARK.test(word)).slice(-MAX_DISMISSED);
}

/** Returns the cookie's value with one more mark; unchanged for an invalid mark. */
export function addDismissed(dismissed: readonly string[], mark: string): string {
  const all = MARK.test(mark) ? [...dismissed.filter((one) => one !== mark), mark] : dismissed;
  return all.slice(-MAX_DISMISSED).join(".");
}
