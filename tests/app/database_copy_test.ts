/** What root does with a service's database: the service's own unprivileged user must still be able to use it. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { backupFolder, restoreBackup } from "../../lib/app/backups.ts";
import { copyDatabase } from "../../lib/app/database_copy.ts";
import { keepOwner, makeLike } from "../../lib/base/whole_file.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const SERVICE_USER = 4321;
const canGiveAway = Deno.build.os !== "windows" && Deno.uid() === 0;

/** A database of the system service, with a group that may read it. */
async function ofService(work: (dbPath: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-kept-" });
  try {
    const dbPath = join(folder, "syntrack.db");
    await (await openSqliteStore(dbPath))[Symbol.asyncDispose]();
    for (const path of [folder, dbPath]) await Deno.chown(path, SERVICE_USER, SERVICE_USER);
    await Deno.chmod(dbPath, 0o640);
    await work(dbPath);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function ownerAndMode(path: string) {
  const { uid, gid, mode } = await Deno.stat(path);
  return [uid, gid, (mode ?? 0) & 0o777];
}

function setSchema(dbPath: string, version: number): void {
  const database = new DatabaseSync(dbPath);
  database.exec(`PRAGMA user_version = ${version}`);
  database.close();
}

Deno.test({
  name: "a database restored by root, and its backup, belong to the previous owner (needs root)",
  ignore: !canGiveAway,
  fn: () =>
    ofService(async (dbPath) => {
      const kept = await copyDatabase(dbPath, { keep: 3, now: AT });
      assert(kept);
      setSchema(dbPath, 999);
      assert(await kept.restore(AT));
      assertEquals(await ownerAndMode(dbPath), [SERVICE_USER, SERVICE_USER, 0o640]);
      assertEquals(await ownerAndMode(kept.path), [SERVICE_USER, SERVICE_USER, 0o600]);
      assertEquals(await ownerAndMode(join(kept.path, "..")), [SERVICE_USER, SERVICE_USER, 0o700]);
      await restoreBackup(kept.path, dbPath, AT);
      assertEquals((await ownerAndMode(dbPath)).slice(0, 2), [SERVICE_USER, SERVICE_USER]);
    }),
});

Deno.test({
  name: "root gives away nothing that a link of the service points to (needs root)",
  ignore: !canGiveAway,
  fn: () =>
    ofService(async (dbPath) => {
      const [system, file] = [`${dbPath}.system`, `${dbPath}.secret`];
      await Deno.mkdir(system, { mode: 0o755 });
      await Deno.writeTextFile(file, "of the system", { mode: 0o600 });
      await Deno.symlink(system, backupFolder(dbPath));
      assert(await copyDatabase(dbPath, { keep: 3, now: AT }));
      assertEquals(await ownerAndMode(system), [0, 0, 0o755]);
      await Deno.symlink(file, `${dbPath}.part`);
      const like = await Deno.stat(dbPath);
      for (const change of [makeLike, keepOwner]) assertThrows(() => change(`${dbPath}.part`, like));
      assertEquals(await ownerAndMode(file), [0, 0, 0o600]);
    }),
});

Deno.test("a database with its own schema is left unchanged, and one with another schema is put beside the restored one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-kept-" });
  try {
    const dbPath = join(folder, "syntrack.db");
    assertEquals(await copyDatabase(dbPath, { keep: 3, now: AT }), null);
    await (await openSqliteStore(dbPath))[Symbol.asyncDispose]();
    const kept = await copyDatabase(dbPath, { keep: 3, now: AT });
    assertEquals(await kept?.restore(AT), null);
    setSchema(dbPath, 999);
    const aside = await kept?.restore(AT);
    assertEquals(aside, `${dbPath}.before-2026-11-21T100000Z`);
    const schemaOf = (path: string) => {
      const database = new DatabaseSync(path, { readOnly: true });
      try {
        return database.prepare("PRAGMA user_version").get()?.user_version;
      } finally {
        database.close();
      }
    };
    assertEquals([schemaOf(aside!), schemaOf(dbPath) === 999], [999, false]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
