/** Creates what a command works with, each part when first used. */
import { checkNamed } from "./check_named.ts";
import type { AuditFacts } from "../access/access.ts";
import { createFixedClock } from "../base/clock.ts";
import { harmlessLines, roundNoise } from "../base/text.ts";
import { type AccountKey, sortByName } from "../model/quota.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import { hiddenAccounts, readSettings } from "../app/settings.ts";
import { SCHEMA_VERSION } from "../formats/version.ts";
import { chooseAccounts } from "./select.ts";
import { loadPart } from "./lazy.ts";
import { type Io, measureColumns, measureWidth } from "./io.ts";
import { inAscii, wantsAscii } from "./ascii.ts";
import { paintFor } from "./paint.ts";
import type { DataLocation } from "./data_location.ts";
import { wrapMessage, wrapWords } from "./wrap.ts";
import type { Typed } from "./table.ts";
import type { OpenTools, Tools } from "./tools.ts";
import { hasFlag, parseTypedInstant, parseTypedText } from "./values.ts";

/** Commands whose output may be longer than any terminal, and that ask nothing meanwhile. */
const PAGED: ReadonlySet<string> = new Set(
  "backtest chart config cycles doctor forecast history insights providers sessions stats".split(" "),
);

/**
 * @param given a store the caller owns, which stays open; without it, opens the one of the settings
 * @param known where the data is, if the caller knows; without it, the settings say so
 */
export function makeTools(typed: Typed, io: Io, given?: Store, known?: DataLocation): OpenTools {
  const instant = parseTypedInstant(typed);
  const clock = instant === undefined ? io.clock : createFixedClock(instant, io.clock);
  const now = clock.now();
  const colour = hasFlag(typed, "no-color") || hasFlag(typed, "plain")
    ? false
    : hasFlag(typed, "color") || undefined;
  const shown = wantsAscii(io.env) ? inAscii : (text: string) => text;
  const isPaged = io.stdout.isTty && io.env.TERM !== "dumb" && PAGED.has(typed.command) &&
    !hasFlag(typed, "json");
  let output = "";
  const write = (text: string) => {
    if (isPaged) output += text;
    else io.stdout.write(text);
  };
  let opened: Promise<Store | null> | undefined = given && Promise.resolve(given);
  let done: Partial<AuditFacts>[] | null = null;
  let location = known && Promise.resolve(known);

  const tools: OpenTools = {
    io,
    typed,
    now,
    clock,
    json: hasFlag(typed, "json"),
    plain: hasFlag(typed, "plain"),
    quiet: hasFlag(typed, "quiet"),
    columns: measureColumns(io),
    width: measureWidth(io),
    rows: io.stdout.isTty ? io.stdout.rows : null,
    paint: paintFor(io, io.stdout, colour),
    print: (...lines) => write(shown(lines.map((line) => `${line}\n`).join(""))),
    printRaw: (text) => io.stdout.write(shown(text)),
    note: (...lines) => {
      if (!tools.quiet && !tools.plain) tools.print(...lines.flatMap((line) => wrapWords(line, tools.width)));
    },
    printJson: (value) =>
      io.stdout.write(`${JSON.stringify(addSchemaVersion(typed, value), withoutNoise, 2)}\n`),
    get done() {
      return done;
    },
    recordAction: (facts) => void (done = [...done ?? [], ...facts === null ? [] : [facts]]),
    report: (message) =>
      io.stderr.write(shown(`${wrapMessage(harmlessLines(message), io.stderr.columns)}\n`)),
    dataLocation: () =>
      location ??= import("./data_location.ts").then(({ findDataLocation }) => findDataLocation(typed, io)),
    store: async () => {
      const store = await tools.storeIfAny();
      if (store === null) await checkNamed(tools);
      return store;
    },
    storeIfAny() {
      opened ??= openStore(tools).then((store) => {
        // A command that waits looks again: a poller may create it meanwhile.
        if (store === null) opened = undefined;
        return store;
      });
      return opened;
    },
    async records({ withHidden = false } = {}) {
      const store = await tools.store();
      const records = sortByName(await store?.latest() ?? [], ({ account }) => account);
      if (!store) return await choose(tools, records);
      const chosen = await choose(tools, await recordsAt(store, records, instant));
      const hidden = withHidden ? [] : await findHidden(tools, store, records);
      return hidden.length === 0 ? chosen : chosen.filter(({ account }) => !hidden.includes(account));
    },
    async [Symbol.asyncDispose]() {
      await writePaged(io, output);
      if (given) return;
      // A failure to open was reported already.
      const store = await opened?.catch(() => null);
      await store?.[Symbol.asyncDispose]();
    },
  };
  return tools;
}

function withoutNoise(_name: string, value: unknown): unknown {
  return typeof value === "number" ? roundNoise(value) : value;
}

/** Adds the schema version to every document but the answers of `query`, which are older than that. */
function addSchemaVersion({ command }: Typed, value: unknown): unknown {
  const isDocument = typeof value === "object" && value !== null && !Array.isArray(value);
  return command === "query" || !isDocument || "schemaVersion" in value
    ? value
    : { schemaVersion: SCHEMA_VERSION, ...value };
}

/** Shows text longer than the terminal in a pager; writes text that fits as it is. */
export async function writePaged(io: Io, text: string): Promise<void> {
  if (text === "") return;
  const isLong = io.stdout.isTty && text.split("\n").length > (io.stdout.rows ?? Infinity);
  if (!isLong || !await io.page(text)) io.stdout.write(text);
}

async function recordsAt(
  store: Store,
  records: readonly AccountRecord[],
  instant: number | undefined,
): Promise<readonly AccountRecord[]> {
  if (instant === undefined) return records;
  const { recordAt } = await import("../read/as_of.ts");
  return await Promise.all(records.map((record) => recordAt(store, record, instant)));
}

/**
 * Returns the accounts that are hidden, not configured now, and not named. Finding the configured ones takes
 * the whole program, so that only happens when an account is hidden.
 */
async function findHidden(
  tools: Tools,
  store: Store,
  latest: readonly AccountRecord[],
): Promise<readonly AccountKey[]> {
  if (parseTypedText(tools.typed, "account") !== undefined) return [];
  const quota = parseTypedText(tools.typed, "quota") ?? "";
  const hidden = hiddenAccounts(await readSettings(store, tools.now))
    .filter((key) => !quota.startsWith(`${key}/`) && latest.some(({ account }) => account === key));
  if (hidden.length === 0) return [];
  const configured = await (await loadPart("listConfigured"))(tools, latest);
  return hidden.filter((key) => !configured.has(key));
}

async function openStore(tools: Tools): Promise<Store | null> {
  const { dbPath } = await tools.dataLocation();
  const { openToRead } = await import("../app/open_store.ts");
  return await openToRead(dbPath, tools.io.home);
}

/** Selects accounts. A provider that exists but has no readings yet is no mistake: it has no accounts. */
async function choose(
  { typed }: Tools,
  records: readonly AccountRecord[],
): Promise<readonly AccountRecord[]> {
  const provider = parseTypedText(typed, "provider");
  if (provider !== undefined && !records.some(({ account }) => account.startsWith(`${provider}/`))) {
    const checkProvider = await loadPart("checkProvider");
    checkProvider(provider);
    return [];
  }
  return records.length === 0 ? [] : chooseAccounts(typed, records);
}
