/** `syntrack db`: looking after the database as a file. It never changes a reading, except that `prune` drops old ones. */
import { resolve } from "node:path";
import { openStore } from "../../app/compose.ts";
import { restrictPermissions } from "../../app/open_store.ts";
import { lastStored, pruningInstant, retentionOf } from "../../app/retention.ts";
import { readSettings } from "../../app/settings.ts";
import { answerHead } from "../../formats/conclusions.ts";
import { formatNumber } from "../../model/view/format.ts";
import { isoInstant, wallText } from "../../model/time.ts";

import { plain } from "../../base/text.ts";
import { bytesText } from "../bytes_text.ts";
import { countText } from "../count_text.ts";
import { pairs } from "../grid.ts";
import { EXIT_FAILED, EXIT_OK, usageError } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import type { DbAction } from "../table.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, textOf } from "../values.ts";

type SqliteStore = Awaited<ReturnType<typeof openStore>>;

export async function db(tools: Tools): Promise<number> {
  const [action, file] = tools.typed.operands as readonly [DbAction, string?];
  if (action === "backup" && !file) {
    throw usageError("db backup needs the file to write", "Such as: syntrack db backup copy.db");
  }
  if (action !== "backup" && hasFlag(tools.typed, "with-access")) {
    throw usageError("--with-access is for db backup");
  }
  if (action !== "backup" && file !== undefined) throw usageError(`db ${action} takes no file`);
  const { config } = checkedProgram(tools, { quiet: true });
  // What only looks changes nothing, not even a version; what writes never begins a new database.
  const options = action === "prune" || action === "vacuum" ? { create: false } : { readOnly: true };
  await using store = await openStore(config, options);
  restrictPermissions(config);
  switch (action) {
    case "check":
      return await check(tools, store);
    case "backup":
      return await backUp(tools, store, file ?? "");
    case "prune": {
      const isSaid = textOf(tools.typed, "now") !== undefined;
      const from = isSaid ? tools.now : pruningInstant(tools.now, await lastStored(store));
      const rows = await store.prune(retentionOf(config, await readSettings(store, tools.now)), from);
      return done(
        tools,
        store,
        { removedRows: rows },
        `Removed ${countText(rows, "row")} that the settings do not keep`,
      );
    }
    case "vacuum": {
      const before = (await store.size()).bytes;
      await store.vacuum();
      const freed = Math.max(0, before - (await store.size()).bytes);
      return done(tools, store, { freedBytes: freed }, `Gave back ${bytesText(freed)}`);
    }
    case "size":
      return await size(tools, store);
  }
}

async function check(tools: Tools, store: SqliteStore): Promise<number> {
  const problems = await store.check();
  if (tools.json) {
    tools.printJson({ ...await headOf(tools), path: store.path, ok: problems.length === 0, problems });
  } else if (problems.length === 0) tools.print(`The database is sound: ${plain(store.path)}`);
  else {tools.print(
      `The database is not sound: ${plain(store.path)}`,
      ...problems.map((one) => `  ${plain(one)}`),
    );}
  if (problems.length === 0) return EXIT_OK;
  tools.tell("syntrack: Restore it from a backup, or move it away to begin with an empty one");
  return EXIT_FAILED;
}

async function backUp(tools: Tools, store: SqliteStore, file: string): Promise<number> {
  const path = resolve(tools.io.cwd, file);
  const withAccess = hasFlag(tools.typed, "with-access");
  await store.backup(path, { withAccess });
  const what = withAccess
    ? "a whole copy, people and keys included,"
    : "a copy without people, sign-ins and keys";
  return done(tools, store, { backup: path, withAccess }, `Wrote ${what} to ${plain(file)}`);
}

async function done(
  tools: Tools,
  store: SqliteStore,
  facts: Readonly<Record<string, unknown>>,
  text: string,
): Promise<number> {
  if (tools.json) tools.printJson({ ...await headOf(tools), path: store.path, ...facts });
  else tools.print(text);
  return EXIT_OK;
}

async function size(tools: Tools, store: SqliteStore): Promise<number> {
  const found = await store.size();
  const zone = (await tools.place()).zone();
  if (tools.json) {
    const { firstAt, lastAt, ...counts } = found;
    tools.printJson({
      ...await headOf(tools),
      path: store.path,
      ...counts,
      firstAt: isoInstant(firstAt),
      lastAt: isoInstant(lastAt),
    });
    return EXIT_OK;
  }
  const when = (at: number | null) => at === null ? "none" : wallText(at, zone);
  tools.print(...pairs(
    [
      ["File", plain(store.path)],
      ["Size", bytesText(found.bytes)],
      ["Free in it", bytesText(found.freeBytes)],
      ["Log beside it", bytesText(found.logBytes)],
      ["Accounts", formatNumber(found.accounts)],
      ["Quotas", formatNumber(found.quotas)],
      ["Readings", formatNumber(found.readings)],
      ["Buckets", formatNumber(found.buckets)],
      ["Cycles", formatNumber(found.cycles)],
      ["Sessions", formatNumber(found.sessions)],
      ["Polls", formatNumber(found.outcomes)],
      ["First reading", when(found.firstAt)],
      ["Last reading", when(found.lastAt)],
    ],
    { paint: tools.paint, width: tools.width },
  ));
  return EXIT_OK;
}

async function headOf(tools: Tools) {
  return answerHead(tools.now, (await tools.place()).zone());
}
