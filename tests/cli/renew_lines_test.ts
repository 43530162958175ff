/** A process that stores readings computes the lines of status bars again, so that bars find them ready. */
import { join } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { VERSION } from "../../lib/base/version.ts";
import { computeLine } from "../../lib/cli/compute_line.ts";
import { renewStoredLines } from "../../lib/cli/keep_lines.ts";
import { quickArgs } from "../../lib/cli/quick_args.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { wallText } from "../../lib/model/time.ts";
import type { LineRequest } from "../../lib/status_cache/cache.ts";
import { renewLines } from "../../lib/status_cache/renew.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { createCommand, decodeText, startProgram } from "../support/program.ts";
import { until } from "../support/until.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, NOW, ORACLE_DAY, withCliHome } from "./support.ts";

const BRIEF = ["status", "--brief"];
const folderOf = (place: CliHome) => join(place.folder, ".syntrack", "cache", "status");

async function lineFile(place: CliHome): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(folderOf(place)), ({ name }) => name);
  assertEquals(names.length, 1, names.join(" "));
  return join(folderOf(place), names[0]!);
}

const stored = async (path: string) => JSON.parse(await Deno.readTextFile(path));

async function ask(place: CliHome, args: readonly string[] = BRIEF): Promise<string> {
  const { code, stdout, stderr } = await createCommand(place, args).output();
  assertEquals([code, decodeText(stderr)], [0, ""]);
  return decodeText(stdout);
}

/**
 * Shows that the stored line is printed as it is: it is replaced by another text for the time of the question, of this
 * moment.
 */
async function isReady(place: CliHome): Promise<boolean> {
  const path = await lineFile(place);
  const before = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...JSON.parse(before), at: Date.now(), text: "as stored\n" }),
  );
  const printed = await ask(place);
  await Deno.writeTextFile(path, before);
  return printed === "as stored\n";
}

/** An old reading, since a separate process uses the system's clock. */
const fillAgo = (place: CliHome, minutes: number, used: number) =>
  place.fill([[wallText(Date.now() - minutes * MINUTE_MS, "UTC"), used]], {
    resetsAt: Date.now() + 5 * HOUR_MS,
  });

Deno.test("after `collect` the next line is ready, and says what `status` says", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({ subscription: { limit: 135, requests: 12 } }));
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await fillAgo(place, 5, 134);
    const first = await ask(place);
    const path = await lineFile(place);
    assert(!(await Deno.readTextFile(path)).includes("syn-a-secret-key"));
    const { code } = await createCommand(place, ["collect"]).output();
    assertEquals(code, 0);
    const { text: ready, request } = await stored(path);
    assertEquals(await isReady(place), true);
    assertEquals(await ask(place), ready);
    assert(ready !== first, ready);
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);

    await Deno.remove(folderOf(place), { recursive: true });
    assertEquals(await ask(place), ready, "as a command that finds nothing");
    assertEquals({ ...(await stored(path)).request, at: 0 }, { ...request, at: 0 });

    await Deno.writeTextFile(join(place.folder, ".env"), "SYNTRACK_TIMEZONE=Asia/Tokyo\n");
    assertEquals(await isReady(place), false, "settings have changed");
  }));

Deno.test("a sandboxed server keeps the line ready after each of its polls", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({ subscription: { limit: 135, requests: 12 } }));
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await fillAgo(place, 5, 134);
    const first = await ask(place);
    const path = await lineFile(place);
    const watcher = Deno.watchFs(folderOf(place));
    const server = await startProgram(place, ["serve", "--sandbox", "--port", "0"]);
    try {
      for await (const _ of watcher) {
        // It may be replaced just now.
        const { text = first } = await stored(path).catch(() => ({}));
        if (text !== first) break;
      }
      // It goes on to start, and a line that it computes meanwhile replaces the other text.
      await until("the line to be ready", () => isReady(place));
      const ready = await ask(place);
      await Deno.remove(folderOf(place), { recursive: true });
      assertEquals(await ask(place), ready, "as a command that finds nothing");
    } finally {
      assertEquals((await server.stop("SIGTERM")).code, 0);
    }
  }));

Deno.test("a computed line is the one that `status` prints at that instant, whatever it shows", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY, { resetsAt: NOW + 2 * HOUR_MS });
    await place.fill([["2026-11-21 12:50", 134]], { resetsAt: NOW + 26 * HOUR_MS }, "acme/home");
    await using store = await openSqliteStore(place.dbPath);
    const io = { ...place.io(), env: {} };
    for (
      const args of [
        "status --brief",
        "status --brief --check",
        "status --format waybar",
        "status --format xbar --account home",
        "status --format json --provider acme",
        "status --format i3blocks --quota five-hour",
        "status --template {line}--{until}",
      ]
    ) {
      for (const zone of ["UTC", "Asia/Tokyo"]) {
        for (const [columns, locale] of [[null, "C"], [null, "en_US.UTF-8"], [24, "en_US.UTF-8"]] as const) {
          for (const now of [NOW, NOW + 3 * HOUR_MS, NOW - HOUR_MS]) {
            const env = { SYNTRACK_TIMEZONE: zone, LC_ALL: locale };
            const clock = createFixedClock(now);
            const ran = await place.run(args, {
              env,
              clock,
              ...columns !== null && { isTty: true, columns },
            });
            const { options } = quickArgs(args.split(" "))!;
            const line = await computeLine({
              version: VERSION,
              at: now,
              dbPath: place.dbPath,
              zone,
              width: columns,
              isAscii: locale === "C",
              options,
            }, { io, store, now });
            assertEquals(
              [line?.code, line?.text],
              [ran.code, ran.stdout],
              `${args} ${zone} ${columns} ${now}`,
            );
          }
        }
      }
    }
  }));

