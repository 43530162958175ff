/** Words that cannot name an import, and the one name the boot script uses itself. */
const RESERVED = new Set(
  ("arguments await boot break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new null " +
    "package private protected public return static super switch this throw true try typeof var void while " +
    "with yield").split(" "),
);

/** Generates unique identifiers: `Card`, `Card_1`, `Card_2`. */
export class IslandNamer {
  readonly #seen = new Map<string, number>();

  unique(wanted: string): string {
    let name = wanted.replaceAll(/[^A-Za-z0-9_$]+/g, "_");
    if (/^\d/.test(name) || RESERVED.has(name)) name = `_${name}`;
    const count = this.#seen.get(name) ?? 0;
    this.#seen.set(name, count + 1);
    return count === 0 ? name : this.unique(`${name}_${count}`);
  }
}
