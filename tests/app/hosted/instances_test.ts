/** What instances of a hosted program know about each other, on either store. */
import { createHub, type LiveEvent } from "../../../lib/base/hub.ts";
import { takeLease } from "../../../lib/base/lease.ts";
import { changeAccount } from "../../../lib/accounts/change_values.ts";
import type { AccountsParts } from "../../../lib/accounts/contract.ts";
import { readStoredAccounts } from "../../../lib/accounts/stored.ts";
import { createVault } from "../../../lib/accounts/vault/vault.ts";
import { renameDocs } from "../../../lib/accounts/rename_docs.ts";
import { ALERT_RULES_DOC } from "../../../lib/model/alerts/rename.ts";
import { withBriefCache } from "../../../lib/app/hosted/brief_cache.ts";
import { createSettings, readSettings } from "../../../lib/app/settings.ts";
import { createInstances } from "../../../lib/app/hosted/instances.ts";
import { createSharedLimiter } from "../../../lib/access/shared_limiter.ts";
import { createChallenges } from "../../../lib/access/passkeys/challenges.ts";
import { openKvStore } from "../../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../../lib/store/sqlite.ts";
import type { Store } from "../../../lib/store/store.ts";
import { MINUTE_MS } from "../../../lib/model/duration.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const START = Date.UTC(2026, 10, 2, 8);
const KEY = new Uint8Array(32);

