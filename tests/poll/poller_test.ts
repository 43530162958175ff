import { StoreError } from "../../lib/store/store.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { account, ANSWER, failWith, MINUTE, NOW, openHouse, reading, SECOND } from "./support.ts";

const KEY = "acme/default";

Deno.test("a poll stores snapshot, state and outcome, and notifies the hub afterwards", async () => {
  await using house = await openHouse();
  const { scheduler, store, hub, provider } = house;
  provider.answer = async (ask) => {
    await house.clock.sleep(250, ask.signal);
    return { ...ANSWER, plan: "Pro" };
  };
  let storedWhenTold: Promise<number | null> | undefined;
  hub.listen(({ kind }) => {
    if (kind === "account") storedWhenTold = store.latest().then(([record]) => record?.okAt ?? null);
  });
  const polling = scheduler.pollNow();
  await house.clock.advance(SECOND);
  const [outcome] = await polling;
  assertEquals(await storedWhenTold, NOW + 250);
  const [record] = await store.latest();
  assertEquals(record?.outcome, outcome ?? null);
  assertEquals(record?.state.plan, "Pro");
  assertEquals(record?.state.quotas["five-hour"]?.reading, reading(10));
  assertEquals(
    (await store.readings({ quota: "acme/default/five-hour" })).map(({ at, used }) => [at, used]),
    [
      [NOW + 250, 10],
    ],
  );
  assertEquals(outcome, {
    account: KEY,
    at: NOW + 250,
    durationMs: 250,
    kind: "ok",
    failures: 0,
    nextAt: NOW + 250 + MINUTE,
    nextReason: "interval",
    credential: outcome?.credential ?? "",
  });
});

Deno.test("a failed poll keeps the last snapshot and states the failure and the remedy", async () => {
  await using house = await openHouse();
  const { scheduler, store, clock, provider } = house;
  await scheduler.pollNow();
  provider.answer = failWith("auth", "Acme refused the key", {
    hint: "Set ACME_API_KEY anew",
    reason: "expired",
  });
  await clock.advance(MINUTE);
  await scheduler.pollNow();
  const [record] = await store.latest();
  assertEquals(record?.outcome?.kind, "auth");
  assertEquals(record?.outcome?.reason, "expired");
  assertEquals(record?.outcome?.hint, "Acme refused the key. Set ACME_API_KEY anew");
  assertEquals(record?.okAt, NOW);
  assertEquals(record?.state.quotas["five-hour"]?.reading.used, 10);
  assertEquals(house.events.filter(({ kind }) => kind === "account").length, 2);
});

Deno.test("a provider that hangs forever is unavailable after its deadline", async () => {
  await using house = await openHouse();
  house.provider.answer = () => new Promise(() => {});
  const polling = house.scheduler.pollNow();
  await house.clock.advance(20 * SECOND);
  const [outcome] = await polling;
  assertEquals(outcome?.kind, "unavailable");
  assertEquals(outcome?.hint, "Acme gave no answer within 20 seconds");
  assertEquals(outcome?.durationMs, 20 * SECOND);
});

Deno.test("a provider that throws a string gives a bad response", async () => {
  await using house = await openHouse();
  house.provider.answer = () => Promise.reject("oops");
  const [outcome] = await house.scheduler.pollNow();
  assertEquals(outcome?.kind, "bad_response");
  assertEquals(outcome?.hint, "The provider failed unexpectedly: oops");
});

Deno.test("an invalid answer is a bad response and leaves nothing in the store", async () => {
  await using house = await openHouse();
  house.provider.answer = () => Promise.resolve({ readings: [reading(1), reading(2)] });
  const [outcome] = await house.scheduler.pollNow();
  assertEquals(outcome?.kind, "bad_response");
  assertEquals(await house.store.readings({ quota: "acme/default/five-hour" }), []);
});

Deno.test("data that the store rejects is a bad response, and the next poll is stored", async () => {
  await using house = await openHouse();
  const { scheduler, store, clock, provider } = house;
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new TypeError('Cannot store "label"'));
  const first = await scheduler.pollNow();
  assertEquals(first.map(({ kind, failures }) => [kind, failures]), [["bad_response", 1]]);
  assertEquals(scheduler.trouble(), null);
  await clock.advance(MINUTE);
  const second = await scheduler.pollNow();
  assertEquals(second.map(({ kind, failures }) => [kind, failures]), [["bad_response", 2]]);
  store.commit = commit;
  await clock.advance(MINUTE);
  await scheduler.pollNow();
  assertEquals((await store.latest())[0]?.outcome?.kind, "ok");
  assertEquals(provider.asked.length, 3);
});

