/**
 * `syntrack db`: maintains the database file. Never changes a reading, except that `prune` drops old ones.
 */
import { basename, resolve } from "../../base/path.ts";
import { openStore } from "../../app/compose.ts";
import { restrictPermissions } from "../../app/open_store.ts";
import { deriveRetention, findLastStored, pruningInstant } from "../../app/retention.ts";
import { readSettings } from "../../app/settings.ts";
import { answerHead } from "../../formats/conclusions.ts";
import { formatNumber } from "../../model/view/format.ts";
import { isoInstant, wallText } from "../../model/time.ts";

import { isKvName } from "../../base/database_name.ts";
import { plain } from "../../base/text.ts";
import { bytesText } from "../bytes_text.ts";
import { countText } from "../count_text.ts";
import { formatPairs } from "../grid.ts";
import { backupFolder, listDatedBackups, restoreBackup, writeDatedBackup } from "../../app/backups.ts";
import { listRuns } from "../../daemon/run_file.ts";
import { pathsFor } from "../daemon_paths.ts";
import { exists } from "../new_file.ts";
import { EXIT_FAILED, EXIT_OK, failure, usageError } from "../io.ts";
import { checkProgram } from "../program_for.ts";
import type { DbAction } from "../table.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText, wholeNumber } from "../values.ts";

type Store = Awaited<ReturnType<typeof openStore>>;
type DatabaseFile = NonNullable<Store["file"]>;

export async function db(tools: Tools): Promise<number> {
  const [action, file] = tools.typed.operands as readonly [DbAction, string?];
  const keep = wholeNumber(tools.typed, "keep", 0, 1, 1000);
  if (keep !== 0 && (action !== "backup" || file !== undefined)) {
    throw usageError(
      "--keep is for db backup without a file, which writes dated backups and removes old ones",
    );
  }
  if (action !== "backup" && hasFlag(tools.typed, "with-access")) {
    throw usageError("--with-access is for db backup");
  }
  if (action === "restore") return await restore(tools, file);
  if (action !== "backup" && file !== undefined) throw usageError(`db ${action} takes no file`);
  const { config } = checkProgram(tools, { quiet: true });
  // Read-only commands change nothing, not even a version; the others never create a database.
  const options = action === "prune" || action === "vacuum" ? { create: false } : { readOnly: true };
  await using store = await openStore(config, options);
  restrictPermissions(config);
  switch (action) {
    case "check":
      return await check(tools, store);
    case "backup":
      return file === undefined
        ? await backUpDated(tools, store, keep || config.backupKeep)
        : await backUp(tools, store, file);
    case "prune": {
      const isSaid = parseTypedText(tools.typed, "now") !== undefined;
      const from = isSaid ? tools.now : pruningInstant(tools.now, await findLastStored(store));
      const rows = await store.prune(deriveRetention(config, await readSettings(store, tools.now)), from);
      tools.recordAction({ detail: { rows } });
      return printResult(
        tools,
        store,
        { removedRows: rows },
        `Removed ${countText(rows, "row")} past their retention`,
      );
    }
    case "vacuum": {
      const before = (await store.size()).bytes;
      await requireFile(store, "frees no space: it reuses it automatically").vacuum();
      const freed = Math.max(0, before - (await store.size()).bytes);
      tools.recordAction({ detail: { freedBytes: freed } });
      return printResult(tools, store, { freedBytes: freed }, `Freed ${bytesText(freed)}`);
    }
    case "size":
      return await printSize(tools, store);
  }
}

async function check(tools: Tools, store: Store): Promise<number> {
  const problems = await store.check();
  if (tools.json) {
    tools.printJson({ ...await createHead(tools), path: store.path, ok: problems.length === 0, problems });
  } else if (problems.length === 0) tools.print(`The database is sound: ${plain(store.path)}`);
  else {tools.print(
      `The database is not sound: ${plain(store.path)}`,
      ...problems.map((one) => `  ${plain(one)}`),
    );}
  if (problems.length === 0) return EXIT_OK;
  tools.report("syntrack: Restore it from a backup, or move it away to start with an empty one");
  return EXIT_FAILED;
}

async function backUp(tools: Tools, store: Store, file: string): Promise<number> {
  const path = resolve(tools.io.cwd, file);
  const withAccess = hasFlag(tools.typed, "with-access");
  await requireFile(store, NO_COPY).backup(path, { withAccess });
  tools.recordAction({ target: basename(path), detail: { withAccess } });
  const what = withAccess
    ? "a complete copy, people and keys included,"
    : "a copy without people, sign-ins, keys and passkeys";
  return printResult(tools, store, { backup: path, withAccess }, `Wrote ${what} to ${plain(file)}`);
}

