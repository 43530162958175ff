/** `syntrack config` and the config file, on the command line. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, ORACLE_DAY, withCliHome } from "./support.ts";

async function write(place: CliHome, text: string): Promise<string> {
  const path = join(place.folder, ".syntrack", "config.toml");
  await Deno.mkdir(join(place.folder, ".syntrack"), { recursive: true });
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  return path;
}

Deno.test("`config init` writes a valid file that changes nothing, and never overwrites another", async () => {
  await withCliHome(async (place) => {
    const path = join(place.folder, ".syntrack", "config.toml");
    const { code, stdout } = await place.run("config init");
    assertEquals([code, stdout], [0, `Wrote ${path}: every entry is there, commented out\n`]);
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals((await place.run("config check")).stdout, `${path} is valid\n`);
    // Without comment marks, everything in it is an entry.
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/^# (?=[\[a-z_]+(?: =|\.|\]))/gm, ""));
    const bare = await place.run("config check");
    assert(!/no such (?:setting|entry|provider)/.test(bare.stdout), bare.stdout);
    const again = await place.run("config init");
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "it exists already");
  });
});

Deno.test("`config path` prints where the file is expected", async () => {
  await withCliHome(async (place) => {
    const path = join(place.folder, ".syntrack", "config.toml");
    assertEquals((await place.run("config path")).stdout, `${path}\n`);
    assertEquals(
      (await place.run("config path --config other.toml")).stdout,
      `${join(place.folder, "other.toml")}\n`,
    );
    const told = await place.run("config path", { env: { SYNTRACK_CONFIG: "/etc/syntrack.toml" } });
    assertEquals(told.stdout, "/etc/syntrack.toml\n");
  });
});

Deno.test("`config check` reports all errors and ends with 2", async () => {
  await withCliHome(async (place) => {
    await write(place, `port = 99999\n[providers.zia]\nenabled = true\n`);
    const { code, stdout } = await place.run("config check");
    assertEquals(code, 2);
    assertMatch(stdout, /error: port in .*config\.toml, line 1: /);
    assertMatch(stdout, /error: providers\.zia in .*line 2: no such provider, did you mean zai\?/);
    const json = await place.run("config check --json");
    assertEquals(JSON.parse(json.stdout).ok, false);
  });
});

Deno.test("a read-only command uses the config file, and refuses a broken one by line", async () => {
  await withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const elsewhere = join(place.folder, "elsewhere.db");
    await Deno.rename(place.dbPath, elsewhere);
    await write(place, `db_path = ${JSON.stringify(elsewhere)}\n`);
    assertEquals((await place.json("query current") as { used: number }).used, 40);
    await write(place, `db_path = \n`);
    const { code, stderr } = await place.run("query current");
    assertEquals(code, 2);
    assertMatch(stderr, /config\.toml, line 1, column \d+/);
  });
});

/** Every command that uses settings, with the arguments it needs for no other error. */
const HEEDING = [
  "status",
  "history",
  "stats",
  "chart",
  "query current",
  "forecast",
  "insights",
  "cycles",
  "sessions",
  "guard",
  "backtest",
  "export",
  "db check",
  "db size",
  "providers",
  "providers detect",
  "account list",
  "collect",
  "doctor",
  "doctor --permissions",
  "config",
  "config check",
];

Deno.test("a named config file that does not exist is an error with its name, for every command", async () => {
  await withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    for (const command of [...HEEDING, "demo"]) {
      const { code, stdout, stderr } = await place.run(`${command} --config nowhere.toml`);
      assert(code !== 0, command);
      if (command !== "demo") {
        assertMatch(`${stdout}${stderr}`, /there is no such file, got "nowhere\.toml"/, command);
      }
    }
    const env = { SYNTRACK_CONFIG: "/nowhere/at/all.toml" };
    for (const command of ["status", "collect", "config check"]) {
      const { code, stdout, stderr } = await place.run(command, { env });
      assertEquals(code, 2, command);
      assertMatch(`${stdout}${stderr}`, /SYNTRACK_CONFIG in the environment: there is no such file/);
    }
    // A variable that was not set is no wish for the default.
    for (const command of ["status", "guard", "collect", "config check"]) {
      const { code, stdout, stderr } = await place.run(`${command} --config=`);
      assertEquals(code, command === "guard" ? 64 : 2, command);
      assertMatch(`${stdout}${stderr}`, /--config: cannot be read/, command);
    }
    // The default file was not named.
    assertEquals((await place.run("status")).code, 0);
    assertEquals((await place.run("config init --config nowhere.toml")).code, 0);
    assertEquals((await place.run("status --config nowhere.toml")).code, 0);
  });
});

