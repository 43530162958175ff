/** What the program may touch: computed from declarations, and granted by the runtime as listed. */
import { join } from "node:path";
import { grantedEnvironment, permissionFlags } from "../../lib/sandbox/permissions.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { listAccess } from "../../lib/sandbox/access_list.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../support/assert.ts";
import { inspectToGrant } from "../../lib/cli/inspect.ts";
import { makeTools } from "../../lib/cli/make_tools.ts";
import { providers } from "../../providers/mod.ts";
import { withCliHome } from "../cli/support.ts";
import { fixtureOf } from "../support/exchange.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";
import { writeScript } from "../support/script.ts";

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
  return listAccess({
    providers: [acme],
    environment: createTestEnvironment(env),
    os: "linux",
    accounts,
  })[0]!;
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
  listen: ["127.0.0.1:9211"],
};

Deno.test("a disabled provider gets no permission", () => {
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

Deno.test("a provider that was not found gets no permission: no host, no file, no command", () => {
  const parts = {
    providers: [acme],
    environment: createTestEnvironment({ ACME_KEY_FILE: "~/key" }),
    os: "linux",
  } as const;
  const nobody = listAccess({ ...parts, accounts: [] });
  assertEquals(permissionFlags(nobody, OWN), [
    "--allow-net=127.0.0.1:9211",
    "--allow-read=/syntrack,/home/ann/.syntrack,/place/.env",
    "--allow-write=/home/ann/.syntrack",
    "--allow-env",
    "--no-prompt",
  ]);
  const there = new Map([["acme", { files: new Set<string>(), commands: new Set<string>() }]]);
  const byKey = listAccess({ ...parts, accounts: [{ provider: "acme", hosts: [] }], there });
  const flags = permissionFlags(byKey, {
    ...OWN,
    deciding: ["/place/.env", "/home/ann/.syntrack/config.toml"],
  });
  assertEquals(flags, [
    "--allow-net=127.0.0.1:9211,api.acme.example",
    "--allow-read=/syntrack,/home/ann/.syntrack,/place/.env,/home/ann/key",
    "--allow-write=/home/ann/.syntrack",
    "--deny-write=/place/.env,/home/ann/.syntrack/config.toml",
    "--allow-env",
    "--no-prompt",
  ]);
});

Deno.test("a file that ./.env may not name is not granted either", () => {
  const environment = createTestEnvironment({}, {
    "/place/.env": "ACME_KEY_FILE=~/key\nACME_KEY_2_FILE=own",
  });
  const [reach] = listAccess({ providers: [acme], environment, os: "linux", accounts: [] });
  assert(!reach!.files.some(({ path }) => path === "/home/ann/key"));
});

Deno.test("a command of alerts that lies in a writable folder may be run, but not overwritten", () => {
  const commands = ["/home/ann/.syntrack/tell.sh", "/usr/local/bin/opener", "/home/ann/.syntracked/other"];
  const flags = permissionFlags([], { ...OWN, channels: { hosts: [], commands } });
  assertEquals(flags.filter((flag) => /run|deny/.test(flag)), [
    "--deny-write=/home/ann/.syntrack/tell.sh",
    `--allow-run=${commands.join(",")}`,
  ]);
});

Deno.test("a database may be read with its side files while it is in use", () => {
  const places = [{ path: "~/.acme/state.vscdb", what: "the login" }];
  const reach = listAccess({
    providers: [{ ...acme, places }],
    environment: createTestEnvironment({}),
    os: "linux",
  });
  assertStringIncludes(
    permissionFlags(reach, OWN).join(" "),
    "/home/ann/.acme/state.vscdb,/home/ann/.acme/state.vscdb-wal,/home/ann/.acme/state.vscdb-shm",
  );
});

Deno.test("a path that would be two is refused, since the runtime cannot express it", () => {
  const folders = ["/home/ann,bob"];
  assertThrows(() => permissionFlags([], { ...OWN, folders }), /a path with a comma fits no permission/);
});

const ROOT = new URL("../../", import.meta.url);

async function syntrack(
  permissions: readonly string[],
  args: readonly string[],
  env: Record<string, string>,
) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, new URL("cli.ts", ROOT).pathname, ...args],
    cwd: env.HOME ?? "",
    env: {
      ...env,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir(),
      PATH: env.PATH ?? Deno.env.get("PATH") ?? "",
    },
    clearEnv: true,
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The runtime's download cache, so that a process with another home finds it too. */
function defaultDenoDir(): string {
  const home = Deno.env.get("HOME") ?? "";
  if (Deno.build.os === "darwin") return join(home, "Library", "Caches", "deno");
  return join(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache"), "deno");
}

interface Collected {
  readonly accounts: readonly { readonly outcome: string; readonly hint?: string }[];
}

Deno.test("with the permissions that doctor lists a poll works, and without its vendor's host the runtime refuses it", async () => {
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

const flagOf = (flags: readonly string[], name: string): readonly string[] =>
  flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3).split(",") ?? [];

for (const provider of providers) {
  const secret = provider.settings.find((one) => one.secret);
  if (!secret) continue;
  Deno.test(`with a key of ${provider.id} the list holds no other vendor's hosts, no vendor's files and no command`, () =>
    withCliHome(async (place) => {
      delete place.env.SYNTRACK_RUN_COMMANDS;
      const env = { [secret.name]: "planted-key-0123456789abcdef" };
      const ran = await place.run("doctor --permissions --json", { env });
      assertEquals(ran.code, 0, ran.stderr);
      const flags: readonly string[] = JSON.parse(ran.stdout);
      const [listen, ...hosts] = flagOf(flags, "allow-net");
      assertEquals(listen, "127.0.0.1:9211");
      const others = providers.filter(({ id }) => id !== provider.id).flatMap((one) => one.hosts)
        .filter((host) => !provider.hosts.includes(host));
      assertEquals(hosts.filter((host) => others.includes(host)), []);
      const own = [place.folder, new URL("../../", import.meta.url).pathname.replace(/\/$/, "")];
      const read = flagOf(flags, "allow-read").filter((path) =>
        !own.some((folder) =>
          path === folder || path === join(folder, ".env") || path.startsWith(join(folder, ".syntrack"))
        )
      );
      assertEquals(read, []);
      assertEquals(flagOf(flags, "allow-run"), []);
    }));
}

Deno.test("a found login may be read, one of another vendor may not", () =>
  withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".claude"));
    await Deno.mkdir(join(place.folder, ".local", "share", "opencode"), { recursive: true });
    const login = join(place.folder, ".claude", ".credentials.json");
    const other = join(place.folder, ".local", "share", "opencode", "auth.json");
    const oauth = { accessToken: "sk-ant-oat01-planted", expiresAt: Date.UTC(2027, 0) };
    await Deno.writeTextFile(login, JSON.stringify({ claudeAiOauth: oauth }));
    await Deno.writeTextFile(other, JSON.stringify({ nobody: { key: "x" } }));
    const flags = await place.json("doctor --permissions --json") as readonly string[];
    assert(flagOf(flags, "allow-read").includes(login));
    assert(!flagOf(flags, "allow-read").includes(other));
    assert(flagOf(flags, "allow-net").includes("api.anthropic.com"));
    assert(!flagOf(flags, "allow-net").includes("chatgpt.com"));
  }));

