import { join } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { jwtOf } from "../support/jwt.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, NOW, type Terminal, withCliHome } from "./support.ts";

const SECRET = "zai-0123456789abcdef.secret";
const ANSWERING: Terminal = { answers: [SECRET] };

interface Listed {
  readonly key: string;
  readonly stored: boolean;
  readonly settings: readonly string[];
  readonly source: string | null;
  readonly polling: boolean;
  readonly hidden: boolean;
  readonly outcome: { readonly kind: string; readonly hint: string | null } | null;
}

async function listed(place: CliHome): Promise<readonly Listed[]> {
  const { accounts } = await place.json("account list --json") as { readonly accounts: readonly Listed[] };
  return accounts;
}

/** Every byte of every file in the data folder, as text. */
async function everyByte(place: CliHome): Promise<string> {
  const folder = join(place.folder, ".syntrack", "data");
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".key")) continue;
    texts.push(new TextDecoder("latin1").decode(await Deno.readFile(join(folder, name))));
  }
  return texts.join("\n");
}

Deno.test("account add asks for the key without showing it, and stores nothing readable", () =>
  withCliHome(async (place) => {
    const { code, stdout, stderr } = await place.run("account add zai --name work", ANSWERING);
    assertEquals([code, stdout.split(",")[0]], [0, "Stored zai/work"]);
    assert(stderr.includes("ZAI_API_KEY"), stderr);
    const [account] = await listed(place);
    assertEquals(account, {
      ...account!,
      key: "zai/work",
      stored: true,
      settings: ["ZAI_API_KEY"],
      polling: true,
    });
    assertEquals(account!.source, "ZAI_API_KEY, stored by syntrack");
    assert(!(await everyByte(place)).includes(SECRET), "The key lies open in the database");
    const shown = await place.run("account list");
    assert(!shown.stdout.includes(SECRET) && shown.stdout.includes("zai/work"), shown.stdout);
    const providers = await place.run("providers");
    assert(providers.stdout.includes("(work)"), providers.stdout);
  }));

Deno.test("account add reads a key from standard input, bare or as a line of an env file", () =>
  withCliHome(async (place) => {
    assertEquals((await place.run("account add zai --stdin", { stdin: `${SECRET}\n` })).code, 0);
    const line = `# mine\nZAI_API_KEY="${SECRET}"\n`;
    assertEquals((await place.run("account add zai --stdin", { stdin: line })).code, 0);
    assertEquals((await listed(place)).map(({ key }) => key), ["zai/2", "zai/default"]);
    const empty = await place.run("account add zai --stdin", { stdin: " \n" });
    assertEquals(empty.code, 2);
    assert(empty.stderr.includes("standard input"), empty.stderr);
  }));

Deno.test("account add refuses a key as an argument or in --set, and says why", () =>
  withCliHome(async (place) => {
    for (const args of [`account add zai ${SECRET}`, `account add zai --set ZAI_API_KEY=${SECRET}`]) {
      const { code, stderr } = await place.run(args);
      assertEquals(code, 2, args);
      assert(stderr.includes("history of the shell") && stderr.includes("--stdin"), stderr);
      assert(!stderr.includes(SECRET), stderr);
    }
    assertEquals(await listed(place), []);
  }));

Deno.test("account add reports errors with the nearest name, and changes nothing", () =>
  withCliHome(async (place) => {
    const wrong: readonly (readonly [args: string, word: string])[] = [
      ["account add zaii", "zai"],
      ["account add", "needs the provider"],
      ["account add zai --name a/b", "cannot be used"],
      ["account add zai --set NOPE=1", "no setting"],
      ["account add zai --set NOPE", "NAME=value"],
      ["account rename zai/default", "new name"],
      ["account remove zai/none", "Unknown account"],
    ];
    for (const [args, word] of wrong) {
      const { code, stderr } = await place.run(args, ANSWERING);
      assertEquals(code, 2, args);
      assert(stderr.includes(word), `${args}: ${stderr}`);
    }
    const nobody = await place.run("account add zai");
    assertEquals(nobody.code, 2);
    assert(nobody.stderr.includes("--stdin"), nobody.stderr);
    assertEquals(await listed(place), []);
  }));

Deno.test("account add rejects a name in use, wherever that account comes from", () =>
  withCliHome(async (place) => {
    place.env.ZAI_API_KEY = "zai-from-the-environment-1";
    const { code, stderr } = await place.run("account add zai --name default", ANSWERING);
    assertEquals(code, 2);
    assert(stderr.includes("already"), stderr);
    assertEquals((await place.run("account add zai", ANSWERING)).code, 0);
    assertEquals((await listed(place)).map(({ key, stored }) => [key, stored]), [["zai/2", true], [
      "zai/default",
      false,
    ]]);
  }));

