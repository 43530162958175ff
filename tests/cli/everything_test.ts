/** A whole database moves from one engine to the other and back, unchanged. */
import { join } from "node:path";
import { openStage } from "../../lib/app/open_store.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import type { DocKind, Store } from "../../lib/store/store.ts";
import { DOC_KINDS, encodeFullExport } from "../../lib/transfer/full_export.ts";
import { readFullExport, storeFullExport } from "../../lib/transfer/full_import.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { BALANCE, HOUR_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { KILLED, sharedKv } from "../store/kv_support.ts";
import { commitAll, createFailure, createSuccess, minutes, pollsOf, START } from "../store/polls.ts";
import { ORACLE_DAY, withCliHome } from "./support.ts";

/** An example of everything a store can contain. */
async function fill(store: Store): Promise<void> {
  await store.commitAll(minutes(Array.from({ length: 3_000 }, (_, i) => i % 400 + i / 7)));
  await commitAll(
    store,
    pollsOf(
      [
        { at: START, plan: "pro", readings: [reading({ used: 10, source: "statusline", currency: "EUR" })] },
        {
          at: START + HOUR_MS,
          plan: "plus",
          readings: [reading({ used: 70, allowed: false, startedAt: START })],
        },
        { at: START + 2 * HOUR_MS, readings: [reading({ quota: "credits", unit: "usd", window: BALANCE })] },
      ],
      "acme/terms",
    ),
  );
  await store.note(
    createFailure(START + 5_000 * MINUTE_MS, { answer: "secret", hint: "Try again", retryAt: START }),
  );
  await store.note(
    createFailure(START, { account: "other/never-ok", kind: "auth", reason: "expired", nextAt: null }),
  );
  for (const kind of DOC_KINDS) {
    await store.docs.put(kind, `one of ${kind}`, { kind, deep: [null, 1.5, { é: "\u{1F4A9}" }] }, START);
    await store.docs.put(kind, `ends ${kind}`, { a: 1 }, START, { expiresAt: START + HOUR_MS });
  }
  for (let i = 0; i < 700; i++) {
    await store.audit.append({
      at: START + i,
      by: i % 2 === 0 ? null : "person:ada",
      name: i % 3 === 0 ? "ada" : "local owner",
      action: "exported",
      target: "zai/work",
      credential: null,
      outcome: "done",
      address: null,
      detail: { rows: i },
    });
  }
  assertEquals(await store.audit.prune(START + 50), 50);
}

async function textOf(store: Store): Promise<string> {
  const lines = await Array.fromAsync(encodeFullExport(store));
  return lines.map((line) => `${line}\n`).join("");
}

/** @returns what was read of it */
async function move(text: string, to: Store, folder: string) {
  const { store: staged, writer } = await openStage(join(folder, `stage-${crypto.randomUUID()}.db`));
  await using _closed = staged;
  const bytes = new Blob([text]).stream();
  const whole = await readFullExport("all.ndjson", bytes, writer, new AbortController().signal);
  await storeFullExport(to, staged, whole, START);
  return whole;
}

Deno.test("everything moves from SQLite to a key-value database and back, byte for byte", () =>
  withCliHome(async ({ folder }) => {
    await using first = await openSqliteStore(":memory:");
    await fill(first);
    const text = await textOf(first);
    await using kv = await openKvStore("kv::memory:");
    const whole = await move(text, kv, folder);
    assertEquals([whole.readings, whole.docs.length, whole.audit.length], [3_003, 2 * DOC_KINDS.length, 650]);
    assertEquals(await textOf(kv) === text, true, "The key-value database gives the same bytes");
    await using back = await openSqliteStore(":memory:");
    await move(await textOf(kv), back, folder);
    assertEquals(await textOf(back) === text, true, "And so does SQLite again");
    for (const store of [kv, back]) {
      assertEquals(await store.check(), []);
      const verdict = await store.audit.verify();
      assert(verdict.state === "whole" && verdict.rows === 650);
      assertEquals(await store.audit.words(), await first.audit.words());
      const [next] = pollsOf(
        [{ at: START + 9_000 * MINUTE_MS, readings: [reading({ used: 1 })] }],
        "acme/work",
        await store.recall("acme/work"),
      );
      assertEquals(
        await store.commit({ ...next!, base: await first.recall("acme/work") }),
        true,
        "It goes on",
      );
    }
    assert(!text.includes("secret"), "What a vendor answered stays");
  }));

