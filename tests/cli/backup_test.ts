/** Dated backups, and restoring one without ever losing the existing data. */
import { join } from "node:path";
import { createBackupJob, listDatedBackups } from "../../lib/app/backups.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { claimRun } from "../../lib/daemon/run_file.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, NOW, readContents, withCliHome } from "./support.ts";

const folderOf = (place: CliHome) => join(place.folder, ".syntrack", "data", "backups");
const names = (place: CliHome) => listDatedBackups(folderOf(place)).map(({ name }) => name);

Deno.test("db backup without a file writes private dated copies, keeps the newest, and removes no other file", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 10]]);
    for (let day = 1; day <= 4; day++) {
      const clock = createFixedClock(utc(`2026-11-2${day} 13:00`));
      assertEquals((await place.run("db backup --keep 3", { clock })).code, 0);
      if (day === 1) await Deno.writeTextFile(join(folderOf(place), "mine.db"), "mine");
    }
    assertEquals(names(place), [2, 3, 4].map((day) => `syntrack-2026-11-2${day}T130000Z.db`));
    assertEquals(await Deno.readTextFile(join(folderOf(place), "mine.db")), "mine");
    if (Deno.build.os !== "windows") {
      assertEquals((Deno.statSync(folderOf(place)).mode ?? 0) & 0o777, 0o700);
      assertEquals((Deno.statSync(join(folderOf(place), names(place)[0] ?? "")).mode ?? 0) & 0o777, 0o600);
    }
    assertEquals((await place.run("db backup copy.db --keep 3")).code, 2);
    assertEquals((await place.run("db check --keep 3")).code, 2);
  }));

Deno.test("db restore restores a backup, by name alone, and keeps the existing data", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 10]]);
    const then = await readContents(place.dbPath);
    assertEquals((await place.run("db backup")).code, 0);
    await place.fill([["2026-11-21 12:30", 20]]);
    const later = await readContents(place.dbPath);
    const [name = ""] = names(place);
    const { code, stdout } = await place.run(`db restore ${name}`);
    assertEquals(code, 0);
    assertEquals(await readContents(place.dbPath), then);
    const aside = /kept as (\S+)/.exec(stdout)?.[1] ?? "";
    assertEquals(await readContents(aside), later);
    assertEquals((await place.run("db check")).code, 0);
  }));

Deno.test("backups and restores of one second replace no earlier copy", () =>
  withCliHome(async (place) => {
    const states = [];
    for (const percent of [10, 20, 30, 40]) {
      await place.fill([[`2026-11-21 12:${percent}`, percent]]);
      states.push(await readContents(place.dbPath));
      assertEquals((await place.run("db backup --keep 2")).code, 0);
    }
    assertEquals(names(place), ["syntrack-2026-11-21T130000Z-3.db", "syntrack-2026-11-21T130000Z-4.db"]);
    for (const path of names(place)) assertEquals((await place.run(`db restore ${path}`)).code, 0);
    assertEquals(await readContents(place.dbPath), states[3]);
    const aside = `${place.dbPath}.before-2026-11-21T130000Z`;
    assertEquals([await readContents(aside), await readContents(`${aside}-2`)], [states[3], states[2]]);
  }));

Deno.test("a damaged, foreign or missing backup is refused, and so is a database in use: nothing changes", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 10]]);
    assertEquals((await place.run("db backup whole.db")).code, 0);
    const whole = await Deno.readFile(join(place.folder, "whole.db"));
    const damaged = whole.slice();
    damaged.fill(0xff, 4096, 3 * 4096);
    await Deno.writeFile(join(place.folder, "damaged.db"), damaged);
    await Deno.writeTextFile(
      join(place.folder, "text.db"),
      "no database, though long enough to be looked at as one",
    );
    const before = await Deno.readFile(place.dbPath);
    for (const file of ["damaged.db", "text.db", "absent.db", place.dbPath]) {
      const { code, stderr } = await place.run(`db restore ${file}`);
      assertEquals([code === 0, stderr === ""], [false, false], file);
    }
    const claimed = await claimRun(join(place.folder, ".syntrack", "run"), {
      instance: "one",
      pid: Deno.pid,
      pidSpace: null,
      url: "http://127.0.0.1:9211",
      port: 9211,
      startedAt: NOW,
      version: "",
      token: "t",
      database: place.dbPath,
      log: null,
      args: [],
    });
    const used = await place.run("db restore whole.db");
    claimed?.release();
    assertEquals(used.code, 1);
    assertStringIncludes(used.stderr, "uses the database. Nothing was changed");
    assertEquals(await Deno.readFile(place.dbPath), before);
    const left = [...Deno.readDirSync(join(place.folder, ".syntrack", "data"))].map(({ name }) => name);
    assertEquals(left.filter((name) => /part|before/.test(name)), []);
    assertMatch((await place.run("db restore")).stderr, /needs the backup to restore/);
  }));

Deno.test("a backup replaces a damaged database", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 10]]);
    const then = await readContents(place.dbPath);
    assertEquals((await place.run("db backup")).code, 0);
    const bytes = await Deno.readFile(place.dbPath);
    bytes.fill(0xff, 4096, 4 * 4096);
    await Deno.writeFile(place.dbPath, bytes);
    assertEquals((await place.run(`db restore ${names(place)[0]}`)).code, 0);
    assertEquals(await readContents(place.dbPath), then);
  }));

Deno.test("a server writes a backup when one is due, by the current settings, and none if that is off", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 10]]);
    await using store = await openSqliteStore(place.dbPath);
    let now = NOW;
    const said: string[] = [];
    const log = {
      debug() {},
      info: (text: string) => said.push(text),
      warn() {},
      error: (text: string) => said.push(text),
    };
    let everyMs = 0;
    const clock = { ...createFixedClock(NOW), now: () => now };
    const job = createBackupJob({ store, clock, log, settings: () => ({ everyMs, keep: 2 }) });
    await job();
    assertEquals(names(place), []);
    everyMs = 3_600_000;
    for (const minutes of [0, 1, 59, 60, 61, 120]) {
      now = NOW + minutes * 60_000;
      await job();
    }
    assertEquals(names(place), ["syntrack-2026-11-21T140000Z.db", "syntrack-2026-11-21T150000Z.db"]);
    assertEquals(said, ["Wrote a backup", "Wrote a backup", "Wrote a backup"]);
  }));
