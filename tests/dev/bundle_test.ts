/** The bundle of the program. */
import { join } from "node:path";
import { ensureBundled } from "../../dev/build.ts";
import { VERSION } from "../../lib/base/version.ts";
import { GROUPS } from "../../lib/cli/lazy.ts";
import { PARTS } from "../../lib/cli/parts.ts";
import { COMMANDS } from "../../lib/cli/table.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { ROOT } from "../support/sources.ts";
import { type CliHome, ORACLE_DAY, withCliHome } from "../cli/support.ts";

const ENTRY = join(ROOT, "_program", "cli.js");
const NOW = "--now 2026-11-21T13:00:00Z";

async function bundled(place: CliHome, args: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // No package may be searched: there are none.
    args: [
      "run",
      "-A",
      "--cached-only",
      "--no-config",
      "--unstable-cron",
      "--unstable-kv",
      ENTRY,
      ...args.split(" "),
    ],
    cwd: place.folder,
    clearEnv: true,
    env: {
      HOME: place.folder,
      DENO_DIR: join(place.folder, "cache"),
      PATH: "/nowhere",
      DENO_NO_UPDATE_CHECK: "1",
      ...place.env,
    },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** A server or a demo never exits on its own; rejecting an argument proves that it is there. */
const ARGS: Readonly<Record<string, string>> = {
  account: "account list",
  chart: `chart ${NOW}`,
  config: "config path",
  db: "db size",
  demo: "demo --scenario list",
  export: "export --kind cycles",
  import: "import no-such-file.csv",
  key: "key show",
  query: `query summary ${NOW}`,
  restart: `restart ${NOW}`,
  serve: `serve ${NOW}`,
  setup: "setup --yes",
  start: `start ${NOW}`,
};

Deno.test("the bundle runs each command without a package, with the same answers as the sources", async () => {
  await ensureBundled();
  await withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const asOf = new Set([
      "status",
      "history",
      "spend",
      "stats",
      "chart",
      "cycles",
      "forecast",
      "guard",
      "insights",
      "query",
      "sessions",
    ]);
    for (const { name } of COMMANDS) {
      const args = ARGS[name] ?? (asOf.has(name) ? `${name} ${NOW}` : name);
      const ran = await bundled(place, args);
      assert(
        !/TypeError|ReferenceError|SyntaxError|Cannot load|odule not found|error:/.test(ran.stderr),
        `${args}: ${ran.stderr}`,
      );
      assert([0, 1, 2, 69].includes(ran.code), `${args} ended with ${ran.code}: ${ran.stderr}`);
      if (asOf.has(name)) assertEquals(ran, await place.run(args), args);
    }
    const help = await bundled(place, "status --help");
    assertEquals(help.code, 0);
    assertStringIncludes(help.stdout, "syntrack status");
  });
});

Deno.test("every part of the command line is in exactly one group", () => {
  const named = Object.values(GROUPS).flatMap((files) => Object.keys(files));
  assertEquals(named.toSorted(), Object.keys(PARTS).toSorted());
});

/** The modules loaded with a module of the bundle, including itself, as text. */
function loadedWith(name: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(name)) return found;
  const text = Deno.readTextFileSync(join(ROOT, "_program", name));
  found.set(name, text);
  for (const [, other] of text.matchAll(/(?:import|from) ?"\.\/([^"]+)"/g)) loadedWith(other!, found);
  return found;
}

Deno.test("the quick commands load little of the bundle, and the start no node modules", async () => {
  await ensureBundled();
  const start = new Map([...loadedWith("cli.js"), ...loadedWith("start.js"), ...loadedWith("quick.js")]);
  const all = [...start.values()].join("");
  assert(start.size <= 42 && all.length < 100_000, `${start.size} modules, ${all.length} characters`);
  assertEquals(all.match(/"node:\w+"/g), null);
  assert(loadedWith("statusline.js").size <= 3);
});

Deno.test("the command line is parsed without a module of Node", async () => {
  await ensureBundled();
  const all = [...loadedWith("start.js"), ...loadedWith("words.js")].map(([, text]) => text).join("");
  assertEquals(all.match(/(?:import|from) ?"node:\w+"/g), null);
  // Command's own event emitter and the text of help come from packages then.
  await withCliHome(async (place) => {
    const help = await bundled(place, "status --help");
    assertStringIncludes(help.stdout, "Usage: syntrack status");
    const misspelled = await bundled(place, "statsu");
    assertStringIncludes(misspelled.stderr, "did you mean one of");
    assertEquals(misspelled.code, 2);
  });
});

Deno.test("the program says the version that the manifest says", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
    readonly version: string;
  };
  assertEquals(VERSION, version);
});