Deno.test("a misspelled entry of the config file is an error with the likely name, for every command", async () => {
  await withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const wrongs: readonly (readonly [text: string, told: RegExp])[] = [
      ["pol_interval = 60\n", /pol_interval in .*line 1: no such setting, did you mean poll_interval\?/],
      [
        "[providers.zai]\nintervall = 60\n",
        /providers\.zai\.intervall in .*line 2: no such entry, did you mean interval\?/,
      ],
      ["[providers.claud]\nenabled = true\n", /providers\.claud in .*no such provider/],
      ['[[accounts]]\nprovider = "zay"\nzai_api_key = "x"\n', /no such provider, did you mean zai\?/],
    ];
    for (const [text, told] of wrongs) {
      await write(place, text);
      for (
        const command of text.startsWith("pol") ? HEEDING : ["status", "query current", "guard", "collect"]
      ) {
        const { code, stdout, stderr } = await place.run(command);
        assert(code !== 0, command);
        assertMatch(`${stdout}${stderr}`, told, command);
      }
    }
  });
});

Deno.test("REFRESH_INTERVAL is the interval in minutes, in seconds with a unit, or as cron", async () => {
  await withCliHome(async (place) => {
    const shown = async (value: string, more: Record<string, string> = {}) => {
      const { stdout, stderr, code } = await place.run("config", {
        env: { REFRESH_INTERVAL: value, ...more },
      });
      const line = stdout.split("\n").find((one) => one.startsWith("interval ")) ?? "";
      return [code, line.split(/ {2,}/)[1], stderr] as const;
    };
    assertEquals((await shown("5"))[1], "300");
    assertEquals((await shown("90s"))[1], "90");
    assertEquals((await shown("5m"))[1], "300");
    assertEquals((await shown("*/5 * * * *"))[1], "*/5 * * * *");
    assertEquals((await shown("5", { SYNTRACK_POLL_INTERVAL: "30" }))[1], "30");
    for (const wrong of ["0", "61", "often", "* * *"]) {
      const [code, , stderr] = await shown(wrong);
      assertEquals(code, 2, wrong);
      assertMatch(stderr, /REFRESH_INTERVAL in the environment: .*expected 1 to 60 minutes/);
    }
  });
});

Deno.test("settings about signing in are shown without their values", async () => {
  await withCliHome(async (place) => {
    const env = {
      AUTH_SECRET: "planted-secret-of-sessions",
      SYNTRACK_AUTH_TOKENS: "planted-token-of-many-characters",
      SYNTRACK_ADMIN_USER: "ann",
      SYNTRACK_ADMIN_PASS: "planted-password",
    };
    for (const command of ["collect", "config", "config check", "doctor"]) {
      const { stdout, stderr } = await place.run(command, { env });
      const all = `${stdout}${stderr}`;
      assert(!all.includes("planted"), command);
      assert(!all.includes("no such setting"), command);
      if (command !== "config") continue;
      for (const name of Object.keys(env)) assertStringIncludes(stdout, name);
      assertMatch(stdout, /SYNTRACK_ADMIN_USER +ann/);
      assertMatch(stdout, /SYNTRACK_ADMIN_PASS +set \(hidden\)/);
    }
  });
});

Deno.test("`config` shows the entries of the file with their positions, and hides secrets", async () => {
  await withCliHome(async (place) => {
    await write(place, `port = 9300\n[providers.zai]\nzai_api_key = "zai-planted"\n`);
    const { stdout, stderr } = await place.run("config");
    assertMatch(stdout, /port\s+9300\s+port in ~\/\.syntrack\/config\.toml, line 1/);
    assertMatch(stdout, /ZAI_API_KEY\s+set \(hidden\)\s+providers\.zai\.zai_api_key in/);
    assert(!`${stdout}${stderr}`.includes("zai-planted"));
  });
});