Deno.test("everything from a grown key-value database is the same in SQLite", () =>
  withCliHome(async ({ folder }) => {
    await using kv = await openKvStore("kv::memory:");
    await fill(kv);
    await using sqlite = await openSqliteStore(":memory:");
    await fill(sqlite);
    const text = await textOf(kv);
    assertEquals(text === await textOf(sqlite), true, "Both engines write the same of the same");
    await using other = await openSqliteStore(":memory:");
    await move(text, other, folder);
    assertEquals(await textOf(other) === text, true);
  }));

Deno.test("an import of everything continues after a killed process, and never into a database with other data", () =>
  withCliHome(async ({ folder }) => {
    await using first = await openSqliteStore(":memory:");
    await commitAll(first, minutes([1, 2, 3]));
    for (const kind of DOC_KINDS) await first.docs.put(kind as DocKind, "a", { kind }, START);
    await first.note(createSuccess(START + HOUR_MS));
    const text = await textOf(first);
    for (let commits = 0;; commits++) {
      using shared = await sharedKv();
      const reason = await move(text, shared.store(commits), folder).then(
        () => null,
        (error: Error) => error,
      );
      if (reason === null) {
        assert(commits > 10);
        break;
      }
      assertEquals(reason.message, KILLED);
      const store = shared.store();
      if (commits > 0) {
        const other = text.replace('"kind":"keys"', '"kind": "keys"');
        const error = await assertRejects(() => move(other, store, folder)) as Error;
        assertMatch(error.message, /already contains data/);
      }
      await move(text, store, folder);
      assertEquals(await textOf(store) === text, true);
    }
  }));

Deno.test("an export of everything ends with a sentence if an account is polled while its rows are read", async () => {
  await using store = await openSqliteStore(":memory:");
  await commitAll(store, minutes([1, 2, 3]));
  const [next] = pollsOf([{ at: START + HOUR_MS, readings: [reading({ used: 9 })] }]);
  for (const change of [() => store.commit(next!), () => store.note(createFailure(START + 2 * HOUR_MS))]) {
    const error = await assertRejects(async () => {
      for await (const line of encodeFullExport(store)) if (line.includes('"what":"account"')) await change();
    }) as Error;
    assertMatch(error.message, /The history of "acme\/work" changed during the export/);
  }
  assertMatch((await Array.fromAsync(encodeFullExport(store))).at(-1)!, /"what":"end"/);
});

