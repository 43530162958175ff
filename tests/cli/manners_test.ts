/** Product names as aliases, commands that need an action, private file modes, and the checks of doctor. */
import { join } from "node:path";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { ORACLE_DAY, withCliHome } from "./support.ts";

Deno.test("a provider is found by its product name, and a typo in either is answered with its id", () =>
  withCliHome(async (place) => {
    const shown = async (word: string) => {
      const io = place.io();
      const { main } = await import("../../lib/cli/main.ts");
      const code = await main(["providers", "--json", "--provider", word], io);
      const { stdout, stderr } = io.ran();
      return code === 0
        ? JSON.parse(stdout).providers.map(({ id }: { id: string }) => id).join()
        : JSON.parse(stderr).error.message;
    };
    for (const { id, name } of providers) {
      for (const word of [id, name, name.toLowerCase(), name.toUpperCase(), name.replaceAll(" ", "-")]) {
        assertEquals(await shown(word), id, word);
      }
    }
    const words = [["claude", "anthropic"], ["opencode", "opencode-zen"], ["github", "copilot"], [
      "azure",
      "azure-openai",
    ]];
    for (const [word = "", id] of words) assertEquals(await shown(word), id);
    assertMatch(await shown("cluade"), /Unknown provider "cluade" \(did you mean anthropic\?\)/);
    assertMatch(await shown("codx"), /did you mean codex\?/);
    assertMatch(await shown("nothing like it"), /Unknown provider/);
    // Stored accounts can be selected and added by it as well.
    await place.fill(ORACLE_DAY, {}, "anthropic/default");
    assertEquals((await place.json("query current --provider claude") as { used: number }).used, 40);
    const added = await place.run("account add deep-seek --stdin", { stdin: "sk-planted-0123456789" });
    assertStringIncludes(added.stdout, "deepseek/");
  }));

Deno.test("a command without a required action lists its actions", () =>
  withCliHome(async (place) => {
    for (
      const [command, actions] of [
        ["account", ["add", "list", "rename", "remove"]],
        ["db", ["check", "backup", "prune", "vacuum", "size"]],
        ["query", ["current", "burn-rate"]],
        ["key", ["rotate"]],
      ] as const
    ) {
      const { code, stderr } = await place.run(command);
      assertEquals(code, 2, command);
      for (const action of actions) assertStringIncludes(stderr, action);
    }
    assertMatch((await place.run("version")).stdout, /^syntrack \d+\.\d+\.\d+\n$/);
    assertEquals((await place.run("version")).stdout, (await place.run("--version")).stdout);
    assertEquals((await place.run("db chek")).code, 2);
  }));

const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o7777;

Deno.test("every command makes our own files private, and leaves other folders alone", () =>
  withCliHome(async (place) => {
    if (Deno.build.os === "windows") return;
    await place.fill(ORACLE_DAY);
    const [own, data] = [join(place.folder, ".syntrack"), join(place.folder, ".syntrack", "data")];
    for (const command of ["query current", "status", "guard", "db size", "providers", "collect"]) {
      Deno.chmodSync(own, 0o755);
      Deno.chmodSync(data, 0o755);
      Deno.chmodSync(place.dbPath, 0o666);
      await place.run(command);
      assertEquals(modeOf(place.dbPath), 0o600, command);
      if (command !== "db size" && command !== "providers") {
        assertEquals([modeOf(own), modeOf(data)], [0o700, 0o700], command);
      }
    }
    for (const mode of [0o1777, 0o777, 0o775]) {
      const shared = join(place.folder, `shared-${mode}`);
      Deno.mkdirSync(shared);
      Deno.chmodSync(shared, mode);
      await place.run(`collect --db ${join(shared, "usage.db")}`);
      assertEquals([modeOf(shared), modeOf(join(shared, "usage.db"))], [mode, 0o600]);
    }
  }));

Deno.test("doctor reports a folder others can change, a clock behind the data, and a read-only database", () =>
  withCliHome(async (place) => {
    await place.fill([...ORACLE_DAY, ["2027-11-21 13:00", 50]]);
    Deno.chmodSync(join(place.folder, ".syntrack", "data"), 0o777);
    Deno.chmodSync(join(place.folder, ".syntrack"), 0o750);
    const open = await place.run("doctor --port 0");
    assertMatch(open.stdout, /▲ Folder: others on this machine can change files in .*data \(0777\)/);
    assertMatch(open.stdout, /▲ Folder: others on this machine can look into .*\.syntrack \(0750\)/);
    assertMatch(open.stdout, /Clock: .*365d.* ahead of the clock/);
    // Root can write what no one else can.
    if (Deno.uid() === 0 || Deno.build.os === "windows") return;
    Deno.chmodSync(place.dbPath, 0o400);
    assertMatch((await place.run("doctor --port 0")).stdout, /✕ Database: .*cannot be written/);
  }));

Deno.test("a custom source cannot take a key of another one", () =>
  withCliHome(async (place) => {
    const folder = join(place.folder, ".syntrack", "custom");
    await Deno.mkdir(folder, { recursive: true });
    const declare = (id: string, host: string, secretEnv?: string) =>
      Deno.writeTextFile(
        join(folder, `${id}.json`),
        JSON.stringify({
          id,
          label: id,
          request: { url: `https://${host}/v1`, auth: { type: "bearer", ...secretEnv ? { secretEnv } : {} } },
          quotas: [{ key: "calls", label: "Calls", unit: "requests", used: { path: "used" } }],
        }),
      );
    await declare("team", "quota.example.test");
    await declare("thief", "evil.example.test", "SYNTRACK_CUSTOM_TEAM_API_KEY");
    const { code, stderr } = await place.run("collect");
    assertEquals(code, 2);
    assertMatch(stderr, /thief\.json, request\.auth\.secretEnv: is the key of another source/);
    await declare("thief", "evil.example.test", "LAB_KEY");
    await declare("lab", "lab.example.test", "LAB_KEY");
    assertMatch((await place.run("collect")).stderr, /is also the key of the source "(?:lab|thief)"/);
    await declare("thief", "evil.example.test", "OWN_KEY");
    assert(!(await place.run("config")).stderr.includes("secretEnv"));
  }));