Deno.test("account rename keeps the history; remove keeps it unless it is purged", () =>
  withCliHome(async (place) => {
    await place.run("account add zai --name work", ANSWERING);
    await place.fill([["2026-11-21 11:00", 5], ["2026-11-21 12:00", 9]], {}, "zai/work");
    assertEquals((await place.run("account rename work office")).code, 0);
    const history = async () => {
      await using store = await openSqliteStore(place.dbPath);
      return (await store.latest()).map(({ account, state }) => [account, Object.keys(state.quotas).length]);
    };
    assertEquals(await history(), [["zai/office", 1]]);
    assertEquals((await listed(place)).map(({ key, source }) => [key, source !== null]), [[
      "zai/office",
      true,
    ]]);

    assertEquals((await place.run("account remove zai/office")).code, 0);
    assertEquals(await history(), [["zai/office", 1]]);
    assertEquals((await listed(place)).map(({ key, stored, source }) => [key, stored, source]), [[
      "zai/office",
      false,
      null,
    ]]);
    assert(!(await everyByte(place)).includes(SECRET));

    const asked = await place.run("account remove zai/office --purge");
    assertEquals(asked.code, 2);
    assert(asked.stderr.includes("--yes"), asked.stderr);
    assertEquals((await place.run("account remove zai/office --purge", { answers: ["n"] })).code, 1);
    assertEquals(await history(), [["zai/office", 1]]);
    assertEquals((await place.run("account remove zai/office --purge", { answers: ["y"] })).code, 0);
    assertEquals(await history(), []);
    assertEquals(await listed(place), []);
  }));

Deno.test("account disable and enable turn polling off and on, for any account", () =>
  withCliHome(async (place) => {
    place.env.ZAI_API_KEY = "zai-from-the-environment-1";
    assertEquals((await place.run("account disable zai/default")).code, 0);
    assertEquals((await listed(place)).map(({ polling }) => polling), [false]);
    assertEquals((await place.run("account enable default")).code, 0);
    assertEquals((await listed(place)).map(({ polling }) => polling), [true]);
    const { code, stderr } = await place.run("account remove zai/default");
    assertEquals(code, 2);
    assert(stderr.includes("ZAI_API_KEY in the environment"), stderr);
  }));

Deno.test("account hide removes an unconfigured account from status and list until it is shown or returns", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-20 11:00", 5], ["2026-11-20 12:00", 9]], {}, "zai/old");
    await place.fill([["2026-11-20 11:00", 5], ["2026-11-20 12:00", 9]], {}, "zai/work");
    const inStatus = async (more = "") => {
      const { accounts } = await place.json(`status --json${more}`) as {
        readonly accounts: readonly { readonly provider: string; readonly account: string }[];
      };
      return accounts.map(({ provider, account }) => `${provider}/${account}`);
    };
    assertEquals(await inStatus(), ["zai/old", "zai/work"]);
    const hidden = await place.run("account hide old");
    assertEquals([hidden.code, hidden.stdout], [0, "zai/old is hidden; its history stays\n"]);
    assertEquals(await inStatus(), ["zai/work"]);
    assertEquals(await inStatus(" --account old"), ["zai/old"]);
    for (
      const command of ["forecast", "insights", "stats", "cycles", "sessions", "history -d 9", "chart -d 9"]
    ) {
      for (const as of ["", " --json", " --now 2026-11-20T12:01:00Z"]) {
        const { stdout } = await place.run(`${command}${as}`);
        assert(
          !stdout.includes("zai/old") && !/"name": "old"|"account": "old"/.test(stdout),
          `${command}${as}`,
        );
      }
      // Naming it explicitly selects it.
      assertEquals((await place.run(`${command} --account old`)).code, 0);
    }
    const guarded = async (more: string) => {
      const { stdout } = await place.run(`guard --json --min-remaining 1% --max-age 9d${more}`);
      const { quotas } = JSON.parse(stdout) as { readonly quotas: readonly { readonly account: string }[] };
      return quotas.map(({ account }) => account);
    };
    assertEquals([await guarded(""), await guarded(" --account old")], [["work"], ["old"]]);
    // An export contains all stored data.
    assert((await place.run("export")).stdout.includes("old"));
    const status = await place.run("status");
    assert(status.stdout.includes("(work)") && !status.stdout.includes("(old)"), status.stdout);
    const list = await place.run("account list");
    const rows = list.stdout.split("\n").filter((line) => line.startsWith("zai/"));
    assertEquals(rows.map((line) => line.split(" ")[0]), ["zai/work"]);
    assert(list.stdout.includes("Hidden: zai/old. `syntrack account show NAME`"), list.stdout);
    assertEquals((await listed(place)).map(({ key, hidden }) => [key, hidden]), [
      ["zai/old", true],
      ["zai/work", false],
    ]);
    assertEquals((await place.run("history --account old --json")).code, 0);
    // Other settings for it do not show it again.
    assertEquals((await place.run("account disable zai/old")).code, 0);
    assertEquals(await inStatus(), ["zai/work"]);

    Object.assign(place.env, { ZAI_API_KEY: "zai-from-the-environment-1", ZAI_API_KEY_NAME: "old" });
    assertEquals(await inStatus(), ["zai/old", "zai/work"]);
    assertEquals((await listed(place)).map(({ hidden }) => hidden), [false, false]);
    const refused = await place.run("account hide zai/old");
    assertEquals(refused.code, 2);
    assert(refused.stderr.includes("account disable zai/old"), refused.stderr);
    delete place.env.ZAI_API_KEY;
    delete place.env.ZAI_API_KEY_NAME;
    assertEquals(await inStatus(), ["zai/work"]);

    assertEquals((await place.run("account hide work")).code, 0);
    const nothing = await place.run("status");
    assert(nothing.stdout.includes("Every account that was read is hidden"), nothing.stdout);
    const shown = await place.run("account show old");
    assertEquals([shown.code, shown.stdout], [0, "zai/old is shown again\n"]);
    assertEquals(await inStatus(), ["zai/old"]);
  }));

