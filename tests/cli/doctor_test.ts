/** `syntrack doctor` and `syntrack providers detect`, as typed. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { inPlace } from "./support.ts";

interface Doctor {
  readonly ok: boolean;
  readonly checks: readonly { readonly level: string; readonly about: string; readonly finding: string }[];
  readonly reach: readonly {
    readonly provider: string;
    readonly enabled: boolean;
    readonly hosts: readonly string[];
  }[];
}

Deno.test("doctor finds nothing wrong in an empty place, makes nothing, and says that there is no account", async () => {
  await inPlace(async (place) => {
    const before = [...Deno.readDirSync(place.folder)].length;
    const { code, stdout } = await place.run("doctor --port 0");
    assertEquals(code, 0);
    assertMatch(stdout, /▲ Accounts: none found/);
    assertEquals([...Deno.readDirSync(place.folder)].length, before);
  });
});

Deno.test("doctor tells of broken settings and a broken database, and ends with 1", async () => {
  await inPlace(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack", "data"), { recursive: true });
    await Deno.writeTextFile(
      place.dbPath,
      "this is no database, and it is long enough to be looked at ".repeat(40),
    );
    const { code, stdout } = await place.run("doctor --json --port 0", {
      env: { SYNTRACK_POLL_INTERVAL: "often" },
    });
    assertEquals(code, 1);
    const { ok, checks } = JSON.parse(stdout) as Doctor;
    assert(!ok);
    const errors = checks.filter(({ level }) => level === "error").map(({ about }) => about);
    assertEquals(errors, ["Settings", "Database"]);
  });
});

Deno.test("doctor asks nobody and shows no key; accounts are told with where they were found", async () => {
  await inPlace(async (place) => {
    const env = { ZAI_API_KEY: "zai-planted", SYNTRACK_ZAI_BASE_URL: "http://127.0.0.1:9" };
    const { code, stdout, stderr } = await place.run("doctor --port 0", { env });
    assertEquals(code, 0);
    assertMatch(stdout, /● Account zai\/default: ZAI_API_KEY in the environment/);
    assert(!`${stdout}${stderr}`.includes("zai-planted"));
    const { reach } = await place.json("doctor --json --port 0", { env }) as Doctor;
    assertEquals(reach.find(({ provider }) => provider === "zai")?.hosts, ["127.0.0.1:9"]);
  });
});

Deno.test("doctor --online asks once, and stores nothing", async () => {
  await inPlace(async (place) => {
    const env = { ZAI_API_KEY: "zai-planted", SYNTRACK_ZAI_BASE_URL: "http://127.0.0.1:9" };
    const { stdout } = await place.run("doctor --online --port 0", { env });
    assertMatch(stdout, /▲ Asking zai\/default: unavailable: Z\.ai cannot be reached/);
    assertEquals([...Deno.readDirSync(place.folder)].length, 0);
  });
});

Deno.test("doctor --permissions refuses settings that cannot be used, naming them", async () => {
  await inPlace(async (place) => {
    const { code, stderr } = await place.run("doctor --permissions --port many");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--port");
  });
});

Deno.test("providers detect tells what was found and never its value", async () => {
  await inPlace(async (place) => {
    assertStringIncludes((await place.run("providers detect")).stdout, "No login was found");
    const { stdout } = await place.run("providers detect", { env: { ZAI_API_KEY: "zai-planted" } });
    assertMatch(stdout, /zai\s+default\s+not told\s+not known\s+ZAI_API_KEY in the environment/);
    assert(!stdout.includes("zai-planted"));
  });
});
