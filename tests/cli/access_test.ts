/** The commands for access: people, keys and tokens. */
import { join } from "node:path";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { withCliHome } from "./support.ts";

const PASSWORD = "correct horse battery";

Deno.test("`token generate` prints a token, and --save appends it to a private file", async () => {
  await withCliHome(async (place) => {
    const first = await place.run("token generate");
    assertEquals(first.code, 0);
    assertMatch(first.stdout, /^syntrack_token_[0-9a-f]{64}\n$/);
    const saved = await place.run("token generate --save");
    const file = join(place.folder, ".syntrack", "tokens");
    assertStringIncludes(saved.stderr, file);
    assertEquals(await Deno.readTextFile(file), saved.stdout);
    // Edited by hand, with the last line left unterminated.
    await Deno.writeTextFile(file, "# mine\nsyntrack_token_by_hand");
    const third = await place.run("token generate -s");
    assertEquals(await Deno.readTextFile(file), `# mine\nsyntrack_token_by_hand\n${third.stdout}`);
    if (Deno.build.os !== "windows") assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    const json = JSON.parse((await place.run("token generate --json")).stdout);
    assertEquals([typeof json.token, json.saved], ["string", null]);
  });
});

Deno.test("`user` adds, lists, changes, resets and removes people, and never takes a password as an argument", async () => {
  await withCliHome(async (place) => {
    const stdin = `${PASSWORD}\n`;
    assertMatch((await place.run("user list")).stdout, /^No one can sign in yet/);
    assertEquals((await place.run("user add ada --role admin --stdin", { stdin })).code, 0);
    assertEquals(
      (await place.run("user add eve --only zai/work --only zai/home --stdin", { stdin })).code,
      0,
    );
    const { people } = JSON.parse((await place.run("user list --json")).stdout);
    assertEquals(
      people.map((
        one: { name: string; role: string; accounts: unknown },
      ) => [one.name, one.role, one.accounts]),
      [
        ["ada", "admin", null],
        ["eve", "viewer", ["zai/home", "zai/work"]],
      ],
    );
    const taken = await place.run("user add ADA --stdin", { stdin });
    assertEquals([taken.code, /already someone named/.test(taken.stderr)], [1, true]);
    const short = await place.run("user add bob --stdin", { stdin: "short\n" });
    assertEquals([short.code, /at least 8 characters/.test(short.stderr)], [1, true]);
    const nobody = await place.run("user add bob");
    assertEquals([nobody.code, /--stdin/.test(nobody.stderr)], [2, true]);
    const last = await place.run("user remove ada");
    assertEquals([last.code, /only admin/.test(last.stderr)], [1, true]);
    assertEquals((await place.run("user role eve admin")).stdout, "eve is admin now\n");
    const wrong = await place.run("user role eve boss");
    assertEquals([wrong.code, /viewer, operator, admin/.test(wrong.stderr)], [2, true]);
    assertEquals((await place.run("user reset eve --stdin", { stdin: "another one here\n" })).code, 0);
    assertEquals((await place.run("user remove ada")).code, 0);
    const all = await place.run("user list");
    assert(!all.stdout.includes("ada") && !all.stdout.includes("another"));
    assertEquals((await place.run("user remove nobody-here")).code, 1);
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(place.dbPath));
    assert(!bytes.includes(PASSWORD) && !bytes.includes("another one here"), "a password is in the database");
  });
});