Deno.test("an account whose key is lost states the remedy, and works again with the key", () =>
  withCliHome(async (place) => {
    await place.run("account add zai --name work", ANSWERING);
    const path = join(place.folder, ".syntrack", "data", "syntrack.key");
    const key = await Deno.readFile(path);
    await Deno.remove(path);
    const lost = await place.run("collect --provider zai --json");
    assertEquals(lost.code, 1);
    assert(lost.stderr.includes("missing") && lost.stderr.includes("Restore"), lost.stderr);
    const [account] = await listed(place);
    assertEquals(account?.outcome?.kind, "missing");
    assert(account?.outcome?.hint?.includes("syntrack.key"), account?.outcome?.hint ?? "");
    const another = await place.run("account add zai", ANSWERING);
    assertEquals(another.code, 1);
    assert(another.stderr.includes("Restore"), another.stderr);
    await Deno.writeFile(path, key);
    assertEquals((await listed(place))[0]?.source, "ZAI_API_KEY, stored by syntrack");
  }));

Deno.test("key rotate changes the key, and stored accounts continue", () =>
  withCliHome(async (place) => {
    await place.run("account add zai --name one", ANSWERING);
    await place.run("account add zai --name two", ANSWERING);
    const path = join(place.folder, ".syntrack", "data", "syntrack.key");
    const before = await Deno.readFile(path);
    assertEquals(await place.json("key rotate --json"), { schemaVersion: 1, rotated: 2 });
    assert((await Deno.readFile(path)).toHex() !== before.toHex(), "The key is the old one");
    const accounts = await listed(place);
    assertEquals(accounts.map(({ source }) => source), accounts.map(() => "ZAI_API_KEY, stored by syntrack"));
    await Deno.writeFile(path, before);
    assertEquals((await listed(place)).map(({ source }) => source), ["", ""]);
    // A value that cannot be decrypted is not lost by changing the key.
    assertEquals((await place.run("key rotate")).code, 1);
    assertEquals(
      [...Deno.readDirSync(join(place.folder, ".syntrack", "data"))].filter(({ name }) =>
        name.endsWith(".new")
      ),
      [],
    );
  }));

Deno.test("a backup of the database does not contain the key", () =>
  withCliHome(async (place) => {
    await place.run("account add zai --name work", ANSWERING);
    const copy = join(place.folder, "copy.db");
    assertEquals((await place.run(`db backup ${copy}`)).code, 0);
    const { accounts } = await place.json(`account list --json --db ${copy}`) as {
      accounts: readonly Listed[];
    };
    assertEquals(accounts.map(({ key, source }) => [key, source]), [["zai/work", ""]]);
  }));

