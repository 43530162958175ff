/** The names of providers, available without loading any provider. */
import { PRODUCTS } from "../../providers/products.ts";
import { nearest } from "../base/nearest.ts";
import type { CliError } from "./io.ts";
import { unknownName } from "./select.ts";

/**
 * Returns the id of the provider with this product name: `claude`, `chatgpt`, `Z.ai`, `github copilot`.
 * Leaves a word that matches none or several unchanged; the code that uses it reports it.
 */
export function providerId(word: string): string {
  if (PRODUCTS.some(({ id }) => id === word)) return word;
  const typed = keepLetters(word);
  if (typed === "") return word;
  const same = PRODUCTS.filter(({ id, name, aliases }) =>
    [id, name, ...aliases].some((one) => keepLetters(one) === typed)
  );
  const matches = same.length > 0 ? same : PRODUCTS.filter(({ name }) => wordsIn(name).includes(typed));
  const [only] = matches;
  return only && matches.length === 1 ? only.id : word;
}

/** @throws {CliError} for an unknown name */
export function checkProvider(name: string): void {
  // Declared sources are known only once the program is set up.
  if (name.startsWith("custom-")) return;
  const wrong = unknownProvider(name, PRODUCTS.map(({ id }) => id));
  if (wrong) throw wrong;
}

export function unknownProvider(name: string, known: readonly string[]): CliError | null {
  return known.includes(name) ? null : unknownName("provider", name, known, nearestProvider(name, known));
}

function keepLetters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Splits a name into words, as in `gemini` and `api` of Gemini API. */
function wordsIn(name: string): readonly string[] {
  return name.split(/\s+/).map(keepLetters);
}

/** Finds the nearest id or product name, so that a typo in either finds its provider. */
function nearestProvider(word: string, known: readonly string[]): string | null {
  const named = PRODUCTS.filter(({ id }) => known.includes(id));
  const names = named.flatMap(({ id, name, aliases }) =>
    [name, ...wordsIn(name), ...aliases].map((one) => [keepLetters(one), id] as const)
  );
  const suggestion = nearest(keepLetters(word), [...known, ...names.map(([name]) => name)]);
  return suggestion === null || known.includes(suggestion)
    ? suggestion
    : names.find(([name]) => name === suggestion)?.[1] ?? null;
}