Deno.test("the answer of a bad response is kept, without the secret of the request", async () => {
  await using house = await openHouse({ redact: (text) => text.replaceAll("fritz", "[name]") });
  const answer = `{"key":"key-of-acme","user":"fritz","rest":"${"x".repeat(5_000)}"}`;
  house.provider.answer = failWith("bad_response", "No quotas for key-of-acme", { answer });
  const [outcome] = await house.scheduler.pollNow();
  assertEquals(outcome?.hint, "No quotas for [hidden]");
  assert(outcome?.answer?.startsWith('{"key":"[hidden]","user":"[name]","rest":"xxx'));
  assertEquals(outcome?.answer?.length, 2048);
  const stored = await house.store.outcomes({ account: KEY, limit: 1 });
  assertEquals(stored[0]?.answer, outcome?.answer);
});

Deno.test("the secret itself is nowhere in stored or logged data", async () => {
  await using house = await openHouse();
  await house.scheduler.pollNow();
  house.provider.answer = failWith("bad_response", "key-of-acme", {
    hint: "key-of-acme",
    answer: "key-of-acme",
  });
  await house.clock.advance(MINUTE);
  await house.scheduler.pollNow();
  const everything = JSON.stringify([
    await house.store.outcomes({ account: KEY, limit: 9 }),
    house.log.lines,
  ]);
  assertEquals(everything.includes("key-of-acme"), false);
});

Deno.test("a credential's fingerprint is short, and differs between accounts and keys", async () => {
  await using house = await openHouse();
  house.provider.configured = [account("a", "one"), account("b", "one"), account("c", "two")];
  const outcomes = await house.scheduler.pollNow();
  const prints = outcomes.map(({ credential }) => credential ?? "");
  assertEquals(new Set(prints).size, 3);
  for (const print of prints) assert(/^[0-9a-f]{12}$/.test(print));
});

Deno.test("failures are counted until a success", async () => {
  await using house = await openHouse();
  const { scheduler, clock, provider } = house;
  const counted: (number | undefined)[] = [];
  const failed = failWith("unavailable", "Down");
  for (const answer of [failed, failed, () => Promise.resolve(ANSWER), failed]) {
    provider.answer = answer;
    counted.push((await scheduler.pollNow())[0]?.failures);
    await clock.advance(MINUTE);
  }
  assertEquals(counted, [1, 2, 0, 1]);
});

Deno.test("a clock set back by seconds loses nothing: the snapshot is skipped with a line in the log", async () => {
  await using house = await openHouse();
  const { scheduler, store, clock, provider, log } = house;
  await scheduler.pollNow();
  clock.jump(-30 * SECOND);
  provider.answer = () => Promise.resolve({ readings: [reading(50)] });
  const [outcome] = await scheduler.pollNow();
  assertEquals(outcome?.kind, "ok");
  const before = await store.recall(KEY);
  assertEquals([before.at, before.quotas["five-hour"]?.reading.used], [NOW, 10]);
  const notes = log.lines.filter(({ level, message }) => level === "warn" && message.startsWith("Left out"));
  assertEquals(notes.length, 1);
  clock.jump(90 * SECOND);
  await scheduler.pollNow();
  const after = await store.recall(KEY);
  assertEquals([after.at, after.quotas["five-hour"]?.reading.used], [NOW + MINUTE, 50]);
  assertEquals(after.quotas["five-hour"]?.cycle.consumed, 40);
});

Deno.test("store trouble is shown and logged once, polling continues, and its end is reported", async () => {
  const store = await openSqliteStore(":memory:");
  await using house = await openHouse({ store });
  const { scheduler, clock, provider, log } = house;
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new StoreError("full", "The database cannot grow", "Free some space"));
  await house.minutes(3);
  assertEquals(provider.asked.length, 3);
  assertEquals(scheduler.trouble(), {
    kind: "full",
    message: "The database cannot grow",
    hint: "Free some space",
    since: NOW,
  });
  assertEquals(log.lines.filter(({ level }) => level === "error").length, 1);
  assertEquals(house.events.filter(({ kind }) => kind === "account"), []);
  store.commit = commit;
  await clock.advance(SECOND);
  await house.minutes(1);
  assertEquals(scheduler.trouble(), null);
  assertStringIncludes(log.lines.map(({ message }) => message).join("\n"), "The store works again");
});

