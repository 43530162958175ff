/** The key-value store on a server: with a stand-in, and with a real `denokv` if one is installed. */
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { isDenokvInstalled, startDenokv } from "../support/denokv.ts";
import { startKvConnect } from "../support/kv_connect.ts";
import { KV_TOKEN_VARIABLE, setKvToken } from "../support/kv_token.ts";
import { ACCOUNT, DAY_MS } from "../support/readings.ts";
import { randomText } from "./kv_support.ts";
import { commitAll, minutes, QUOTA, readEverything, START } from "./polls.ts";

Deno.test("a database on a server stores what SQLite stores, within the limits of a server", async () => {
  await using server = startKvConnect();
  await using store = await openKvStore(server.name);
  await using sqlite = await openSqliteStore(":memory:");
  const polls = minutes(Array.from({ length: 60 }, (_, i) => i % 37)).map((poll) => ({
    ...poll,
    outcome: { ...poll.outcome, answer: randomText(15_000) },
  }));
  for (const each of [store, sqlite]) {
    await commitAll(each, polls.slice(0, 30));
    // More than one commit accepts.
    await each.commitAll(polls.slice(30));
    await each.docs.put("settings", "large", { text: "long ".repeat(40_000) }, START);
    await each.audit.append({
      at: START,
      by: null,
      name: "ada",
      action: "did",
      target: null,
      credential: null,
      outcome: "done",
      address: null,
      detail: {},
    });
  }
  assertEquals(await readEverything(store, [QUOTA]), await readEverything(sqlite, [QUOTA]));
  assertEquals(await store.docs.all("settings"), await sqlite.docs.all("settings"));
  assertEquals((await store.audit.verify()).state, "whole");
  assertEquals(await store.check(), []);
  await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + DAY_MS);
  assertEquals((await store.readings({ quota: QUOTA })).length, 1);
  assertEquals(await store.forget(ACCOUNT), true);
});

Deno.test("many accounts are adopted at once on a server, which accepts few checks per commit", async () => {
  await using server = startKvConnect();
  await using store = await openKvStore(server.name);
  await using other = await openSqliteStore(":memory:");
  const accounts = Array.from({ length: 25 }, (_, i) => `acme/${i + 10}` as const);
  await other.commitAll(accounts.flatMap((account) => minutes([1, 2], account)));
  const adopted = accounts.map((account) => ({ account, at: null, whole: true, corrections: [] }));
  assertEquals(await store.adopt(other, adopted), []);
  assertEquals((await store.latest()).map(({ account }) => account), accounts);
  assertEquals(
    await store.docs.change(
      accounts.map((id) => ({ kind: "accounts", id, doc: { id } })),
      START,
    ),
    true,
  );
  assertEquals((await store.docs.list("accounts", START)).length, 25);
});

Deno.test("two instances on one server lose no poll", async () => {
  await using server = startKvConnect();
  await using one = await openKvStore(server.name);
  await using other = await openKvStore(server.name);
  const polls = minutes([1, 2, 3, 4, 5, 6]);
  const results = await Promise.all(polls.flatMap((poll) => [one.commit(poll), other.commit(poll)]));
  assertEquals((await one.readings({ quota: QUOTA })).at(-1)?.used, 6);
  assert(results.some(Boolean));
  assertEquals(await readEverything(one, [QUOTA]), await readEverything(other, [QUOTA]));
});

Deno.test("a server that is briefly unavailable delays a poll and loses none", async () => {
  await using server = startKvConnect();
  await using store = await openKvStore(server.name);
  const [first, second] = minutes([1, 2]);
  await store.commit(first!);
  server.fail(2);
  assertEquals(await store.commit(second!), true);
  assertEquals((await store.readings({ quota: QUOTA })).length, 2);
});

Deno.test("a wrong token is refused with a sentence that names the variable and shows no token", async () => {
  await using server = startKvConnect("another-TESTONLY");
  const error = await assertRejects(() => openKvStore(server.name)) as Error & {
    readonly kind?: string;
    readonly hint?: string;
  };
  assertEquals(error.kind, "unwritable");
  assert(error.message.includes("refuses the access token"), error.message);
  assert(error.hint?.includes(KV_TOKEN_VARIABLE));
  assert(!`${error.message} ${error.hint}`.includes("TESTONLY"));
});

Deno.test("only a server that refuses the token is reported so, whatever else its answer contains", async () => {
  setKvToken();
  for (const [status, text] of [[403, "no"], [404, "401 Unauthorized: no access token for 403"]] as const) {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(text, { status }),
    );
    const name = `kv:http://127.0.0.1:${server.addr.port}/401/403`;
    const error = await assertRejects(() => openKvStore(name)) as Error & {
      readonly kind?: string;
    };
    assertEquals(error.kind, "unwritable");
    assertEquals(error.message.includes("refuses the access token"), status === 403, error.message);
  }
});

const denokv = await isDenokvInstalled();

Deno.test({
  name: `a real denokv server stores what SQLite stores${
    denokv ? "" : " (skipped: denokv is not installed)"
  }`,
  ignore: !denokv,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "syntrack-test-" });
    try {
      await using server = await startDenokv(folder);
      await using store = await openKvStore(server.name);
      await using sqlite = await openSqliteStore(":memory:");
      const polls = minutes(Array.from({ length: 200 }, (_, i) => i % 37));
      for (const each of [store, sqlite]) {
        await commitAll(each, polls.slice(0, 50));
        await each.commitAll(polls.slice(50));
      }
      assertEquals(await readEverything(store, [QUOTA]), await readEverything(sqlite, [QUOTA]));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
