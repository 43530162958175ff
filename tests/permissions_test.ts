/** What the program may touch: worked out from what is declared, and granted by the runtime as listed. */
import { join } from "node:path";
import { permissionFlags } from "../lib/permissions.ts";
import type { Provider } from "../lib/provider.ts";
import { reachOf } from "../lib/reach.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "./support/assert.ts";
import { fixtureOf } from "./support/exchange.ts";
import { startVendor } from "./support/vendor.ts";
import { environmentOf } from "./support/world.ts";

const acme: Provider = {
  id: "acme",
  name: "Acme",
  hosts: ["api.acme.example"],
  hostEndings: [".acme.example"],
  official: true,
  settings: [
    { name: "ACME_KEY", secret: true, help: "The key" },
    { name: "ACME_HOME", secret: false, home: true, help: "Its folder" },
  ],
  places: [
    { path: "${ACME_HOME:-~/.acme}/auth.json", what: "the login" },
    { path: "~/.acme/mac.json", os: ["darwin"], what: "the login on a Mac" },
  ],
  commands: [{ name: "acme", what: "who is signed in" }],
  accounts: () => Promise.resolve([]),
  read: () => Promise.reject(new Error("Not asked")),
};

function reached(env: Readonly<Record<string, string>>) {
  const accounts = [{ provider: "acme", hosts: ["eu.acme.example"] }];
  return reachOf({ providers: [acme], environment: environmentOf(env), os: "linux", accounts })[0]!;
}

Deno.test("the files of a provider are those at its places, for each of its logins, and those of its secrets", () => {
  const { files } = reached({ ACME_HOME_2: "/work-home", ACME_KEY_FILE: "~/key", ACME_KEY_3_FILE: "/third" });
  assertEquals(files.map(({ path }) => path), [
    "/home/ann/.acme/auth.json",
    "/work-home/auth.json",
    "/home/ann/key",
    "/third",
  ]);
});

Deno.test("hosts are those of the provider and its accounts, or the one origin that replaces them", () => {
  assertEquals(reached({}).hosts, ["api.acme.example", "eu.acme.example"]);
  assertEquals(reached({ SYNTRACK_ACME_BASE_URL: "http://127.0.0.1:4000" }).hosts, ["127.0.0.1:4000"]);
  assertEquals(reached({ SYNTRACK_ACME_BASE_URL: "https://gw.example" }).hosts, ["gw.example:443"]);
});

const OWN = {
  program: "/syntrack",
  folders: ["/home/ann/.syntrack"],
  files: ["/place/.env"],
  listen: "127.0.0.1:9211",
};

Deno.test("what is turned off gets no permission", () => {
  const off = permissionFlags([reached({ SYNTRACK_ACME_ENABLED: "no" })], OWN);
  assertEquals(off, [
    "--allow-net=127.0.0.1:9211",
    "--allow-read=/syntrack,/home/ann/.syntrack,/place/.env",
    "--allow-write=/home/ann/.syntrack",
    "--allow-env",
    "--no-prompt",
  ]);
  const on = permissionFlags([reached({})], OWN).join(" ");
  assertStringIncludes(on, "--allow-net=127.0.0.1:9211,api.acme.example,eu.acme.example");
  assertStringIncludes(on, "/home/ann/.acme/auth.json");
  assertStringIncludes(on, "--allow-run=acme");
});

Deno.test("a database may be read with the files that lie beside it while it is used", () => {
  const places = [{ path: "~/.acme/state.vscdb", what: "the login" }];
  const reach = reachOf({ providers: [{ ...acme, places }], environment: environmentOf({}), os: "linux" });
  assertStringIncludes(
    permissionFlags(reach, OWN).join(" "),
    "/home/ann/.acme/state.vscdb,/home/ann/.acme/state.vscdb-wal,/home/ann/.acme/state.vscdb-shm",
  );
});

Deno.test("a path that would be two is refused, since the runtime knows no way to write it", () => {
  const folders = ["/home/ann,bob"];
  assertThrows(() => permissionFlags([], { ...OWN, folders }), /a path with a comma fits no permission/);
});

const ROOT = new URL("../", import.meta.url);

async function syntrack(
  permissions: readonly string[],
  args: readonly string[],
  env: Record<string, string>,
) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, new URL("cli.ts", ROOT).pathname, ...args],
    cwd: env.HOME ?? "",
    env: { ...env, DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir(), PATH: Deno.env.get("PATH") ?? "" },
    clearEnv: true,
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** Where the runtime keeps what it has downloaded, so that a process with another home finds it too. */
function defaultDenoDir(): string {
  const home = Deno.env.get("HOME") ?? "";
  if (Deno.build.os === "darwin") return join(home, "Library", "Caches", "deno");
  return join(Deno.env.get("XDG_CACHE_HOME") ?? join(home, ".cache"), "deno");
}

interface Collected {
  readonly accounts: readonly { readonly outcome: string; readonly hint?: string }[];
}

Deno.test("with the permissions that doctor lists a poll works, and without its vendor's host the runtime refuses", async () => {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-permissions-" }));
  try {
    const fixture = fixtureOf("zai", "normal_2026-11-21");
    await using vendor = startVendor([{ request: fixture.request, response: fixture.response }]);
    const env = { HOME: home, ZAI_API_KEY: "00000000.example", TZ: "UTC", SYNTRACK_RUN_COMMANDS: "off" };
    const asked = { ...env, SYNTRACK_ZAI_BASE_URL: vendor.origin };

    const listed = await syntrack(["-A"], ["doctor", "--permissions", "--json"], asked);
    assertEquals(listed.code, 0, listed.stderr);
    const flags: readonly string[] = JSON.parse(listed.stdout);
    assert(
      flags.some((flag) => flag.startsWith("--allow-net=") && flag.includes(new URL(vendor.origin).host)),
    );
    const allowed = await syntrack(flags, ["collect", "--json"], asked);
    assertEquals((JSON.parse(allowed.stdout) as Collected).accounts.map(({ outcome }) => outcome), ["ok"]);

    const narrow = flags.map((flag) => flag.startsWith("--allow-net=") ? "--allow-net=127.0.0.1:9" : flag);
    const refused = await syntrack(
      narrow,
      ["collect", "--json", "--db", join(home, ".syntrack", "two.db")],
      asked,
    );
    const [account] = (JSON.parse(refused.stdout) as Collected).accounts;
    assertEquals(account?.outcome, "unavailable");
    assertStringIncludes(account?.hint ?? "", "not permitted to connect");
    assertEquals(vendor.requests.length, 1);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
