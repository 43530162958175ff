/** Every command that changes or exports data is in the audit record; reading leaves the database unchanged. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RECORDED } from "../../lib/cli/recorded.ts";
import { type CommandName, COMMANDS } from "../../lib/cli/table.ts";
import type { CommandRow } from "../../lib/cli/table_rows.ts";
import { startReceiver } from "../alerts/support.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, type Terminal, withCliHome } from "./support.ts";
import { writeScript } from "../support/script.ts";

const SECRET = "planted-secret-of-a-test";
const PASSWORD = "correct horse battery";

/** The arguments, after what must exist first. */
interface Scenario {
  readonly before?: readonly string[];
  readonly run: string;
  readonly terminal?: Terminal;
  /** As the row shows it; null for none. */
  readonly target: string | null;
  readonly needs?: typeof Deno.build.os;
}

const STDIN: Terminal = { stdin: `${SECRET}\n` };
const ADD = "account add zai --name work --stdin";
const PHONE = "channels add phone ntfy --stdin";

/** By command and action: one run of everything that is recorded. */
const CHANGING: Readonly<Record<string, Scenario>> = {
  "account add": { run: ADD, terminal: STDIN, target: "zai/work" },
  "account rename": { before: [ADD], run: "account rename zai/work home", target: "zai/home" },
  "account enable": { before: [ADD], run: "account enable zai/work", target: "zai/work" },
  "account disable": { before: [ADD], run: "account disable zai/work", target: "zai/work" },
  "account hide": { run: "account hide acme/work", target: "acme/work" },
  "account show": { before: [ADD], run: "account show zai/work", target: "zai/work" },
  "account refresh": { before: [ADD], run: "account refresh zai/work off", target: "zai/work" },
  "account remove": { before: [ADD], run: "account remove zai/work --purge --yes", target: "zai/work" },
  "alerts snooze": { run: "alerts snooze all --for 2h", target: "all" },
  "alerts unsnooze": { before: ["alerts snooze all"], run: "alerts unsnooze", target: "all" },
  "alerts budget": { run: "alerts budget acme/work 50", target: "acme/work" },
  "alerts test": {
    before: ["channels add hook webhook --stdin"],
    run: "alerts test hook",
    target: "hook",
  },
  "channels add": { run: PHONE, terminal: STDIN, target: "phone" },
  "channels change": { before: [PHONE], run: "channels change phone --least warning", target: "phone" },
  "channels remove": { before: [PHONE], run: "channels remove phone", target: "phone" },
  "channels test": {
    before: ["channels add hook webhook --stdin"],
    run: "channels test hook",
    target: "hook",
  },
  "collect": { run: "collect --force", target: null },
  "config init": { run: "config init", target: "config.toml" },
  "db backup": { run: "db backup copy.db", target: "copy.db" },
  "db restore": { before: ["db backup copy.db"], run: "db restore copy.db", target: "copy.db" },
  "db prune": { run: "db prune", target: null },
  "db vacuum": { run: "db vacuum", target: null },
  "export": { run: "export --output all.csv", target: "readings" },
  "feeds add": { run: "feeds add wall", target: "wall" },
  "feeds revoke": { before: ["feeds add wall"], run: "feeds revoke wall", target: "wall" },
  "import": { run: "import rows.csv", target: "rows.csv" },
  "key create": { run: "key create wall", target: "wall" },
  "key revoke": { before: ["key create wall"], run: "key revoke wall", target: "wall" },
  "key rotate": { before: [ADD], run: "key rotate", target: null },
  "notes add": { run: "notes add moved", target: null },
  "notes change": { before: ["notes add moved"], run: "notes change {note} --text again", target: null },
  "notes remove": { before: ["notes add moved"], run: "notes remove {note}", target: null },
  "service install": { run: "service install", target: null, needs: "linux" },
  "service uninstall": { run: "service uninstall", target: null, needs: "linux" },
  "setup": {
    run: "setup",
    terminal: { isTty: true, answers: ["", "zai", SECRET, "", "", "", "y", "n"] },
    target: "config.toml",
  },
  "statusline install": { run: "statusline install --yes", target: null },
  "statusline uninstall": {
    before: ["statusline install --yes"],
    run: "statusline uninstall --yes",
    target: null,
  },
  "token generate": { run: "token generate --save", target: null },
  "user add": { run: "user add ada --role admin --stdin", terminal: { stdin: PASSWORD }, target: "ada" },
  "user remove": { before: ["user add ada --stdin"], run: "user remove ada", target: "ada" },
  "user role": { before: ["user add ada --stdin"], run: "user role ada operator", target: "ada" },
  "user reset": {
    before: ["user add ada --stdin"],
    run: "user reset ada --stdin",
    terminal: { stdin: `${PASSWORD} again` },
    target: "ada",
  },
};

/** Arguments of read-only commands whose name alone is not enough. */
const READING: Readonly<Record<string, string>> = {
  "completion": "completion bash",
  "query": "query current",
  "watch": "watch --once",
  "open": "open --print",
};
/** They serve until stopped, need a server, or are run by timers; none of it is a person's action. */
const LEFT: ReadonlySet<string> = new Set([
  "demo",
  "serve",
  "start",
  "stop",
  "restart",
  "logs",
  "alerts send",
]);

/** Every command, and each action of it. */
type Name = readonly [name: string, words: string | null];