Deno.test("`user list` shows how everyone signs in, and a reset removes passkeys and sets a password again", async () => {
  await withCliHome(async (place) => {
    for (const name of ["ada", "eve"]) {
      assertEquals((await place.run(`user add ${name} --role admin --stdin`, { stdin: PASSWORD })).code, 0);
    }
    const now = Date.now();
    {
      // As a server stores them.
      await using store = await openSqliteStore(place.dbPath, { create: false });
      const ada = await store.docs.get<{ uid: string }>("users", "ada", now);
      const by = { person: "ada", uid: ada!.uid };
      for (const id of ["one", "two"]) {
        await store.docs.put("passkeys", id, { by, name: id, createdAt: now }, now);
      }
      await store.docs.put("passkeys", "of-nobody", { by: { person: "ada", uid: "another" } }, now);
      await store.docs.put("users", "ada", { ...ada, hash: null }, now);
    }
    const { stdout } = await place.run("user list");
    assertMatch(stdout, /SIGNS IN BY/);
    assertMatch(stdout, /ada .*everything +2 passkeys\n/);
    assertMatch(stdout, /eve .*everything +password\n/);
    const ways = async () => {
      const { people } = JSON.parse((await place.run("user list --json")).stdout);
      return people.map(({ password, passkeys }: Record<string, unknown>) => [password, passkeys]);
    };
    assertEquals(await ways(), [[false, 2], [true, 0]]);
    const reset = await place.run("user reset ada --stdin", { stdin: "another one here\n" });
    assertMatch(reset.stdout, /a new password, and all sign-ins and passkeys have ended/);
    assertEquals(await ways(), [[true, 0], [true, 0]]);
    for (const [flag, rows] of [["", 0], [" --with-access", 1]] as const) {
      const path = join(place.folder, `passkeys${rows}.db`);
      assertEquals((await place.run(`db backup ${path}${flag}`)).code, 0);
      await using copy = await openSqliteStore(path, { create: false });
      assertEquals((await copy.docs.list("passkeys", now)).length, rows);
    }
  });
});

Deno.test("`key` creates, lists and revokes API keys; stored data gives no access", async () => {
  await withCliHome(async (place) => {
    const made = await place.run("key create grafana --scope metrics --scope read --expires 30");
    assertMatch(made.stdout, /^syntrack_key_[0-9a-f]{64}\n$/);
    assertStringIncludes(made.stderr, "only once");
    const secret = made.stdout.trim();
    const { keys } = JSON.parse((await place.run("key list --json")).stdout);
    assertEquals([keys.length, keys[0].name, keys[0].scopes, keys[0].expiresAt], [
      1,
      "grafana",
      ["read", "metrics"],
      "2026-12-21T13:00:00.000Z",
    ]);
    assertStringIncludes((await place.run("key list")).stdout, secret.slice(0, 19));
    // Half a day further east, the same time is on the next day.
    for (const [zone, day] of [["UTC", "2026-12-21"], ["Pacific/Kiritimati", "2026-12-22"]] as const) {
      const listed = await place.run("key list", { env: { SYNTRACK_TIMEZONE: zone } });
      assertMatch(listed.stdout, new RegExp(` ${day} +never`));
    }
    assert(!(await place.run("key list")).stdout.includes(secret));
    for (
      const [command, words] of [
        ["key create x --scope everything", /read, metrics, poll, write, push/],
        ["key create grafana", /already/],
        ["key revoke nothing", /no key/],
      ] as const
    ) {
      const { code, stderr } = await place.run(command);
      assertEquals([code, words.test(stderr)], [1, true], `${command}: ${stderr}`);
    }
    assertEquals((await place.run("key revoke grafana")).code, 0);
    assertEquals(JSON.parse((await place.run("key list --json")).stdout).keys, []);
    await using store = await openSqliteStore(place.dbPath, { create: false });
    assertEquals(await store.docs.list("keys", Date.now()), []);
  });
});

Deno.test("a backup contains no person, sign-in or key unless requested", async () => {
  await withCliHome(async (place) => {
    assertEquals((await place.run("user add ada --role admin --stdin", { stdin: `${PASSWORD}\n` })).code, 0);
    assertEquals((await place.run("key create grafana")).code, 0);
    for (const [flag, rows] of [["", 0], [" --with-access", 1]] as const) {
      const path = join(place.folder, `copy${rows}.db`);
      const { code, stderr } = await place.run(`db backup ${path}${flag}`);
      assertEquals(code, 0, stderr);
      await using copy = await openSqliteStore(path, { create: false });
      const now = Date.now();
      assertEquals(
        [(await copy.docs.list("users", now)).length, (await copy.docs.list("keys", now)).length],
        [rows, rows],
      );
      const bytes = new TextDecoder("latin1").decode(await Deno.readFile(path));
      assertEquals(bytes.includes("grafana"), rows > 0);
    }
  });
});