Deno.test("hidden accounts and declared sources are left to the command itself", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:50", 40]]);
    const request: LineRequest = {
      version: VERSION,
      at: NOW,
      dbPath: place.dbPath,
      zone: "UTC",
      width: null,
      isAscii: false,
      options: { brief: true },
    };
    const compute = async () => {
      await using store = await openSqliteStore(place.dbPath);
      return await computeLine(request, { io: place.io(), store, now: NOW });
    };
    assert(await compute());
    assertEquals((await place.run("account hide acme/work")).code, 0);
    assertEquals(await compute(), null);
    assertEquals((await place.run("account show acme/work")).code, 0);
    assert(await compute());
    await place.fill([["2026-11-21 12:50", 40]], {}, "custom-mine/work");
    assertEquals(await compute(), null);
  }));

Deno.test("only lines of this database and version that a bar waited for lately are computed", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:50", 40]]);
    await Deno.mkdir(folderOf(place), { recursive: true });
    const path = join(folderOf(place), "0123456789abcdef.json");
    const request = {
      version: VERSION,
      at: NOW - MINUTE_MS,
      dbPath: place.dbPath,
      zone: "UTC",
      width: null,
      isAscii: false,
      options: { brief: true },
    };
    const line = {
      at: NOW - MINUTE_MS,
      changesAt: null,
      text: "before\n",
      code: 0,
      files: [["/elsewhere/.env", "1:2"], [place.dbPath, "3:4"]],
      request,
    };
    const renew = (now = NOW) =>
      renewStoredLines({
        io: place.io({ clock: createFixedClock(now) }),
        dbPath: place.dbPath,
        store: () => openSqliteStore(place.dbPath, { readOnly: true }),
      });
    const write = (content: unknown) => Deno.writeTextFile(path, JSON.stringify(content));

    await write(line);
    await renew();
    const renewed = await stored(path);
    assert(renewed.text !== line.text && renewed.at === NOW);
    assertEquals(renewed.request, request, "the bar has to wait again some time");
    assertEquals(renewed.files[0], line.files[0], "settings are for the bar to check");
    assert(renewed.files[1][1] !== "3:4");

    const others: readonly unknown[] = [
      { ...line, request: { ...request, version: "0.0.0" } },
      { ...line, request: { ...request, dbPath: "/elsewhere.db" } },
      { ...line, request: { ...request, at: NOW - 15 * MINUTE_MS } },
      { ...line, request: { ...request, at: NOW + 1 } },
      { ...line, request: { ...request, options: { account: "unknown" } } },
      { ...line, request: { ...request, options: { format: "none" } } },
      { ...line, request: { ...request, options: null } },
      { ...line, request: undefined },
      { ...line, files: [] },
      [],
      null,
    ];
    for (const other of others) {
      const content = JSON.stringify(other);
      await Deno.writeTextFile(path, content);
      await renew();
      assertEquals(await Deno.readTextFile(path), content);
    }
    for (const content of ["{", "", " ".repeat(300_000)]) {
      await Deno.writeTextFile(path, content);
      await renew();
      assertEquals(await Deno.readTextFile(path), content);
    }
  }));

Deno.test({
  name: "a link is neither read nor followed, a read-only folder is no error, and nothing is created",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      let count = 0;
      const options = {
        home: place.folder,
        dbPath: place.dbPath,
        now: () => NOW,
        compute: () => {
          count++;
          return Promise.resolve({ text: "after\n", code: 0, changesAt: null });
        },
      };
      assertEquals(await renewLines(options), 0);
      assertEquals(await Array.fromAsync(Deno.readDir(place.folder)), []);
      await renewStoredLines({
        io: { ...place.io(), home: null },
        dbPath: place.dbPath,
        store: () => Promise.reject(new Error("There is no home folder, so no line either")),
      });
      await Deno.mkdir(folderOf(place), { recursive: true });
      const request = { version: VERSION, at: NOW, dbPath: place.dbPath };
      const content = JSON.stringify({ text: "before\n", files: [[place.dbPath, ""]], request });
      const elsewhere = join(place.folder, "elsewhere.json");
      await Deno.writeTextFile(elsewhere, content);
      const path = join(folderOf(place), "0123456789abcdef.json");
      await Deno.symlink(elsewhere, path);
      assertEquals([await renewLines(options), count], [0, 0]);
      await Deno.remove(path);
      await Deno.rename(elsewhere, path);
      assertEquals([await renewLines(options), count], [1, 1]);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      assertEquals((await stored(path)).text, "after\n");
      // Root may write where others may not.
      if (Deno.uid() === 0) return;
      await Deno.chmod(folderOf(place), 0o500);
      assertEquals(await renewLines(options), 0);
      await Deno.chmod(folderOf(place), 0o700);
    }),
});