Deno.test("a config file that is a link may not be changed where it leads either", () =>
  withCliHome(async (place) => {
    const folder = join(place.folder, ".syntrack");
    await Deno.mkdir(folder);
    const target = join(folder, "dotfiles.toml");
    await Deno.writeTextFile(target, 'timezone = "UTC"\n');
    await Deno.symlink("dotfiles.toml", join(folder, "config.toml"));
    const flags = await place.json("doctor --permissions --json") as string[];
    const refused = flagOf(flags, "deny-write");
    assert(refused.includes(target) && refused.includes(join(folder, "config.toml")), refused.join());
  }));

Deno.test("a database among other files grants its own files, not their folder", () =>
  withCliHome(async (place) => {
    const flags = await place.json(
      `doctor --permissions --json --db ${join(place.folder, "usage.db")}`,
    ) as string[];
    const write = flagOf(flags, "allow-write");
    assert(!write.includes(place.folder), write.join());
    assert(write.includes(join(place.folder, "usage.db-wal")));
  }));

Deno.test("no command is run or granted unless a setting allows it, and then only one that worked", async () => {
  if (Deno.build.os !== "linux") return;
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-permissions-" }));
  try {
    const bin = join(home, "bin");
    await Deno.mkdir(bin);
    const stored = JSON.stringify({
      claudeAiOauth: { accessToken: "sk-ant-oat01-planted", expiresAt: 4e12 },
    });
    const script =
      `#!/bin/sh\necho asked >> ${home}/asked\n[ "$3" = "Claude Code-credentials" ] || exit 1\necho 'secret = ${stored}'\n`;
    await writeScript(join(bin, "secret-tool"), script);
    await writeScript(join(bin, "aws"), "#!/bin/sh\nexit 1\n");
    const env = { HOME: home, TZ: "UTC", PATH: `${bin}:/usr/bin:/bin` };
    const asIs = await syntrack(["-A"], ["doctor", "--permissions", "--json"], env);
    assertEquals([asIs.code, flagOf(JSON.parse(asIs.stdout), "allow-run")], [0, []]);
    assertStringIncludes(asIs.stderr, "SYNTRACK_RUN_COMMANDS=on allows it");
    assertEquals([...Deno.readDirSync(home)].some(({ name }) => name === "asked"), false);
    // A folder created by someone else requests nothing.
    await Deno.writeTextFile(join(home, ".env"), "SYNTRACK_RUN_COMMANDS=on\n", { mode: 0o600 });
    const folder = await syntrack(["-A"], ["doctor", "--permissions", "--json"], env);
    assertEquals([folder.code, flagOf(JSON.parse(folder.stdout), "allow-run")], [0, []]);
    assertStringIncludes(folder.stderr, "SYNTRACK_RUN_COMMANDS in ./.env");
    assertEquals([...Deno.readDirSync(home)].some(({ name }) => name === "asked"), false);
    const asked = await syntrack(["-A"], ["doctor", "--permissions", "--json"], {
      ...env,
      SYNTRACK_RUN_COMMANDS: "on",
    });
    assertEquals(flagOf(JSON.parse(asked.stdout), "allow-run"), ["secret-tool"], asked.stderr);
    assertStringIncludes(asked.stderr, "permissions do not limit");
    assert(!`${asked.stdout}${asked.stderr}`.includes("planted"));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("files that determine the permissions cannot be written with them", async () => {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-permissions-" }));
  try {
    const env = { HOME: home, TZ: "UTC", SYNTRACK_RUN_COMMANDS: "off" };
    await Deno.mkdir(join(home, ".syntrack"));
    const flags = JSON.parse((await syntrack(["-A"], ["doctor", "--permissions", "--json"], env)).stdout);
    const refused = await syntrack(flags, ["config", "init"], env);
    assert(refused.code !== 0);
    assertEquals([...Deno.readDirSync(join(home, ".syntrack"))].map(({ name }) => name), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("a restricted server gets only known variables and those of the found vendors", () =>
  withCliHome(async (place) => {
    const env = {
      HOME: place.folder,
      PATH: "/usr/bin",
      ZAI_API_KEY: "planted-zai",
      ZAI_API_KEY_2: "planted-second",
      ZAI_API_KEY_2_NAME: "work",
      SYNTRACK_PORT: "9300",
      NPM_TOKEN: "planted-of-nobody",
      AWS_SECRET_ACCESS_KEY: "planted-aws",
      OPENAI_ADMIN_KEY: " ",
      EDITOR: "vi",
    };
    const typed = { command: "serve", operands: [], options: {} } as const;
    await using tools = makeTools(typed, place.io({ env }));
    const { found, program } = await inspectToGrant(tools);
    const given = grantedEnvironment(found, program, env);
    assertEquals(Object.keys(given).sort(), [
      "HOME",
      "PATH",
      "SYNTRACK_PORT",
      "ZAI_API_KEY",
      "ZAI_API_KEY_2",
      "ZAI_API_KEY_2_NAME",
    ]);
  }));
