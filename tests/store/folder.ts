/** A separate folder for tests with files, and its contents. */
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { StoreErrorKind } from "../../lib/store/store.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { commitAll, minutes } from "./polls.ts";

export async function withFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-test-" }));
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Creates a closed database with three polls. */
export async function createDatabase(folder: string): Promise<string> {
  const path = join(folder, "syntrack.db");
  await using store = await openSqliteStore(path);
  await commitAll(store, minutes([1, 2, 3]));
  return path;
}

/** Runs SQL on a file, as another program would. */
export function runSql(path: string, sql: string): void {
  using db = new DatabaseSync(path);
  db.exec(sql);
}

export function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o777;
}

/** Returns every name in a folder with mode, time and content. */
export function everyFile(folder: string): readonly unknown[] {
  return [...Deno.readDirSync(folder)].map(({ name, isFile }) => {
    const path = join(folder, name);
    const { mtime, mode } = Deno.lstatSync(path);
    const digest = isFile ? createHash("sha256").update(Deno.readFileSync(path)).digest("hex") : null;
    return { name, mtime, mode, digest };
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Checks that opening fails with this kind and a hint, and changes nothing in the folder. Returns the message. */
export async function assertRefusal(folder: string, path: string, kind: StoreErrorKind): Promise<string> {
  const before = everyFile(folder);
  const error = await assertRejects(() => openSqliteStore(path)) as Error & { kind?: string; hint?: string };
  assertEquals([error.name, error.kind], ["StoreError", kind], error.message);
  assertEquals(typeof error.hint === "string" && error.hint.length > 10, true, "It says what to do");
  assertEquals(everyFile(folder), before, "The folder is as it was");
  return error.message;
}
