/** The line of a status bar, requested every few seconds by separate processes. */
import { join } from "node:path";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { type Caller, fileStates, mayCache, readLine } from "../../lib/status_cache/cache.ts";
import { storeLine } from "../../lib/status_cache/store_line.ts";
import { wallText } from "../../lib/model/time.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { createCommand, decodeText } from "../support/program.ts";
import { type CliHome, withCliHome } from "./support.ts";

const folderOf = (place: CliHome) => join(place.folder, ".syntrack", "cache", "status");

async function cached(place: CliHome): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folderOf(place)))).map(({ name }) =>
      join(folderOf(place), name)
    );
  } catch {
    return [];
  }
}

/** Changes the cached line, to show where a line comes from. Unless stated, it is of this moment, however long all else took. */
async function change(path: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const before = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...before, at: Date.now(), ...fields }));
}

async function line(place: CliHome, args = "status --brief", env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await createCommand(place, args.split(" "), env).output();
  assertEquals(decodeText(stderr), "");
  return `${code} ${decodeText(stdout).trimEnd()}`;
}

/** An old reading, since a separate process uses the system's clock. */
function fillAgo(place: CliHome, minutes: number, used: number) {
  return place.fill([[wallText(Date.now() - minutes * MINUTE_MS, "UTC"), used]]);
}

Deno.test("a repeated line comes from the cache, until something it depends on changes", () =>
  withCliHome(async (place) => {
    await fillAgo(place, 5, 40);
    const first = await line(place);
    const [path = "", ...more] = await cached(place);
    assertEquals(more, []);
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    await change(path, { text: "from the cache\n", code: 3 });
    assertEquals(await line(place), "3 from the cache");

    assertEquals(await line(place, "status --brief --ascii-is-no-option").catch(() => "refused"), "refused");
    assertEquals(
      (await line(place, "status --format tmux")).startsWith("0 "),
      true,
      "another bar has its own",
    );
    assertEquals(await line(place, "status --brief", { NO_COLOR: "1" }), first, "a variable counts");
    await change(path, {});
    assertEquals(await line(place, "status --brief", { SYNTHETIC_API_KEY: "x" }), "3 from the cache");

    await Deno.writeTextFile(join(place.folder, ".env"), "SYNTRACK_TIMEZONE=Asia/Tokyo\n");
    assertEquals(await line(place), first, "settings were changed");
    await change(path, { text: "from the cache\n" });
    assertEquals(await line(place), "0 from the cache");
    await fillAgo(place, 1, 97);
    const now = await line(place);
    assert(now !== first && !now.includes("from the cache"), now);
    await change(path, { text: "from the cache\n", at: Date.now() - 31_000 });
    assertEquals(await line(place), now, "it is too old");
    await change(path, { text: "from the cache\n", at: Date.now() + HOUR_MS });
    assertEquals(await line(place), now, "it is of a clock that was wrong");
    await Deno.writeTextFile(path, "{");
    assertEquals(await line(place), now, "it is broken");
  }));

Deno.test("a line creates no folder for users without one", () =>
  withCliHome(async (place) => {
    await fillAgo(place, 5, 40);
    const home = join(place.folder, "elsewhere");
    await Deno.mkdir(home);
    await line(place, "status --brief", { HOME: home, USERPROFILE: home });
    assertEquals(await Array.fromAsync(Deno.readDir(home)), []);
  }));

Deno.test("only the plain current line of this machine is cached, and its variables are stored as a hash", async () => {
  for (
    const args of ["status --brief", "status --format=waybar --check", "status --template {used} --db x"]
  ) {
    assertEquals(mayCache(args.split(" ")), true, args);
  }
  for (
    const args of [
      "status",
      "status --long --brief",
      "status --brief --now 2026-11-21",
      "status --brief --url=https://x",
      "status --brief --help",
      "query --format json",
      "status -h --brief",
    ]
  ) assertEquals(mayCache(args.split(" ")), false, args);

  await withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack"), { recursive: true });
    const caller = (env: Caller["env"], bar = 0): Caller => ({
      args: ["status", "--brief", String(bar)],
      env,
      cwd: "/",
      home: place.folder,
      columns: null,
    });
    const secret = { SYNTRACK_AUTH_TOKEN: "hunter2-hunter2" };
    const { dbPath } = place;
    const request = { version: "0", at: 5, dbPath, zone: "UTC", width: null, isAscii: false, options: {} };
    const kept = { at: 5, changesAt: 9, files: fileStates([dbPath]), text: "x\n", code: 0, request };
    await storeLine(caller(secret), kept);
    for (const path of await cached(place)) {
      assert(!`${path}${await Deno.readTextFile(path)}`.includes("hunter2"));
    }
    assertEquals(await readLine(caller(secret), 6), { text: "x\n", code: 0 });
    assertEquals(await readLine(caller(secret), 9), null, "a quota has been reset meanwhile");
    assertEquals(await readLine(caller({ SYNTRACK_AUTH_TOKEN: "other" }), 6).catch(() => null), null);
    for (let bar = 1; bar < 20; bar++) await storeLine(caller({}, bar), kept);
    assertEquals((await cached(place)).length, 16);
  });
});

Deno.test({
  name: "a link in place of a cached line is replaced, and its target stays",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      await fillAgo(place, 5, 40);
      const first = await line(place);
      const [path = ""] = await cached(place);
      const elsewhere = join(place.folder, "elsewhere");
      await Deno.writeTextFile(elsewhere, "mine");
      await Deno.remove(path);
      await Deno.symlink(elsewhere, path);
      assertEquals(await line(place), first);
      assertEquals(await Deno.readTextFile(elsewhere), "mine");
      assertEquals((await Deno.lstat(path)).isSymlink, false);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      assertEquals(await cached(place), [path], "and nothing half written is left");
    }),
});
