/**
 * `syntrack doctor`: checks everything polling and the dashboard depend on, and lists what it accessed for
 * that.
 */
import { dirname, join } from "../../base/path.ts";
import { openStore } from "../../app/compose.ts";
import { problemText } from "../../config/problem.ts";
import { splitAccountKey } from "../../model/quota.ts";
import { formatDuration } from "../../model/view/format.ts";
import { CLOCK_TOLERANCE_MS, isoInstant } from "../../model/time.ts";
import { isKvName, parseDatabaseFile } from "../../base/database_name.ts";
import { plain } from "../../base/text.ts";
import { VERSION } from "../../base/version.ts";
import { randomBytes, removeQuietly, writeAll } from "../../base/whole_file.ts";
import type { Check } from "../check.ts";
import { inspect, type InspectionReport, inspectToGrant, listFlags, listWarnings } from "../inspect.ts";
import { EXIT_FAILED, EXIT_OK, measureWidth } from "../io.ts";
import { exists } from "../new_file.ts";
import { listenChecks } from "../listen_checks.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { wrapWords } from "../wrap.ts";

export async function doctor(tools: Tools): Promise<number> {
  if (hasFlag(tools.typed, "permissions")) return await printPermissions(tools);
  const inspected = await inspect(tools, { online: hasFlag(tools.typed, "online") });
  const only = parseTypedText(tools.typed, "provider");
  const barred = writeChecks(inspected);
  const checks = [
    runtimeCheck(),
    ...configChecks(inspected),
    // A missing one that cannot be created is reported once.
    ...databaseExists(inspected.program.config.dbPath) || barred.length === 0
      ? [await databaseCheck(inspected)]
      : [],
    ...barred,
    ...folderChecks(inspected, tools.io.home),
    ...await clockChecks(tools, inspected),
    ...await listenChecks(inspected),
    ...accountChecks(inspected, tools.now, only),
    ...outcomeChecks(inspected),
  ];
  const worst = checks.some(({ level }) => level === "error") ? EXIT_FAILED : EXIT_OK;
  const reach = inspected.reach.filter(({ id }) => only === undefined || id === only).map((
    { id, enabled, hosts, files, commands },
  ) => ({
    provider: id,
    enabled,
    hosts,
    files: files.map(({ path, what }) => ({ path, what, exists: pathExists(path) })),
    commands,
  }));
  if (tools.json) {
    tools.printJson({ version: VERSION, ok: worst === EXIT_OK, checks, reach });
    return worst;
  }
  const { paint } = tools;
  const width = measureWidth(tools.io);
  // Paths stay whole, to be copied.
  const print = (text: string, indent: string) =>
    tools.print(...wrapWords(text, width, indent, (word) => word));
  const marks = { ok: paint.green("●"), warning: paint.yellow("▲"), error: paint.red("✕") };
  for (const { level, about, finding } of checks) {
    print(`${marks[level]} ${about}: ${plain(finding)}`, "  ");
  }
  tools.print("");
  print(paint.bold("Files of vendors' tools that are read, never written"), "");
  for (const { provider, enabled, files, commands } of reach) {
    if (!enabled) continue;
    for (const { path, what, exists } of files) {
      const found = exists ? paint.green("there    ") : paint.dim("not found");
      print(`  ${found} ${provider}: ${plain(path)} ${paint.dim(`(${plain(what)})`)}`, " ".repeat(12));
    }
    for (const command of commands) print(`  runs      ${provider}: ${plain(command)}`, " ".repeat(12));
  }
  const off = reach.filter(({ enabled }) => !enabled).map(({ provider }) => provider);
  if (off.length > 0) print(paint.dim(`  turned off, not searched for: ${off.join(", ")}`), "  ");
  return worst;
}

async function printPermissions(tools: Tools): Promise<number> {
  const inspected = await inspectToGrant(tools);
  const flags = listFlags(inspected);
  if (tools.json) tools.printJson(flags);
  else tools.print(...flags);
  for (const warning of listWarnings(inspected)) tools.report(`syntrack: ${warning}`);
  return EXIT_OK;
}

function runtimeCheck(): Check {
  const { os, arch } = Deno.build;
  return {
    level: "ok",
    about: "Program",
    finding: `syntrack ${VERSION}, Deno ${Deno.version.deno}, ${os} ${arch}`,
  };
}

