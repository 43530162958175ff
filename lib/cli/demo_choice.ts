/** The choices of the demo: which providers it shows and what goes wrong at them. */
import { type Scenario, SCENARIOS, SHOWN, VENDORS } from "../demo/mod.ts";
import { unknownName } from "./select.ts";
import type { Typed } from "./table.ts";
import { parseTypedText } from "./values.ts";

/** Returns the ids of `--providers` as typed; the default selection without it. @throws {CliError} */
export function readProviders(typed: Typed): readonly string[] {
  const text = parseTypedText(typed, "providers");
  if (text === undefined) return SHOWN;
  const known = Object.keys(VENDORS);
  if (text === "all") return known;
  const ids = text.split(",").map((id) => id.trim()).filter((id) => id !== "");
  const unknown = ids.find((id) => !known.includes(id));
  if (ids.length > 0 && unknown === undefined) return ids;
  throw unknownName("provider", unknown ?? text, ["all", ...known]);
}

/** Returns the scenario of `--scenario`, or undefined. @throws {CliError} */
export function readScenario(typed: Typed): Scenario | undefined {
  const name = parseTypedText(typed, "scenario");
  if (name === undefined) return undefined;
  const found = SCENARIOS.find((one) => one.name === name);
  if (found) return found;
  throw unknownName("scenario", name, SCENARIOS.map((one) => one.name));
}

/** Lists all scenarios for people. */
export function scenarioLines(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return SCENARIOS.map(({ name, help }) => `${name.padEnd(width)}  ${help}`).join("\n");
}