function names(): readonly Name[] {
  return (COMMANDS as readonly (CommandRow & { readonly name: CommandName })[]).flatMap(
    ({ name }): Name[] => {
      const words = RECORDED[name];
      return typeof words !== "object" || words === null
        ? [[name, words]]
        : Object.entries(words).map(([action, one]) => [`${name} ${action}`, one]);
    },
  );
}

function rowsOf(place: CliHome): readonly Record<string, unknown>[] {
  using db = new DatabaseSync(place.dbPath, { readOnly: true });
  return db.prepare("SELECT entry FROM audit ORDER BY id").all().map(({ entry }) =>
    JSON.parse(entry as string)
  );
}

/** The id of the existing note, which is unknown before. */
function noteOf(place: CliHome): string {
  using db = new DatabaseSync(place.dbPath, { readOnly: true });
  return String(db.prepare("SELECT id FROM notes").get()!.id);
}

/** All stored data, as text. */
function contentOf(place: CliHome): string {
  using db = new DatabaseSync(place.dbPath, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return JSON.stringify(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
}

async function fakeSystemd(place: CliHome): Promise<void> {
  const folder = join(place.folder, "bin");
  await Deno.mkdir(folder);
  await writeScript(join(folder, "systemctl"), "#!/bin/sh\necho active\n");
  place.env.PATH = `${folder}:/usr/bin:/bin`;
}

Deno.test("every action has words for the audit record", () => {
  for (const { name, operands } of COMMANDS as readonly (CommandRow & { readonly name: CommandName })[]) {
    const words = RECORDED[name];
    if (typeof words !== "object" || words === null) continue;
    assertEquals(Object.keys(words).sort(), [...operands?.[0]?.choices ?? []].sort(), name);
  }
});

for (const [name, words] of names().filter(([, words]) => words !== null)) {
  const scenario = CHANGING[name];
  Deno.test({
    name: `\`${name}\` is recorded: ${words}`,
    ignore: scenario?.needs !== undefined && scenario.needs !== Deno.build.os,
    fn: () =>
      withCliHome(async (place) => {
        assert(scenario, `Say in this test how "${name}" is run, so that it is seen to be written down`);
        await using vendor = startVendor(() => Response.json({ subscription: { limit: 100, requests: 1 } }));
        await using hook = startReceiver();
        place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
        place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
        await fakeSystemd(place);
        await place.fill([["2026-11-21 12:00", 1]]);
        const row = (await place.run("export")).stdout.replaceAll("2026-11-21T12:00", "2026-11-21T12:30");
        await Deno.writeTextFile(join(place.folder, "rows.csv"), row);
        for (const line of scenario.before ?? []) {
          const stdin = line.includes("webhook")
            ? hook.url
            : line.includes("user")
            ? PASSWORD
            : `${SECRET}\n`;
          const { code, stderr } = await place.run(line, { stdin });
          assertEquals(code, 0, `${line}: ${stderr}`);
        }
        const before = rowsOf(place).length;
        // A dialogue is only for people.
        const typed = scenario.run.replace("{note}", () => noteOf(place));
        const run = name === "setup" ? typed : `${typed} --json`;
        const { code, stdout, stderr } = await place.run(run, scenario.terminal ?? STDIN);
        assertEquals(code, 0, stderr);
        if (name !== "setup" && name !== "export") assertEquals(JSON.parse(stdout).schemaVersion, 1, stdout);
        const rows = rowsOf(place);
        // A restored database has the record of its own time.
        assertEquals(rows.length, name === "db restore" ? 1 : before + 1, stderr);
        const { by, name: who, action, target, credential, outcome, address } = rows.at(-1)!;
        assertEquals([by, who, credential, outcome, address], [
          "local",
          "local owner",
          "local",
          "done",
          null,
        ]);
        assertEquals([action, target], [words, scenario.target]);
        const text = JSON.stringify(rows);
        assert(!text.includes(SECRET) && !text.includes(PASSWORD) && !text.includes(place.folder), text);
      }),
  });
}

Deno.test("read-only commands change no stored data, so nothing is recorded", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 1]]);
    const reading = names().filter(([name, words]) => words === null && !LEFT.has(name));
    assert(reading.length > 20);
    for (const [name] of reading) {
      const before = contentOf(place);
      await place.run(READING[name] ?? name);
      assertEquals(contentOf(place), before, name);
    }
  }));

Deno.test("commands without effect are not recorded: dry runs, tokens only shown, timers, failures", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 1]]);
    await Deno.writeTextFile(join(place.folder, "rows.csv"), (await place.run("export")).stdout);
    const before = rowsOf(place).length;
    for (
      const line of [
        "import rows.csv",
        "import rows.csv --dry-run",
        "token generate",
        "alerts unsnooze",
        "alerts budget",
        "service install --print",
        "user remove nobody",
        "account rename acme/nothing else",
        "collect",
      ]
    ) await place.run(line);
    assertEquals(rowsOf(place).slice(before), []);
  }));

Deno.test("a failure to write the record is reported, and the command has done its work", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 1]]);
    {
      using db = new DatabaseSync(place.dbPath);
      db.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END");
    }
    const { code, stdout, stderr } = await place.run("export");
    assertEquals(code, 0);
    assert(stdout.includes("acme"), stdout);
    assert(/warning: this could not be written to the audit record/.test(stderr), stderr);
  }));

Deno.test("no database is created for the record", () =>
  withCliHome(async (place) => {
    assertEquals((await place.run("token generate --save")).code, 0);
    assertEquals(await Deno.stat(place.dbPath).then(() => true, () => false), false);
  }));
