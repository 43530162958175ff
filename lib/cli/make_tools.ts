/** Makes what a command is handed, each part when it is first asked for. */
import { clockAt } from "../base/clock.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import { chooseAccounts } from "./select.ts";
import { lazily } from "./lazy.ts";
import { columnsOf, failure, type Io } from "./io.ts";
import { inAscii, wantsAscii } from "./ascii.ts";
import { paintFor } from "./paint.ts";
import type { Place } from "./place.ts";
import type { Typed } from "./table.ts";
import type { OpenTools, Tools } from "./tools.ts";
import { hasFlag, instantOf, textOf } from "./values.ts";

export function makeTools(typed: Typed, io: Io): OpenTools {
  const asked = instantOf(typed);
  const clock = asked === undefined ? io.clock : clockAt(asked, io.clock);
  const now = clock.now();
  const colour = hasFlag(typed, "no-color") ? false : hasFlag(typed, "color") || undefined;
  const shown = wantsAscii(io.env) ? inAscii : (text: string) => text;
  let opened: Promise<Store | null> | undefined;
  let placed: Promise<Place> | undefined;

  const tools: OpenTools = {
    io,
    typed,
    now,
    clock,
    json: hasFlag(typed, "json"),
    columns: columnsOf(io),
    paint: paintFor(io, io.stdout, colour),
    print: (...lines) => io.stdout.write(shown(lines.map((line) => `${line}\n`).join(""))),
    printJson: (value) => io.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    tell: (message) => io.stderr.write(shown(`${message}\n`)),
    place: () => placed ??= import("./place.ts").then(({ findPlace }) => findPlace(typed, io)),
    store: async () => {
      const store = await tools.storeIfAny();
      if (store === null) await checkNamed(tools);
      return store;
    },
    storeIfAny: () => opened ??= openStore(tools),
    async records() {
      const store = await tools.store();
      const records = await store?.latest() ?? [];
      if (!store || asked === undefined) return await choose(tools, records);
      const { recordAt } = await import("../read/as_of.ts");
      const then = await Promise.all(records.map((record) => recordAt(store, record, asked)));
      return await choose(tools, then);
    },
    async [Symbol.asyncDispose]() {
      // What failed to open was told already.
      const store = await opened?.catch(() => null);
      await store?.[Symbol.asyncDispose]();
    },
  };
  return tools;
}

async function openStore(tools: Tools): Promise<Store | null> {
  const { dbPath } = await tools.place();
  const { openToRead } = await import("../app/open_store.ts");
  return await openToRead(dbPath, tools.io.home);
}

/** A file that somebody named and is not there is a mistake; that of the settings is made by the first poll. */
async function checkNamed(tools: Tools): Promise<void> {
  const { dbPath } = await tools.place();
  if (textOf(tools.typed, "db") === undefined || dbPath === ":memory:") return;
  throw failure(
    `Cannot read the database "${dbPath}": there is no such file`,
    "Check --db, or run `syntrack collect` with it to begin one",
  );
}

/** A provider that exists and was not read yet is no mistake: it has no accounts. */
async function choose(
  { typed }: Tools,
  records: readonly AccountRecord[],
): Promise<readonly AccountRecord[]> {
  const provider = textOf(typed, "provider");
  if (provider !== undefined && !records.some(({ account }) => account.startsWith(`${provider}/`))) {
    const checkProvider = await lazily("checkProvider");
    checkProvider(provider);
    return [];
  }
  return records.length === 0 ? [] : chooseAccounts(typed, records);
}