function configChecks({ program }: InspectionReport): readonly Check[] {
  const { problems, environment } = program;
  const state = environment.configFile();
  const file = state?.text == null ? "no config file, which is fine" : `${state.path} is read`;
  const found = problems.map((problem): Check => {
    return { level: problem.level, about: "Settings", finding: problemText(problem) };
  });
  return found.length > 0 ? found : [{ level: "ok", about: "Settings", finding: file }];
}

async function databaseCheck({ program }: InspectionReport): Promise<Check> {
  const { config } = program;
  const about = "Database";
  if (!databaseExists(config.dbPath)) {
    return { level: "ok", about, finding: `${config.dbPath} does not exist yet; the first poll creates it` };
  }
  try {
    await using store = await openStore(config, { readOnly: true });
    const count = (await store.latest()).length;
    return {
      level: "ok",
      about,
      finding: `${config.dbPath} holds ${count} ${count === 1 ? "account" : "accounts"}`,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "cannot be opened";
    return { level: "error", about, finding: `${config.dbPath}: ${reason}` };
  }
}

/** Checks for stored data dated in the future, and the clocks of the servers that were polled. */
async function clockChecks(tools: Tools, { outcomes }: InspectionReport): Promise<readonly Check[]> {
  const about = "Clock";
  const own = clockCheck(tools);
  const heard = outcomes.length === 0 ? 0 : tools.clock.compared?.()?.aheadMs ?? 0;
  const found: Check[] = [];
  if (heard !== 0) {
    const off = `${formatDuration(Math.abs(heard))} ${heard > 0 ? "ahead of" : "behind"}`;
    found.push({ level: "warning", about, finding: `it is ${off} the servers that answered: correct it` });
  }
  const last = await findNewestStored(tools);
  if (last !== null && last.at > tools.now + CLOCK_TOLERANCE_MS) {
    const ahead = formatDuration(last.at - tools.now);
    found.push({
      level: "warning",
      about,
      finding:
        `what was read last of ${last.account} is dated ${
          isoInstant(last.at)
        }, ${ahead} ahead of the clock. ` +
        "Either the clock is behind: then correct it; or it was ahead then: the next good answer puts that right",
    });
  }
  return own.level === "ok" && found.length > 0 ? found : [own, ...found];
}

async function findNewestStored(
  tools: Tools,
): Promise<{ readonly account: string; readonly at: number } | null> {
  try {
    const records = await (await tools.storeIfAny())?.latest() ?? [];
    const all = records.flatMap(({ account, state, outcome }) =>
      [state.at, outcome?.at].flatMap((at) => typeof at === "number" ? [{ account, at }] : [])
    );
    return all.toSorted((a, b) => b.at - a.at)[0] ?? null;
  } catch {
    // The check of the database reports that it is unreadable.
    return null;
  }
}

/** What prevents adding readings although stored ones can be read. */
function writeChecks({ program }: InspectionReport): readonly Check[] {
  const file = parseDatabaseFile(program.config.dbPath);
  if (file === null) return [];
  const barred = pathExists(file) ? explainUnwritable(file) : explainUncreatable(dirname(file));
  return barred === null ? [] : [{ level: "error", about: "Database", finding: barred }];
}

/**
 * Returns why a database cannot be written, or null. SQLite creates files beside it, so its folder counts
 * too.
 */
function explainUnwritable(path: string): string | null {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
  } catch (error) {
    return `${path} cannot be written (${describeError(error)}), so nothing can be stored: ${DISK_HINT}`;
  }
  return explainUnwritableFolder(dirname(path));
}

const DISK_HINT = "check whose it is, and its disk";
/** The most that the database may grow by at once, in bytes. */
const ROOM_BYTES = 256 * 1024;

/**
 * Returns why nothing can be added to a folder, or null. Tries it with bytes that no file system can
 * compress.
 */
function explainUnwritableFolder(folder: string): string | null {
  const path = join(folder, `.syntrack-${crypto.randomUUID().slice(0, 8)}`);
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    writeAll(file, randomBytes(ROOM_BYTES));
    file.syncSync();
    return null;
  } catch (error) {
    const isFull = /ENOSPC|EDQUOT|no space|quota/i.test(error instanceof Error ? error.message : "");
    return isFull
      ? `the disk of ${folder} is full, so nothing can be stored: free some space`
      : `${folder} cannot be written (${describeError(error)}), so nothing can be stored: ${DISK_HINT}`;
  } finally {
    removeQuietly(path);
  }
}