for (
  const [engine, open] of [
    ["SQLite", () => openSqliteStore(":memory:")],
    ["KV", () => openKvStore("kv::memory:")],
  ] as const
) {
  const test = (name: string, work: (store: Store, clock: FakeClock) => Promise<void>) =>
    Deno.test(`on ${engine}, ${name}`, async () => {
      await using store = await open();
      await work(store, new FakeClock(START));
    });

  test(
    "of all instances that want a lease at once, one gets it, and its end or expiry frees it",
    async ({ docs }, clock) => {
      const take = () => takeLease({ docs, clock }, "poll acme/default", { forMs: MINUTE_MS });
      const taken = (await Promise.all(Array.from({ length: 8 }, take))).filter((end) => end !== null);
      assertEquals(taken.length, 1);
      assertEquals(await take(), null);
      await taken[0]!();
      const next = await take();
      assert(next !== null);
      await clock.advance(MINUTE_MS);
      const later = await take();
      assert(later !== null);
      // The expired lease belongs to another instance now, so its late end releases nothing.
      await next();
      assertEquals(await take(), null);
    },
  );

  test(
    "the owners of logins are read once for all of them, unless they must be current",
    async ({ docs: stored }, clock) => {
      let lists = 0;
      const counted = {
        ...bound(stored),
        list: (...args: Parameters<typeof stored.list>) => (lists++, stored.list(...args)),
      };
      const docs = withBriefCache(counted as typeof stored, clock);
      const get = (id: string, fresh = false) => docs.get("identities", id, clock.now(), { fresh });
      await stored.put("identities", "acme/a", { by: "one" }, clock.now());
      assertEquals(await Promise.all(["acme/a", "acme/b"].map((id) => get(id))), [{ by: "one" }, null]);
      assertEquals(lists, 1);
      // Another instance's change.
      await stored.put("identities", "acme/b", { by: "two" }, clock.now());
      assertEquals(await get("acme/b"), null);
      assertEquals(await get("acme/b", true), { by: "two" });
      await docs.put("identities", "acme/a", { by: "three" }, clock.now());
      assertEquals(await get("acme/a"), { by: "three" });
      assertEquals(lists, 2);
    },
  );

  test(
    "an account is polled by one instance at a time, and others stop waiting after a while",
    async ({ docs }, clock) => {
      const [first, second] = ["a", "b"].map((instance) =>
        createInstances({ docs, clock, key: KEY, instance })
      );
      const end = await first!.turns.begin("acme/default");
      assert(end !== null);
      assert(await second!.turns.begin("acme/other") !== null);
      const waiting = second!.turns.begin("acme/default");
      // However long each attempt takes the store, time passes until it gives up.
      let gaveUp: unknown = "waits";
      void waiting.then((result) => gaveUp = result);
      while (gaveUp === "waits") {
        if (clock.sleeping > 0) await clock.advance(500);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      assertEquals(await waiting, null);
      end();
      await first!.settle();
      assert(await second!.turns.begin("acme/default") !== null);
    },
  );

  test(
    "an instance learns the changes of others, once and in order, and reports none of its own again",
    async ({ docs }, clock) => {
      const [first, second] = ["a", "b"].map((instance) =>
        createInstances({ docs, clock, key: KEY, instance })
      );
      const hubs = [createHub(), createHub()];
      const heard: LiveEvent[] = [];
      first!.follow(hubs[0]!);
      second!.follow(hubs[1]!);
      hubs[1]!.listen((event) => heard.push(event));
      await Promise.all([first!.pull(), second!.pull()]);
      hubs[0]!.publish({ kind: "account", account: "acme/a" });
      await first!.settle();
      hubs[0]!.publish({ kind: "alerts", account: "acme/a" });
      hubs[0]!.publish({ kind: "settings", account: null });
      await first!.settle();
      await second!.pull();
      await second!.pull();
      await second!.settle();
      assertEquals(heard.map(({ kind, account }) => [kind, account]), [
        ["account", "acme/a"],
        ["alerts", "acme/a"],
        ["settings", null],
      ]);
      await first!.pull();
      assertEquals([hubs[0]!.lastId, hubs[1]!.lastId], [3, 3]);
    },
  );

  test(
    "an instance that slept longer than changes are kept treats everything as changed",
    async ({ docs }, clock) => {
      const [first, second] = ["a", "b"].map((instance) =>
        createInstances({ docs, clock, key: KEY, instance })
      );
      const hubs = [createHub(), createHub()];
      first!.follow(hubs[0]!);
      second!.follow(hubs[1]!);
      await Promise.all([first!.pull(), second!.pull()]);
      hubs[0]!.publish({ kind: "account", account: "acme/a" });
      await first!.settle();
      await clock.advance(60 * MINUTE_MS);
      const heard: LiveEvent[] = [];
      hubs[1]!.listen((event) => heard.push(event));
      await second!.pull();
      assertEquals(heard.map(({ kind, account }) => [kind, account]), [["settings", null]]);
    },
  );

  test("concurrent changes of many instances all arrive", async ({ docs }, clock) => {
    const all = Array.from(
      { length: 5 },
      (_, place) => createInstances({ docs, clock, key: KEY, instance: `i${place}` }),
    );
    const hubs = all.map(() => createHub());
    const heard = new Set<string>();
    hubs[0]!.listen(({ account }) => heard.add(String(account)));
    all.forEach((one, place) => one.follow(hubs[place]!));
    await Promise.all(all.map((one) => one.pull()));
    hubs.forEach((hub, place) => hub.publish({ kind: "account", account: `acme/a${place}` }));
    await Promise.all(all.map((one) => one.settle()));
    await all[0]!.pull();
    assertEquals([...heard].sort(), ["acme/a0", "acme/a1", "acme/a2", "acme/a3", "acme/a4"]);
  });

  test(
    "attempts at several instances are counted together, and a success does not count",
    async ({ docs }, clock) => {
      const limiters = ["a", "b"].map(() => createSharedLimiter({ docs, now: () => clock.now() }));
      const guess = async (place: number) =>
        (await limiters[place % 2]!.take({ address: "203.0.113.7" })).limited;
      for (let tries = 0; tries < 3; tries++) {
        const taken = await limiters[0]!.take({ address: "203.0.113.7" });
        assert(!taken.limited);
        await taken.succeeded();
      }
      const results: boolean[] = [];
      for (let place = 0; place < 14; place++) results.push(await guess(place));
      assertEquals(results.filter((limited) => !limited).length, 10);
      assertEquals((await limiters[0]!.take({ address: "198.51.100.1" })).limited, false);
      await clock.advance(11 * MINUTE_MS);
      assertEquals(await guess(0), false);
    },
  );

  test("a challenge of one instance can be redeemed at another, once in total", async ({ docs }, clock) => {
    const once = (id: string, expiresAt: number) =>
      docs.put("shared", `answered ${id}`, {}, clock.now(), { ifAbsent: true, expiresAt });
    const own = () => createChallenges(() => 0, { key: KEY, now: () => clock.now(), once });
    const [first, second] = [own(), own()];
    const challenge = first.issue("sign in");
    assertEquals(await second.redeem(challenge, "another purpose"), false);
    const results = await Promise.all(
      [first, second, first, second].map((one) => one.redeem(challenge, "sign in")),
    );
    assertEquals(results.filter(Boolean).length, 1);
    const late = first.issue("sign in");
    await clock.advance(60 * MINUTE_MS);
    assertEquals(await second.redeem(late, "sign in"), false);
  });

  test(
    "an instance that missed many changes treats everything as changed, and after few it reads each once",
    async ({ docs }, clock) => {
      const countReads = async (events: number) => {
        let reads = 0;
        const counted: Store["docs"] = {
          ...docs,
          put: docs.put.bind(docs),
          get: (...asked) => (reads++, docs.get(...asked)),
        };
        const first = createInstances({ docs, clock, key: KEY, instance: `a${events}` });
        let forgot = 0;
        const second = createInstances({
          docs: counted,
          clock,
          key: KEY,
          instance: `b${events}`,
          forget: () => forgot++,
        });
        const hubs = [createHub(), createHub()];
        const heard: LiveEvent[] = [];
        first.follow(hubs[0]!);
        second.follow(hubs[1]!);
        hubs[1]!.listen((event) => heard.push(event));
        await Promise.all([first.pull(), second.pull()]);
        for (let place = 0; place < events; place++) {
          hubs[0]!.publish({ kind: "account", account: "acme/a" });
          await first.settle();
        }
        reads = 0;
        await second.pull();
        return { heard: heard.map(({ kind, elsewhere }) => [kind, elsewhere]), reads, forgot };
      };
      assertEquals(await countReads(3), { heard: [["account", true]], reads: 4, forgot: 1 });
      assertEquals(await countReads(30), { heard: [["settings", true]], reads: 1, forgot: 1 });
    },
  );

  test("a change that cannot be stored is reported to the others later", async ({ docs }, clock) => {
    let isAway = true;
    const failing: Store["docs"] = {
      ...docs,
      get: docs.get.bind(docs),
      put: (...asked) => isAway ? Promise.reject(new Error("away")) : docs.put(...asked),
    };
    const first = createInstances({ docs: failing, clock, key: KEY, instance: "a" });
    const second = createInstances({ docs, clock, key: KEY, instance: "b" });
    const hubs = [createHub(), createHub()];
    first.follow(hubs[0]!);
    second.follow(hubs[1]!);
    await Promise.all([first.pull(), second.pull()]);
    hubs[0]!.publish({ kind: "account", account: "acme/a" });
    await first.settle();
    isAway = false;
    await first.pull();
    await first.settle();
    assertEquals(await second.pull(), [{ kind: "account", account: "acme/a" }]);
  });

  test(
    "a lease ends by the store's clock, and releases no other instance's lease",
    async ({ docs }, clock) => {
      const slow: Store["docs"] = {
        ...docs,
        get: docs.get.bind(docs),
        delete: docs.delete.bind(docs),
        async put(...asked) {
          const isNew = await docs.put(...asked);
          clock.jump(10_000);
          return isNew;
        },
      };
      const end = await takeLease({ docs: slow, clock }, "run", { forMs: MINUTE_MS });
      clock.jump(MINUTE_MS - 5_000);
      const take = () => takeLease({ docs, clock }, "run", { forMs: MINUTE_MS });
      assert(await take() !== null);
      await end!();
      assertEquals(await take(), null);
      // A clock that is behind still takes it for its own.
      clock.jump(-MINUTE_MS);
      await end!();
      clock.jump(MINUTE_MS);
      assertEquals(await take(), null);
    },
  );

  test(
    "a refused client may try once when its waiting time is over, however often it tried meanwhile",
    async ({ docs }, clock) => {
      const limiters = ["a", "b"].map(() => createSharedLimiter({ docs, now: () => clock.now() }));
      const guess = (place: number) => limiters[place % 2]!.take({ address: "203.0.113.7" });
      for (let place = 0; place < 10; place++) assertEquals((await guess(place)).limited, false);
      for (let minute = 0; minute < 3; minute++) {
        const refused = await guess(0);
        assert(refused.limited && refused.retryAfterMs <= MINUTE_MS);
        await clock.advance(refused.retryAfterMs - 1);
        for (let place = 0; place < 5; place++) assertEquals((await guess(place)).limited, true);
        await clock.advance(1);
        assertEquals((await guess(minute)).limited, false);
        assertEquals((await guess(minute + 1)).limited, true);
      }
    },
  );

  test(
    "a read and write by one instance keeps what another one stored a moment before",
    async ({ docs }, clock) => {
      const [first, second] = [0, 1].map(() =>
        createSettings({ store: { docs: withBriefCache(docs, clock) }, hub: createHub(), clock })
      );
      await Promise.all([first!.load(), second!.load()]);
      await first!.save({ display: "left" });
      await second!.save({ theme: "dark" });
      const { display, theme } = await readSettings({ docs }, clock.now());
      assertEquals([display, theme], ["left", "dark"]);
    },
  );

  test(
    "renaming an account keeps the rules that another instance stored a moment before",
    async ({ docs }, clock) => {
      const own = withBriefCache(docs, clock);
      const rules = (...keys: string[]) => {
        const only = Object.fromEntries(keys.map((key) => [key, { at: [90] }]));
        return docs.put("settings", ALERT_RULES_DOC, { only }, clock.now());
      };
      await rules("acme/a");
      await own.get("settings", ALERT_RULES_DOC, clock.now());
      await rules("acme/a", "acme/b");
      await own.change(await renameDocs(own, "acme/a", "acme/c", clock.now()), clock.now());
      const stored = await docs.get<{ only: object }>("settings", ALERT_RULES_DOC, clock.now());
      assertEquals(Object.keys(stored!.only).sort(), ["acme/b", "acme/c"]);
    },
  );

  test(
    "changing a setting of an account keeps what another instance changed a moment before",
    async ({ docs }, clock) => {
      const vault = createVault(null, btoa("k".repeat(32)));
      const settings = ["FIRST", "SECOND"].map((name) => ({ name, secret: true, help: name }));
      const partsOf = (own: Store["docs"]) =>
        ({
          docs: own,
          vault,
          now: clock.now.bind(clock),
          providers: [{ id: "acme", settings }],
        }) as unknown as AccountsParts;
      const [first, second] = [0, 1].map(() => partsOf(withBriefCache(docs, clock)));
      await docs.put("accounts", "acme/a", { addedAt: 0, values: {} }, clock.now());
      await Promise.all([first!, second!].map(readStoredAccounts));
      for (const [place, parts] of [first!, second!].entries()) {
        await changeAccount(parts, "acme/a", { [settings[place]!.name]: "a value" });
      }
      const stored = await docs.get<{ values: object }>("accounts", "acme/a", clock.now());
      assertEquals(Object.keys(stored!.values).sort(), ["FIRST", "SECOND"]);
    },
  );
}

/** Its methods as separate functions. */
function bound(docs: Store["docs"]): Store["docs"] {
  const { get, put, list, all, delete: remove, change, putGuarded } = docs;
  return {
    get: get.bind(docs),
    put: put.bind(docs),
    list: list.bind(docs),
    all: all.bind(docs),
    delete: remove.bind(docs),
    change: change.bind(docs),
    putGuarded: putGuarded.bind(docs),
  };
}
