/** Parses and compares versions by Semantic Versioning. Pure. */

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?$/;

export function isVersion(text: string): boolean {
  return text.length <= 64 && VERSION.test(text);
}

/** Negative when `a` precedes `b`, 0 when they are equal. @throws {RangeError} when one is not a version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)];
  for (const [at, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  // A pre-release precedes its release.
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length;
  for (const [at, word] of left.before.entries()) {
    const other = right.before[at];
    if (other === undefined) return 1;
    if (word !== other) return compareWords(word, other);
  }
  return left.before.length - right.before.length;
}

function splitVersion(
  text: string,
): { readonly numbers: readonly number[]; readonly before: readonly string[] } {
  const [, major, minor, patch, before] = VERSION.exec(text) ?? [];
  if (major === undefined) throw new RangeError(`"${text}" is not a version`);
  return { numbers: [major, minor, patch].map(Number), before: before?.split(".") ?? [] };
}

/** Compares numbers by value, and puts them before words. */
function compareWords(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOther) return Number(a) - Number(b);
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}
