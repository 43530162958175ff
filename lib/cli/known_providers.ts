/** Whether a provider that was named exists. Loaded only for names that no reading has. */
import { providers } from "../app/set_up.ts";
import { nearest } from "../base/nearest.ts";
import type { CliError } from "./io.ts";
import { unknownName } from "./select.ts";

/** @throws {CliError} */
export function checkProvider(name: string): void {
  // What people declared themselves is known once the program is set up.
  if (name.startsWith("custom-")) return;
  const wrong = unknownProvider(name, providers.map(({ id }) => id));
  if (wrong) throw wrong;
}

/**
 * The id of the provider that was meant by the name of its product: `claude`, `Z.ai`, `github copilot`, `opencode`. A
 * word that means none, or several, stays as it is, and is told where it is used.
 */
export function providerId(word: string): string {
  const ids = providers.map(({ id }) => id);
  if (ids.includes(word)) return word;
  const typed = letters(word);
  if (typed === "") return word;
  const same = providers.filter(({ id, name }) => letters(id) === typed || letters(name) === typed);
  const meant = same.length > 0 ? same : providers.filter(({ name }) => wordsIn(name).includes(typed));
  const [only] = meant;
  return only && meant.length === 1 ? only.id : word;
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Each word of a name, and what it begins with: `opencode` and `zen` of OpenCode Zen. */
function wordsIn(name: string): readonly string[] {
  return name.split(/\s+/).map(letters);
}

/** Ids, and names of products that are none, so that a slip in either finds its provider. */
function nearestProvider(word: string, known: readonly string[]): string | null {
  const named = providers.filter(({ id }) => known.includes(id));
  const names = named.flatMap(({ id, name }) =>
    [[letters(name), id], ...wordsIn(name).map((one) => [one, id])] as const
  );
  const meant = nearest(letters(word), [...known, ...names.map(([name = ""]) => name)]);
  return meant === null || known.includes(meant)
    ? meant
    : names.find(([name]) => name === meant)?.[1] ?? null;
}

export function unknownProvider(name: string, known: readonly string[]): CliError | null {
  return known.includes(name) ? null : unknownName("provider", name, known, nearestProvider(name, known));
}