async function backUpDated(tools: Tools, store: Store, keep: number): Promise<number> {
  const now = tools.io.clock.now();
  const database = requireFile(store, NO_COPY);
  const folder = backupFolder(database.path);
  const { path, removed } = await writeDatedBackup(database, { folder, keep, now });
  tools.recordAction({ target: basename(path), detail: { withAccess: true, removed: removed.length } });
  const gone = removed.length === 0 ? "" : `, and removed ${countText(removed.length, "older one")}`;
  return printResult(
    tools,
    store,
    { backup: path, removed },
    `Wrote a complete copy to ${plain(path)}${gone}`,
  );
}

const NO_COPY = "is not a single file that can be copied";

/** @throws {CliError} for an engine that keeps no such file */
function requireFile({ file, path }: Store, reason: string): DatabaseFile {
  if (file) return file;
  throw noFile(path, reason);
}

function noFile(path: string, reason: string) {
  return failure(
    `The database ${plain(path)} ${reason}`,
    "`syntrack export` writes everything that is stored, and `syntrack import` reads it into any database",
  );
}

async function restore(tools: Tools, file: string | undefined): Promise<number> {
  const { config } = checkProgram(tools, { quiet: true });
  const { dbPath } = config;
  if (isKvName(dbPath)) throw noFile(dbPath, "has no backups to restore");
  const folder = backupFolder(dbPath);
  if (!file) {
    const there = listDatedBackups(folder).map(({ name }) => name);
    const hint = there.length === 0 ? `There is none in ${folder}` : `In ${folder}: ${there.join(", ")}`;
    throw usageError("db restore needs the backup to restore", hint);
  }
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  const user = (paths ? listRuns(paths.runFolder) : []).find(({ run, alive }) =>
    alive && run.database === dbPath
  );
  if (user) {
    throw failure(
      `The server on port ${user.run.port} (process ${user.run.pid}) uses the database. Nothing was changed`,
      "Run `syntrack stop` first",
    );
  }
  const typed = resolve(tools.io.cwd, file);
  const from = exists(typed) ? typed : resolve(folder, file);
  if (from === dbPath) throw usageError("That is the database itself", "Name a backup");
  const { aside } = await restoreBackup(from, dbPath, tools.io.clock.now());
  tools.recordAction({ target: basename(from), detail: { before: aside === null ? null : basename(aside) } });
  if (tools.json) {
    tools.printJson({ ...await createHead(tools), path: dbPath, restored: from, before: aside });
  } else {
    tools.print(
      `Restored ${plain(dbPath)} from ${plain(from)}`,
      "People, sign-ins, keys and passkeys are those of the backup: `syntrack user list` names who may sign in",
      ...aside === null ? [] : [`The previous database is kept as ${plain(aside)}`],
    );
  }
  return EXIT_OK;
}

async function printResult(
  tools: Tools,
  store: Store,
  facts: Readonly<Record<string, unknown>>,
  text: string,
): Promise<number> {
  if (tools.json) tools.printJson({ ...await createHead(tools), path: store.path, ...facts });
  else tools.print(text);
  return EXIT_OK;
}

async function printSize(tools: Tools, store: Store): Promise<number> {
  const found = await store.size();
  const zone = (await tools.dataLocation()).zone();
  if (tools.json) {
    const { firstAt, lastAt, ...counts } = found;
    tools.printJson({
      ...await createHead(tools),
      path: store.path,
      ...counts,
      firstAt: isoInstant(firstAt),
      lastAt: isoInstant(lastAt),
    });
    return EXIT_OK;
  }
  const formatWhen = (at: number | null) => at === null ? "none" : wallText(at, zone);
  tools.print(...formatPairs(
    [
      [store.file ? "File" : "Database", plain(store.path)],
      ["Size", bytesText(found.bytes)],
      ...store.file
        ? [["Free in it", bytesText(found.freeBytes)], ["Log beside it", bytesText(found.logBytes)]] as const
        : [],
      ["Accounts", formatNumber(found.accounts)],
      ["Quotas", formatNumber(found.quotas)],
      ["Readings", formatNumber(found.readings)],
      ["Buckets", formatNumber(found.buckets)],
      ["Cycles", formatNumber(found.cycles)],
      ["Sessions", formatNumber(found.sessions)],
      ["Polls", formatNumber(found.outcomes)],
      ["First reading", formatWhen(found.firstAt)],
      ["Last reading", formatWhen(found.lastAt)],
    ],
    { paint: tools.paint, width: tools.width },
  ));
  return EXIT_OK;
}

async function createHead(tools: Tools) {
  return answerHead(tools.now, (await tools.dataLocation()).zone());
}
