/** `syntrack setup`, with answers from a terminal. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";

const config = (place: CliHome) => join(place.folder, ".syntrack", "config.toml");

Deno.test("setup writes the answers, with keys in separate files, and they take effect", async () => {
  await withCliHome(async (place) => {
    // Key providers, a wrong id first; the key; interval, a wrong port, a port, zone; write; do not poll now.
    const answers = ["zia", "zai", "planted-key", "120", "many", "9300", "", "y", "n"];
    const { code, stdout, stderr } = await place.run("setup", { isTty: true, answers });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `There is no "zia" among`);
    assert(!`${stdout}${stderr}`.includes("planted-key"));
    const text = await Deno.readTextFile(config(place));
    assertMatch(
      text,
      /poll_interval = 120\nport = 9300\n\n\[providers\.zai\]\nzai_api_key_file = ".*zai\.key"\n$/,
    );
    assert(!text.includes("planted-key"));
    const key = join(place.folder, ".syntrack", "zai.key");
    assertEquals(await Deno.readTextFile(key), "planted-key\n");
    if (Deno.build.os !== "windows") {
      for (const path of [key, config(place)]) assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    }
    assertEquals((await place.run("config check")).code, 0);
    assertMatch((await place.run("providers")).stdout, /zai\s+Z\.ai\s+● found\s+2m/);
  });
});

Deno.test("setup shows what was found and can skip it", async () => {
  await withCliHome(async (place) => {
    const answers = ["zai", "", "", "", "", "y", "n"];
    const env = { ZAI_API_KEY: "planted-key", NO_COLOR: "1" };
    const { code, stdout } = await place.run("setup", { isTty: true, answers, env });
    assertEquals(code, 0);
    assertMatch(stdout, /● zai\/default: ZAI_API_KEY in the environment/);
    assertStringIncludes(await Deno.readTextFile(config(place)), "[providers.zai]\nenabled = false\n");
  });
});

Deno.test("nothing is written without a yes", async () => {
  await withCliHome(async (place) => {
    const { code } = await place.run("setup", {
      isTty: true,
      answers: ["zai", "planted-key", "", "", "", "n"],
    });
    assertEquals(code, 1);
    assertEquals([...Deno.readDirSync(place.folder)], []);
  });
});

Deno.test("setup needs a terminal, and leaves an existing config file alone", async () => {
  await withCliHome(async (place) => {
    const nobody = await place.run("setup");
    assertEquals(nobody.code, 1);
    assertStringIncludes(nobody.stderr, "config init");
    await place.run("config init");
    const before = await Deno.readTextFile(config(place));
    const again = await place.run("setup", { isTty: true, answers: [] });
    assertEquals(again.code, 1);
    assertEquals(await Deno.readTextFile(config(place)), before);
  });
});
