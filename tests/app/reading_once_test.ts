/** Files needed in one tick are read only once, however many vendors there are. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { createEnvironment } from "../../lib/config/config.ts";
import { readConfigFile } from "../../lib/config/file.ts";
import { providers } from "../../providers/mod.ts";

Deno.test("one discovery of all vendors reads the settings files once, and the next tick reads them again", async () => {
  const read: string[] = [];
  const countReads = () => read.splice(0).filter((path) => path === "/home/ann/.syntrack/.env").length;
  let own = "SYNTRACK_TIMEZONE=Europe/Berlin\n";
  const environment = createEnvironment({
    env: { SYNTRACK_RUN_COMMANDS: "off" },
    cwd: "/place",
    home: "/home/ann",
    readFile(path) {
      read.push(path);
      return path === "/home/ann/.syntrack/.env" ? { text: own, mode: 0o600 } : null;
    },
    readConfigFile,
  });
  let now = Date.UTC(2026, 10, 29, 12);
  const program = setUp({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    clock: { ...createFixedClock(now), now: () => now },
    flags: {},
    logLine: () => {},
    environment,
    providers,
  });
  await using store = await openSqliteStore(":memory:");
  const composed = program.compose(store);
  await composed.scheduler.discover();
  read.length = 0;
  for (const zone of ["Asia/Tokyo", "America/Lima"]) {
    own = `SYNTRACK_TIMEZONE=${zone}\nSYNTRACK_KIMI_ENABLED=${zone === "Asia/Tokyo"}\nKIMI_TOKEN=one\n`;
    now += 60_000;
    await composed.scheduler.discover();
    assertEquals(countReads(), 1);
    // A change is in force at the first tick after it, not at the second.
    const kimi = composed.scheduler.accounts().map(({ account }) => account);
    assertEquals(kimi, zone === "Asia/Tokyo" ? ["kimi/default"] : []);
    assertEquals(composed.services(new Set()).serverZone, zone);
  }
  await composed.stop();
});

Deno.test("several stored values are decrypted with one read of the key", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-vault-" });
  const path = `${folder}/syntrack.key`;
  const belongs = (setting: string) => ({ account: "acme/work", setting });
  const names = ["A", "B", "C"];
  const sealed = await Promise.all(
    names.map((name) => createVault(path).seal(belongs(name), `value of ${name}`)),
  );
  const real = Deno.readFile;
  const read: string[] = [];
  try {
    Deno.readFile = (at, options) => {
      read.push(String(at));
      return real(at, options);
    };
    const vault = createVault(path);
    const open = () => Promise.all(sealed.map((one, index) => vault.open(belongs(names[index]!), one)));
    assertEquals(await open(), names.map((name) => `value of ${name}`));
    assert(read.filter((one) => one === path).length === 1, read.join());
    read.length = 0;
    await open();
    assertEquals(read, []);
  } finally {
    Deno.readFile = real;
    await Deno.remove(folder, { recursive: true });
  }
});