Deno.test("account refresh turns on renewal of a login in its tool's file, for accounts that support it", () =>
  withCliHome(async (place) => {
    const folder = join(place.folder, ".claude");
    await Deno.mkdir(folder);
    const login = {
      claudeAiOauth: {
        accessToken: "sk-ant-oat01-x",
        refreshToken: "sk-ant-ort01-x",
        expiresAt: 1,
        scopes: [],
      },
    };
    await Deno.writeTextFile(join(folder, ".credentials.json"), JSON.stringify(login));
    place.env.ZAI_API_KEY = "zai-from-the-environment-1";
    const readRefresh = async () => {
      const { accounts } = await place.json("account list --json --provider anthropic") as {
        readonly accounts: readonly { readonly renewable: boolean; readonly refresh: unknown }[];
      };
      return accounts.map(({ renewable, refresh }) => [renewable, refresh]);
    };
    assertEquals(await readRefresh(), [[true, null]]);
    const words: readonly (readonly [word: string, refresh: unknown])[] = [
      ["expired", ["expired"]],
      ["limited,expired", ["expired", "limited"]],
      ["off", []],
      ["default", null],
    ];
    for (const [word, refresh] of words) {
      assertEquals((await place.run(`account refresh anthropic/default ${word}`)).code, 0, word);
      assertEquals(await readRefresh(), [[true, refresh]]);
    }
    for (const args of ["anthropic/default", "anthropic/default always", "zai/default expired"]) {
      assertEquals((await place.run(`account refresh ${args}`)).code, 2, args);
    }
  }));

Deno.test("a folder of a vendor's tool is an account like a key, and the permissions follow", () =>
  withCliHome(async (place) => {
    const permissions = async () => await place.json("doctor --permissions --json") as readonly string[];
    const login = (of: string) =>
      JSON.stringify({ tokens: { access_token: jwtOf({ exp: 4e9 }), account_id: of } });
    const folder = join(place.folder, "codex-work");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "auth.json"), login("work"));
    const before = await permissions();
    assert(!before.join(" ").includes(folder), before.join(" "));
    assertEquals((await place.run(`account add codex --name work --set CODEX_HOME=${folder}`)).code, 0);
    const [account] = await listed(place);
    assertEquals([account?.key, account?.settings], ["codex/work", ["CODEX_HOME"]]);
    assert(account?.source?.includes("CODEX_HOME"), account?.source ?? "not found");

    const after = await permissions();
    const flag = (flags: readonly string[], name: string) =>
      flags.find((one) => one.startsWith(`--allow-${name}`)) ?? "";
    assert(flag(after, "read").includes(join(folder, "auth.json")), flag(after, "read"));
    assert(!flag(after, "write").includes(folder), flag(after, "write"));

    assertEquals((await place.run("account refresh codex/work expired")).code, 0);
    const renewing = await permissions();
    assert(flag(renewing, "write").split(/[=,]/).includes(folder), flag(renewing, "write"));
    if (Deno.build.os !== "windows") {
      assert(flag(renewing, "run").split(/[=,]/).includes("ps"), flag(renewing, "run"));
    }
  }));

Deno.test("two logins of one tool that alternate in its file have separate histories", () =>
  withCliHome(async (place) => {
    const figures: Readonly<Record<string, number>> = { ann: 12, bob: 80 };
    await using vendor = startVendor((_, request) => {
      const person = request.headers.get("chatgpt-account-id") ?? "";
      const window = {
        used_percent: figures[person],
        limit_window_seconds: 18_000,
        reset_at: NOW / 1000 + 7200,
      };
      return Response.json({ account_id: person, plan_type: "plus", rate_limit: { primary_window: window } });
    });
    place.env.SYNTRACK_CODEX_BASE_URL = vendor.origin;
    await Deno.mkdir(join(place.folder, ".codex"));
    const signIn = (person: string) =>
      Deno.writeTextFile(
        join(place.folder, ".codex", "auth.json"),
        JSON.stringify({ tokens: { access_token: jwtOf({ exp: 4e9, for: person }), account_id: person } }),
      );
    let at = NOW;
    const collect = async () => {
      at += 120_000;
      const clock = createFixedClock(at);
      const ran = await place.run("collect --provider codex --json", { clock });
      const { accounts } = JSON.parse(ran.stdout) as {
        readonly accounts: readonly {
          readonly account: string;
          readonly quotas: readonly { readonly used: number }[];
        }[];
      };
      return accounts.map(({ account, quotas }) => [account, quotas[0]?.used]);
    };
    await signIn("ann");
    assertEquals(await collect(), [["default", 12]]);
    await signIn("bob");
    const [[apart] = []] = await collect();
    assert(/^default-[0-9a-f]{4}$/.test(String(apart)), String(apart));
    await signIn("ann");
    assertEquals(await collect(), [["default", 12]]);
    await using store = await openSqliteStore(place.dbPath);
    const used = async (name: unknown) =>
      (await store.readings({ quota: `codex/${name}/five-hour` })).map((one) => one.used);
    assertEquals([await used("default"), await used(apart)], [[12, 12], [80]]);
  }));
