/** Whether a provider that was named exists. Loaded only for names that no reading has. */
import { providers } from "../compose/set_up.ts";
import type { CliError } from "./io.ts";
import { unknownName } from "./select.ts";

/** @throws {CliError} */
export function checkProvider(name: string): void {
  // What people declared themselves is known once the program is set up.
  if (name.startsWith("custom-")) return;
  const wrong = unknownProvider(name, providers.map(({ id }) => id));
  if (wrong) throw wrong;
}

export function unknownProvider(name: string, known: readonly string[]): CliError | null {
  return known.includes(name) ? null : unknownName("provider", name, known);
}