/** A store whose import mark stays, as when its process is killed at the end. */
async function importKilledAtTheEnd(text: string, folder: string, store: Store): Promise<void> {
  const docs = new Proxy(store.docs, {
    get: (target, name) => {
      if (name === "delete") return () => Promise.reject(new Error(KILLED));
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const killed = new Proxy(store, {
    get: (target, name) => {
      if (name === "docs") return docs;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  assertEquals(((await assertRejects(() => move(text, killed, folder))) as Error).message, KILLED);
}

Deno.test("a continued import of everything keeps polls and audit entries made since, and says so", () =>
  withCliHome(async ({ folder }) => {
    await using first = await openSqliteStore(":memory:");
    await commitAll(first, [...minutes([1, 2, 3]), ...minutes([4, 5], "acme/beside")]);
    const entry = {
      at: START,
      by: null,
      name: "ada",
      action: "exported",
      target: null,
      credential: null,
      outcome: "done",
      address: null,
      detail: {},
    } as const;
    await first.audit.append(entry);
    const text = await textOf(first);
    for (const open of [() => openSqliteStore(":memory:"), () => openKvStore("kv::memory:")]) {
      await using store = await open();
      await importKilledAtTheEnd(text, folder, store);
      await store.audit.append({ ...entry, action: "did" });
      await store.note(createFailure(START + HOUR_MS));
      const base = await store.recall("acme/work");
      const [next] = pollsOf([{ at: START + HOUR_MS, readings: [reading({ used: 9 })] }], "acme/work", base);
      await move(text, store, folder);
      assertEquals((await store.audit.ends()).last.id, 2, "The newer row stays");
      assertEquals((await store.outcomes({ account: "acme/work", limit: 1 }))[0]?.kind, "unavailable");

      await using late = await open();
      await importKilledAtTheEnd(text, folder, late);
      await late.audit.prune(START + HOUR_MS);
      await move(text, late, folder);
      assertEquals((await late.audit.ends()).first.id, 1, "What was removed since is not restored again");

      await using again = await open();
      await importKilledAtTheEnd(text, folder, again);
      assertEquals(await again.commit({ ...next!, base }), true);
      const error = await assertRejects(() => move(text, again, folder)) as Error & { hint: string };
      assertMatch(error.message, /by a poll of "acme\/work", which was kept/);
      assertMatch(error.hint, /name one with --db/);
      assertEquals((await again.recall("acme/work")).at, START + HOUR_MS, "The poll stays");
    }
  }));

Deno.test("an import of everything into a database with another record since then says what to do", () =>
  withCliHome(async ({ folder }) => {
    await using first = await openSqliteStore(":memory:");
    const entry = {
      at: START,
      by: null,
      name: "ada",
      action: "exported",
      target: null,
      credential: null,
      outcome: "done",
      address: null,
      detail: {},
    } as const;
    for (let i = 0; i < 3; i++) await first.audit.append(entry);
    const text = await textOf(first);
    using shared = await sharedKv();
    // Killed after its mark, before the record.
    const killed = await assertRejects(() => move(text, shared.store(1), folder)) as Error;
    assertEquals(killed.message, KILLED);
    const store = shared.store();
    await store.audit.append({ ...entry, name: "eve" });
    const error = await assertRejects(() => move(text, store, folder)) as Error & { hint: string };
    assertMatch(error.message, /already has other rows/);
    assertMatch(error.hint, /into an empty database/);
  }));

Deno.test("syntrack export and import move everything, and list what the file contains", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const exported = await place.run("export --what everything -o all.ndjson");
    assertEquals(exported.code, 0, exported.stderr);
    assertStringIncludes(exported.stderr, "keep it as private as the database");
    const name = `kv:${join(place.folder, "copy.kv")}`;
    const tried = await place.run(`import all.ndjson --dry-run --db ${name}`);
    assertStringIncludes(tried.stdout, `Would import everything: ${ORACLE_DAY.length} readings of 1 account`);
    const { code, stdout, stderr } = await place.run(`import all.ndjson --db ${name}`);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `Imported everything: ${ORACLE_DAY.length} readings of 1 account`);
    for (
      const command of ["status --json", "cycles --json", "query history --account work", "stats --json"]
    ) {
      assertEquals((await place.run(`${command} --db ${name}`)).stdout, (await place.run(command)).stdout);
    }
    const again = await place.run(`import all.ndjson --db ${name}`);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "a full import needs an empty database");
    const back = await place.run(`export --what everything --db ${name}`);
    const back2 = join(place.folder, "back.db");
    assertEquals((await place.run(`import - --db ${back2}`, { stdin: back.stdout })).code, 0);
    assertEquals(
      (await place.run(`status --json --db ${back2}`)).stdout,
      (await place.run("status --json")).stdout,
    );
  }));

Deno.test("a truncated or modified export of everything is refused with its line, and nothing is stored", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const { stdout: text } = await place.run("export --what everything");
    const lines = text.split("\n");
    const to = join(place.folder, "new.db");
    const changed = (from: string | RegExp, into: string) =>
      lines.map((line) => line.replace(from, into)).join("\n");
    for (
      const [broken, reason] of [
        [lines.slice(0, -2).join("\n"), /the file is truncated/],
        [lines.slice(0, 2).join("\n"), /the file is truncated/],
        [lines.toSpliced(3, 1).join("\n"), /line \d+ is invalid: \d+ of \d+ lines/],
        [
          changed('"layout":1', '"layout":2'),
          /line 1 is invalid: layout 2; this program reads layout 1/,
        ],
        [changed(/"used":\d+,/, '"used":"much",'), /line \d+ is invalid/],
        [changed('"what":"cycle"', '"what":"wheel"'), /unknown type "wheel"/],
        [changed('"what":"quota"', '"what":"quota",'), /line \d+ is invalid/],
        [`${text}{"what":"doc"}\n`, /it comes after the end/],
      ] as const
    ) {
      const { code, stderr } = await place.run(`import - --db ${to}`, { stdin: broken });
      assertEquals(code, 1, String(reason));
      assertMatch(stderr, reason);
      assertEquals((await place.run(`db size --db ${to}`)).code, 1, "There is no such database still");
    }
    for (const flags of ["--account work", "-f csv", "--json", "-d 3"]) {
      const { code, stderr } = await place.run(`export --what everything ${flags}`);
      assertEquals(code, 2, stderr);
    }
  }));
