/** `syntrack config` and the config file, as typed. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { inPlace, ORACLE_DAY, type Place } from "./support.ts";

async function write(place: Place, text: string): Promise<string> {
  const path = join(place.folder, ".syntrack", "config.toml");
  await Deno.mkdir(join(place.folder, ".syntrack"), { recursive: true });
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  return path;
}

Deno.test("`config init` writes a file that is understood and changes nothing, and never over another", async () => {
  await inPlace(async (place) => {
    const path = join(place.folder, ".syntrack", "config.toml");
    const { code, stdout } = await place.run("config init");
    assertEquals([code, stdout], [0, `Wrote ${path}: every entry is there, commented out\n`]);
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals((await place.run("config check")).stdout, `${path} is understood\n`);
    // Without the marks of a comment everything in it is an entry.
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/^# (?=[\[a-z_]+(?: =|\.|\]))/gm, ""));
    const bare = await place.run("config check");
    assert(!/no such (?:setting|entry|provider)/.test(bare.stdout), bare.stdout);
    const again = await place.run("config init");
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "it exists already");
  });
});

Deno.test("`config path` says where the file is looked for", async () => {
  await inPlace(async (place) => {
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

Deno.test("`config check` tells everything that is wrong and ends with 2", async () => {
  await inPlace(async (place) => {
    await write(place, `port = 99999\n[providers.zia]\nenabled = true\n`);
    const { code, stdout } = await place.run("config check");
    assertEquals(code, 2);
    assertMatch(stdout, /error: port in .*config\.toml, line 1: /);
    assertMatch(stdout, /error: providers\.zia in .*line 2: no such provider, wanted zai, perhaps/);
    const json = await place.run("config check --json");
    assertEquals(JSON.parse(json.stdout).ok, false);
  });
});

Deno.test("a command that only reads heeds the config file, and refuses a broken one by line", async () => {
  await inPlace(async (place) => {
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

Deno.test("`config` shows what stands in the file, where, and hides secrets", async () => {
  await inPlace(async (place) => {
    await write(place, `port = 9300\n[providers.zai]\nzai_api_key = "zai-planted"\n`);
    const { stdout, stderr } = await place.run("config");
    assertMatch(stdout, /port\s+9300\s+port in ~\/\.syntrack\/config\.toml, line 1/);
    assertMatch(stdout, /ZAI_API_KEY\s+set \(hidden\)\s+providers\.zai\.zai_api_key in/);
    assert(!`${stdout}${stderr}`.includes("zai-planted"));
  });
});
