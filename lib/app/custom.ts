/** Sources that users declare: where their declarations, events and key bindings are kept. */
import { parseDatabaseFile } from "../base/database_name.ts";
import { dirname, join } from "../base/path.ts";
import type { Setting } from "../provider/context.ts";
import { type Bindings, createBindings } from "../custom/bindings.ts";
import type { EventSources } from "../custom/counters.ts";
import { type Declaration, isEventSource } from "../custom/declaration.ts";
import { deriveKey, listSettings } from "../custom/endpoint.ts";
import {
  asProvider,
  checkWritten,
  type Custom,
  customProviders,
  parseJson,
  type WrittenDeclaration,
} from "../custom/load.ts";
import type { Environment } from "../config/environment.ts";
import type { Problem } from "../config/problem.ts";
import { readFileText } from "../config/system.ts";
import type { Provider } from "../provider/contract.ts";
import { createParent } from "../store/files.ts";
import { replaceFile } from "../base/whole_file.ts";

export interface CustomPlace {
  readonly home: string | null;
  readonly environment: Pick<Environment, "configFile">;
  /** The built-in providers. */
  readonly registry: readonly Provider[];
  /** The database, once it is known. */
  readonly dbPath: () => string;
  readonly zone: () => string;
}

/** Reads all declarations. */
export function customSources(place: CustomPlace): Custom {
  const { written, problems } = declarationsIn(place);
  const found = customProviders(written, { ...createParts(place), others: place.registry });
  return { providers: found.providers, problems: [...problems, ...found.problems] };
}

function createParts(place: CustomPlace) {
  return { bindings: loadBindings(place.home), events: openEvents(place) };
}

function customFolder(home: string): string {
  return join(home, ".syntrack", "custom");
}

function declarationsIn({ home, environment }: CustomPlace) {
  const written: WrittenDeclaration[] = [];
  const problems: Problem[] = [];
  for (const name of home === null ? [] : filesIn(customFolder(home))) {
    const label = `~/.syntrack/custom/${name}`;
    try {
      const text = readFileText(join(customFolder(home ?? ""), name))?.text;
      if (text !== undefined) written.push({ label, value: parseJson(text) });
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
    // The folder does not exist or may not be read, so there are no declarations.
    return [];
  }
}

function loadBindings(home: string | null): Bindings {
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

/**
 * Returns the events of `<data>/custom/*.jsonl` beside the database; `<data>/custom-events.db` holds those already
 * read.
 */
function openEvents({ dbPath, zone }: CustomPlace): EventSources {
  return {
    zone,
    async read(now, log, use) {
      // Loaded only when there is a source of events: most users have none.
      const { openEventStore } = await import("../custom/event_store.ts");
      const { readEvents } = await import("../custom/tail.ts");
      const main = parseDatabaseFile(dbPath());
      const folder = main === null ? null : dirname(main);
      const path = folder === null ? ":memory:" : join(folder, "custom-events.db");
      if (folder !== null) createParent(path);
      const store = await openEventStore(path);
      try {
        if (folder !== null) await readEvents({ folder: join(folder, "custom"), store, now, log });
        return use(store);
      } finally {
        store.close();
      }
    },
  };
}

/** A declaration that a user supplies: checked, with its provider and a way to keep it. */
export interface OfferedCustom {
  readonly label: string;
  readonly provider: Provider;
  /** Its stored settings, or none. A stored key is named after the id, not after the declared variable. */
  readonly settings: readonly Setting[];
  /** Writes it to its place and forgets what its key was bound to. */
  save(): void;
}

function readStoredSettings(declaration: Declaration): readonly Setting[] {
  if (isEventSource(declaration) || declaration.request.auth.type === "none") return [];
  return listSettings(declaration).filter(({ name, secret }) => !secret || name === deriveKey(declaration));
}

/** @returns the problems, if there are any */
export function offerDeclaration(
  text: string,
  label: string,
  place: CustomPlace,
): OfferedCustom | { readonly problems: readonly Problem[] } {
  const checked = checkWritten({ label, value: parseJson(text) }, place.registry);
  if ("problems" in checked) return checked;
  const { declaration } = checked;
  const { home } = place;
  const parts = createParts(place);
  return {
    label: declaration.label,
    provider: asProvider(declaration, parts),
    settings: readStoredSettings(declaration),
    save() {
      if (home === null) throw new Error("There is no home folder to store it in");
      writeWhole(
        join(customFolder(home), `${declaration.id}.json`),
        text.endsWith("\n") ? text : `${text}\n`,
      );
      parts.bindings.forget(declaration.id);
    },
  };
}