Deno.test("back-off grows while the store cannot be written", async () => {
  const store = await openSqliteStore(":memory:");
  await using house = await openHouse({ store, random: () => 0 });
  store.note = () =>
    Promise.reject(new StoreError("unwritable", "The database cannot be written", "Check it"));
  house.provider.answer = failWith("rate_limited", "Too many requests");
  await house.minutes(40);
  assertEquals(house.provider.asked.map(({ at }) => (at - NOW) / MINUTE), [0, 5, 15, 35]);
});

Deno.test("a failing listener of the hub does not affect the poll", async () => {
  await using house = await openHouse();
  house.hub.listen(() => {
    throw new Error("Not today");
  });
  const [outcome] = await house.scheduler.pollNow();
  assertEquals(outcome?.kind, "ok");
  assert(house.log.lines.some(({ level, message }) => level === "error" && message.includes("listener")));
});

Deno.test("each poll is reported once, with what was stored", async () => {
  const ended: unknown[] = [];
  const store = await openSqliteStore(":memory:");
  const parts = {
    store,
    ended: ({ kind }: { readonly kind: string }, changes: readonly { readonly kind: string }[]) => {
      ended.push([kind, changes.filter((change) => change.kind === "entry").length]);
    },
  };
  await using house = await openHouse(parts);
  const { scheduler, clock, provider } = house;
  const commit = store.commit.bind(store);
  await scheduler.pollNow();
  provider.answer = failWith("auth", "Acme refused the key");
  await clock.advance(MINUTE);
  await scheduler.pollNow();
  // An answer that the store rejects ends as one bad response.
  provider.answer = () => Promise.resolve(ANSWER);
  house.store.commit = () => Promise.reject(new TypeError("Cannot store NaN"));
  await clock.advance(MINUTE);
  await scheduler.pollNow();
  // Disk trouble is not a fault of the answer.
  house.store.commit = () => Promise.reject(new StoreError("full", "Disk full", "Make room"));
  await clock.advance(60 * MINUTE);
  await scheduler.pollNow();
  assertEquals(ended, [["ok", 1], ["auth", 0], ["bad_response", 0]]);
  // It is reported once it is stored.
  house.store.commit = commit;
  await clock.advance(MINUTE);
  assertEquals(ended, [["ok", 1], ["auth", 0], ["bad_response", 0], ["ok", 1]]);
});

Deno.test("what a provider remembers lasts from poll to poll, but not beyond its credential", async () => {
  await using house = await openHouse();
  const { scheduler, clock, provider } = house;
  const remembered: unknown[] = [];
  provider.answer = (ask) => {
    remembered.push(ask.memory.get("token"));
    ask.memory.set("token", `token ${remembered.length}`);
    return Promise.resolve(ANSWER);
  };
  await scheduler.pollNow();
  await clock.advance(MINUTE);
  await scheduler.pollNow();
  provider.configured = [account("default", "another-key")];
  await house.minutes(2);
  assertEquals(remembered.slice(0, 3), [undefined, "token 1", undefined]);
});

Deno.test("a poll lasts as long as the clock says, and no time if that was set back meanwhile", async () => {
  await using house = await openHouse();
  const { scheduler, clock, provider } = house;
  assertEquals((await scheduler.pollNow())[0]?.durationMs, 0);
  await clock.advance(MINUTE);
  provider.answer = () => {
    clock.jump(-5 * SECOND);
    return Promise.resolve(ANSWER);
  };
  assertEquals((await scheduler.pollNow())[0]?.durationMs, 0);
  await clock.advance(MINUTE);
  // Even if it was set forward, no longer than any poll may last.
  provider.answer = () => {
    clock.jump(60 * MINUTE);
    return Promise.resolve(ANSWER);
  };
  assertEquals((await scheduler.pollNow())[0]?.durationMs, 20 * SECOND);
});

Deno.test("the log warns of each failure, and mentions the success after it; others are for debugging", async () => {
  await using house = await openHouse();
  const { scheduler, clock, provider, log } = house;
  const logged: unknown[] = [];
  const answers = [
    () => Promise.resolve(ANSWER),
    failWith("unavailable", "Down"),
    () => Promise.resolve(ANSWER),
  ];
  for (const answer of [...answers, answers[0]!]) {
    provider.answer = answer;
    log.lines.splice(0);
    await scheduler.pollNow();
    const polled = log.lines.filter(({ message }) => message.startsWith("Poll") && message !== "Polling");
    logged.push(polled.map(({ level, message, fields }) => [level, message, fields.hint]));
    await clock.advance(MINUTE);
  }
  assertEquals(logged, [
    [["debug", "Polled", undefined]],
    [["warn", "Poll failed", "Down"]],
    [["info", "Poll succeeded again", undefined]],
    [["debug", "Polled", undefined]],
  ]);
});