/** Returns why a missing folder cannot be created, or null: its nearest existing ancestor decides. */
function explainUncreatable(folder: string): string | null {
  for (let at = folder;; at = dirname(at)) {
    if (pathExists(at)) {
      return isFolder(at) ? explainUnwritableFolder(at) : `${at} is not a folder: move it away`;
    }
    if (at === dirname(at)) return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.name : "unknown reason";
}

/** Finds folders of the database, keys and settings that other users can read or change. */
function folderChecks({ program }: InspectionReport, home: string | null): readonly Check[] {
  if (Deno.build.os === "windows") return [];
  const file = parseDatabaseFile(program.config.dbPath);
  const own = home === null ? [] : [join(home, ".syntrack"), join(home, ".syntrack", "data")];
  const folders = new Set([...own, ...file === null ? [] : [dirname(file)]]);
  return [...folders].flatMap((folder): readonly Check[] => {
    if (!pathExists(folder)) return [];
    const mode = Deno.statSync(folder).mode ?? 0;
    const shown = (mode & 0o7777).toString(8).padStart(4, "0");
    const change = `chmod 700 ${folder} closes it`;
    if ((mode & 0o022) !== 0) {
      const finding = `others on this machine can change files in ${folder} (${shown}): ${change}`;
      return [{ level: "warning", about: "Folder", finding }];
    }
    if ((mode & 0o077) === 0 || !own.includes(folder)) return [];
    return [{
      level: "warning",
      about: "Folder",
      finding: `others on this machine can look into ${folder} (${shown}): ${change}`,
    }];
  });
}

/** Far from any plausible date, expiry and resets are meaningless. */
function clockCheck({ now }: Tools): Check {
  const finding = new Date(now).toISOString();
  const isSound = now > Date.UTC(2025, 0) && now < Date.UTC(2100, 0);
  return {
    level: isSound ? "ok" : "error",
    about: "Clock",
    finding: isSound ? finding : `${finding} cannot be`,
  };
}

/** @param only of this provider; by default of all */
function accountChecks(
  { accounts, problems }: InspectionReport,
  now: number,
  only: string | undefined,
): readonly Check[] {
  const isAsked = (provider: string) => only === undefined || provider === only;
  const found = accounts.filter(({ account }) => isAsked(splitAccountKey(account).provider)).map(
    ({ account, source, expiresAt, sameAs }): Check => {
      if (sameAs !== undefined) {
        const finding =
          `${source}, the same login as ${sameAs}: only one of the two is polled, so remove the other`;
        return { level: "warning", about: `Account ${account}`, finding };
      }
      const isOver = expiresAt !== null && expiresAt <= now;
      const end = expiresAt === null
        ? ""
        : isOver
        ? `, expired ${formatDuration(now - expiresAt)} ago`
        : `, ends in ${formatDuration(expiresAt - now)}`;
      return { level: isOver ? "warning" : "ok", about: `Account ${account}`, finding: `${source}${end}` };
    },
  );
  const failed = [...problems].filter(([provider]) => isAsked(provider)).map(([provider, problem]): Check => {
    return { level: "warning", about: `Accounts of ${provider}`, finding: problem };
  });
  if (found.length + failed.length > 0) return [...found, ...failed];
  return [{
    level: "warning",
    about: "Accounts",
    finding: "none found: `syntrack providers` says what to set",
  }];
}

function outcomeChecks({ outcomes }: InspectionReport): readonly Check[] {
  return outcomes.map(({ account, kind, hint, durationMs, isNew }) => {
    const about = `Asking ${account}`;
    if (!isNew) {
      return {
        level: "warning",
        about,
        finding: `not asked, because the vendor asked to wait. ${kind}: ${hint ?? ""}`,
      };
    }
    return kind === "ok"
      ? {
        level: hint === undefined ? "ok" : "warning",
        about,
        finding: `answered in ${durationMs} ms${hint === undefined ? "" : `. ${hint}`}`,
      }
      : { level: "warning", about, finding: `${kind}: ${hint ?? ""}` };
  });
}

/** Reports whether a database is on this machine; one elsewhere counts as there, since only a request can tell. */
function databaseExists(dbPath: string): boolean {
  const file = parseDatabaseFile(dbPath);
  return file === null ? isKvName(dbPath) : pathExists(file);
}

/** A path without read permission counts as missing: its provider will not see it either. */
function pathExists(path: string): boolean {
  try {
    return exists(path);
  } catch {
    return false;
  }
}
