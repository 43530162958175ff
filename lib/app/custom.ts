/** Sources people declared themselves: where their declarations, their events and what is known of their keys lie. */
import { dirname, join } from "node:path";
import type { Setting } from "../provider/context.ts";
import { type Bindings, createBindings } from "../custom/bindings.ts";
import type { EventSources } from "../custom/counters.ts";
import { type Declaration, isEventSource } from "../custom/declaration.ts";
import { derivedKey, settingsOf } from "../custom/endpoint.ts";
import {
  asProvider,
  checkWritten,
  type Custom,
  customProviders,
  jsonIn,
  type Written,
} from "../custom/load.ts";
import type { Environment } from "../config/environment.ts";
import type { Problem } from "../config/problem.ts";
import { readFileText } from "../config/system.ts";
import type { Provider } from "../provider/contract.ts";
import { replaceFile } from "../base/whole_file.ts";

export interface CustomPlace {
  readonly home: string | null;
  readonly environment: Pick<Environment, "configFile">;
  /** The providers that are built in. */
  readonly registry: readonly Provider[];
  /** The database, once that is known. */
  readonly dbPath: () => string;
  readonly zone: () => string;
}

/** All declarations there are. */
export function customSources(place: CustomPlace): Custom {
  const { written, problems } = declarationsIn(place);
  const found = customProviders(written, { ...partsOf(place), others: place.registry });
  return { providers: found.providers, problems: [...problems, ...found.problems] };
}

function partsOf(place: CustomPlace) {
  return { bindings: bindingsOf(place.home), events: eventsOf(place) };
}

function folderOf(home: string): string {
  return join(home, ".syntrack", "custom");
}

function declarationsIn({ home, environment }: CustomPlace) {
  const written: Written[] = [];
  const problems: Problem[] = [];
  for (const name of home === null ? [] : filesIn(folderOf(home))) {
    const label = `~/.syntrack/custom/${name}`;
    try {
      const text = readFileText(join(folderOf(home ?? ""), name))?.text;
      if (text !== undefined) written.push({ label, value: jsonIn(text) });
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unknown";
      problems.push({ level: "error", field: label, problem: `cannot be read (${reason})` });
    }
  }
  const state = environment.configFile();
  for (const [index, value] of (state?.file?.custom ?? []).entries()) {
    written.push({ label: `custom ${index + 1} in ${state?.label}`, value });
  }
  return { written, problems };
}

function filesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    // There is none, or it may not be looked at: then there are no declarations.
    return [];
  }
}

function bindingsOf(home: string | null): Bindings {
  let kept: string | null = null;
  if (home === null) return createBindings({ read: () => kept, write: (text) => kept = text });
  const path = join(home, ".syntrack", "custom-keys.json");
  return createBindings({
    read: () => readFileText(path)?.text ?? null,
    write: (text) => writeWhole(path, text),
  });
}

function writeWhole(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceFile(path, text);
}

/** Events lie beside the database: `<data>/custom/*.jsonl`, and what was read of them in `<data>/custom-events.db`. */
function eventsOf({ dbPath, zone }: CustomPlace): EventSources {
  return {
    zone,
    async look(now, log, use) {
      // Loaded when there is a source of events: most people have none.
      const { openEventStore } = await import("../custom/event_store.ts");
      const { readEvents } = await import("../custom/tail.ts");
      const main = dbPath();
      const isMemory = main === ":memory:";
      const folder = isMemory ? null : dirname(main);
      if (folder !== null) Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      const store = await openEventStore(folder === null ? ":memory:" : join(folder, "custom-events.db"));
      try {
        if (folder !== null) await readEvents({ folder: join(folder, "custom"), store, now, log });
        return use(store);
      } finally {
        store.close();
      }
    },
  };
}

/** A declaration somebody hands over, checked and made into its provider, and how to keep it. */
export interface OfferedCustom {
  readonly label: string;
  readonly provider: Provider;
  /** What is stored of it: a stored key goes by the name made of the id, whatever variable is named. Empty for none. */
  readonly settings: readonly Setting[];
  /** Puts it in its place; whatever its key was bound to is forgotten. */
  save(): void;
}

function storedSettings(declaration: Declaration): readonly Setting[] {
  if (isEventSource(declaration) || declaration.request.auth.type === "none") return [];
  return settingsOf(declaration).filter(({ name, secret }) => !secret || name === derivedKey(declaration));
}

/** @returns the problems where there are any */
export function offerDeclaration(
  text: string,
  label: string,
  place: CustomPlace,
): OfferedCustom | { readonly problems: readonly Problem[] } {
  const checked = checkWritten({ label, value: jsonIn(text) }, place.registry);
  if ("problems" in checked) return checked;
  const { declaration } = checked;
  const { home } = place;
  const parts = partsOf(place);
  return {
    label: declaration.label,
    provider: asProvider(declaration, parts),
    settings: storedSettings(declaration),
    save() {
      if (home === null) throw new Error("There is no home folder to keep it in");
      writeWhole(join(folderOf(home), `${declaration.id}.json`), text.endsWith("\n") ? text : `${text}\n`);
      parts.bindings.forget(declaration.id);
    },
  };
}
