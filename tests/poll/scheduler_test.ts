import { renameState } from "../../lib/model/engine/rename.ts";
import type { Schedule } from "../../lib/poll/schedule.ts";
import { type Answer, ProviderError } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { StoreError } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import {
  account,
  ANSWER,
  createTestContext,
  failWith,
  type FakeProvider,
  fakeProvider,
  HOUR,
  MINUTE,
  NOW,
  openHouse,
  reading,
  SECOND,
} from "./support.ts";

const KEY = "acme/default";

/** When it was polled, in seconds since the start. */
function seconds(provider: FakeProvider): readonly number[] {
  return provider.asked.map(({ at }) => (at - NOW) / SECOND);
}

function minutes(provider: FakeProvider): readonly number[] {
  return provider.asked.map(({ at }) => (at - NOW) / MINUTE);
}

Deno.test("the first tick polls everything at once", async () => {
  const others = ["bravo", "charlie"].map((id) => fakeProvider(id));
  const provider = fakeProvider();
  await using house = await openHouse({ providers: [provider, ...others] }, provider);
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.settle();
  assertEquals([provider, ...others].map(seconds), [[0], [0], [0]]);
});

Deno.test("ticks keep the default interval of a minute", async () => {
  await using house = await openHouse();
  await house.minutes(5);
  assertEquals(minutes(house.provider), [0, 1, 2, 3, 4]);
});

Deno.test("an interval of ten seconds is served within the tick", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }) });
  await house.minutes(2);
  assertEquals(seconds(house.provider), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
});

Deno.test("each provider can have its own schedule", async () => {
  const schedules: Readonly<Record<string, Schedule>> = {
    acme: { kind: "every", ms: 20 * SECOND },
    bravo: { kind: "every", ms: 3 * MINUTE },
    charlie: { kind: "cron", expression: "*/2 * * * *", zone: "UTC" },
  };
  const [acme, bravo, charlie] = ["acme", "bravo", "charlie"].map((id) => fakeProvider(id)) as [
    FakeProvider,
    FakeProvider,
    FakeProvider,
  ];
  await using house = await openHouse({
    providers: [acme, bravo, charlie],
    scheduleOf: (id) => schedules[id]!,
    random: () => 0.5,
  }, acme);
  await house.minutes(4);
  assertEquals(seconds(acme).length, 12);
  assertEquals(minutes(bravo), [0, 3]);
  // At start, and then at the times of the expression, spread by at most five seconds.
  assertEquals(seconds(charlie), [0, 122.5]);
  assertEquals(house.scheduler.intervalOf("bravo"), 3 * MINUTE);
});

Deno.test("a provider with a minimum interval is not polled more often", async () => {
  await using house = await openHouse({}, fakeProvider("acme", 5 * MINUTE));
  await house.minutes(11);
  assertEquals(minutes(house.provider), [0, 5, 10]);
});

Deno.test("a changed schedule takes effect at the next heartbeat", async () => {
  let schedule: Schedule = { kind: "every", ms: HOUR };
  await using house = await openHouse({ scheduleOf: () => schedule });
  await house.minutes(5);
  schedule = { kind: "every", ms: MINUTE };
  await house.minutes(2);
  assertEquals(minutes(house.provider).map(Math.floor), [0, 5, 6]);
});

Deno.test("repeated 429 answers with a retry-after of 0 s lead to longer waits", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = (ask) => failWith("rate_limited", "Too many requests", { retryAt: ask.now() })();
  await house.minutes(24 * 60);
  assertEquals(minutes(house.provider), [0, 5, 15, 35, 75, 155, 315, 635, 995, 1355]);
  const [record] = await house.store.latest();
  assertEquals(record?.outcome?.failures, 10);
  assertEquals(record?.outcome?.nextReason, "rate-limited");
});

Deno.test("after three refusals polling rests, until the credential changes", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = failWith("auth", "Acme refused the key");
  await house.minutes(60);
  assertEquals(minutes(house.provider), [0, 1, 3]);
  assertEquals((await house.store.latest())[0]?.outcome?.nextAt, null);
  house.provider.configured = [account("default", "another-key")];
  house.provider.answer = () => Promise.resolve(ANSWER);
  await house.minutes(1);
  assertEquals(minutes(house.provider)[3], 60);
  assertEquals((await house.store.latest())[0]?.outcome?.failures, 0);
});

Deno.test("a rest ends with a manual poll, and continues if that is refused as well", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = failWith("auth", "Acme refused the key");
  await house.minutes(10);
  const [outcome] = await house.scheduler.pollNow();
  assertEquals([outcome?.failures, outcome?.nextAt], [4, null]);
  house.provider.answer = () => Promise.resolve(ANSWER);
  await house.scheduler.pollNow();
  await house.minutes(1);
  assertEquals(house.provider.asked.length, 3 + 2 + 1);
});

Deno.test("a rest survives a restart", async () => {
  await using house = await openHouse();
  house.provider.answer = failWith("auth", "Acme refused the key");
  await house.minutes(5);
  house.restart();
  await house.minutes(30);
  assertEquals(house.provider.asked.length, 3);
});

Deno.test("an account without a credential rests until there is one", async () => {
  await using house = await openHouse();
  house.provider.answer = failWith("missing", "The key is empty", { hint: "Set ACME_API_KEY" });
  await house.minutes(10);
  assertEquals(house.provider.asked.length, 1);
  house.provider.configured = [account("default", "a-key")];
  await house.minutes(1);
  assertEquals(house.provider.asked.length, 2);
});

Deno.test("an outage of half an hour is polled less and less often, and its end is detected", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = (ask) => {
    const over = ask.now() >= NOW + 30 * MINUTE;
    return over ? Promise.resolve(ANSWER) : failWith("unavailable", "Acme answers 503")();
  };
  await house.minutes(33);
  assertEquals(minutes(house.provider).slice(0, 6), [0, 1, 3, 7, 15, 31]);
  assertEquals((await house.store.latest())[0]?.outcome?.kind, "ok");
});

Deno.test("while the dashboard is open, an outage is checked every five minutes", async () => {
  let watching = false;
  await using house = await openHouse({ random: () => 0, watching: () => watching });
  house.provider.answer = failWith("unavailable", "Acme answers 503");
  await house.minutes(32);
  assertEquals(minutes(house.provider), [0, 1, 3, 7, 15, 31]);
  watching = true;
  await house.minutes(12);
  assertEquals(minutes(house.provider).slice(6), [36.5, 41.5]);
});

Deno.test("a machine that slept for eight hours polls once", async () => {
  await using house = await openHouse();
  const ticking = house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(20 * SECOND);
  house.clock.jump(8 * HOUR);
  await house.clock.advance(40 * SECOND);
  await ticking;
  assertEquals(house.provider.asked.length, 1);
  await house.minutes(1);
  assertEquals(house.provider.asked.length, 2);
});

Deno.test("a restart during a back-off continues the wait, and the doubling", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = failWith("rate_limited", "Too many requests");
  await house.minutes(20);
  assertEquals(minutes(house.provider), [0, 5, 15]);
  house.restart();
  await house.minutes(60);
  assertEquals(minutes(house.provider), [0, 5, 15, 35, 75]);
});

Deno.test("a restart soon after a success waits for the rest of the interval", async () => {
  await using house = await openHouse();
  await house.minutes(1);
  await house.clock.advance(20 * SECOND);
  house.restart({ scheduleOf: () => ({ kind: "every", ms: HOUR }) });
  assertEquals(house.provider.asked.length, 1);
  const ticking = house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(MINUTE);
  void ticking;
  assertEquals(seconds(house.provider), [0, 80]);
});

Deno.test("a restart with a shorter interval does not wait for the longer one", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: HOUR }) });
  await house.minutes(1);
  house.restart({ scheduleOf: () => ({ kind: "every", ms: MINUTE }) });
  await house.minutes(1);
  assertEquals(seconds(house.provider), [0, 63]);
});

Deno.test("a new credential does not inherit the back-off of the previous one, even across a restart", async () => {
  await using house = await openHouse({ random: () => 0 });
  house.provider.answer = failWith("rate_limited", "Too many requests");
  await house.minutes(20);
  house.provider.configured = [account("default", "another-key")];
  house.restart();
  await house.minutes(7);
  assertEquals(minutes(house.provider), [0, 5, 15, 20, 25]);
  assertEquals((await house.store.latest())[0]?.outcome?.failures, 2);
});

Deno.test("overlapping ticks never poll an account twice at once", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }) });
  house.provider.answer = async (ask) => {
    await house.clock.sleep(15 * SECOND, ask.signal);
    return ANSWER;
  };
  const { signal } = new AbortController();
  void house.scheduler.tick(signal);
  void house.scheduler.tick(signal);
  await house.clock.advance(5 * SECOND);
  void house.scheduler.tick(signal);
  await house.clock.advance(2 * MINUTE);
  assertEquals(house.provider.load.most, 1);
  assertEquals(seconds(house.provider), [0, 25, 50]);
});

Deno.test("a tick shortly before its minute serves that minute", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }) });
  house.clock.jump(-5);
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(MINUTE);
  assertEquals(house.provider.asked.length, 7);
});

Deno.test("at most four accounts are polled at a time, and all get their turn", async () => {
  await using house = await openHouse();
  const { provider, clock } = house;
  provider.configured = Array.from({ length: 10 }, (_, index) => account(`a${index}`));
  provider.answer = async (ask) => {
    await clock.sleep(SECOND, ask.signal);
    return ANSWER;
  };
  void house.scheduler.tick(new AbortController().signal);
  await clock.advance(500);
  assertEquals(provider.load.now, 4);
  await clock.advance(3 * SECOND);
  assertEquals([provider.load.now, provider.load.most, provider.asked.length], [0, 4, 10]);
});

Deno.test("pollNow() joins a running poll", async () => {
  await using house = await openHouse();
  house.provider.answer = async (ask) => {
    await house.clock.sleep(5 * SECOND, ask.signal);
    return ANSWER;
  };
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(SECOND);
  const asked = Promise.all([house.scheduler.pollNow(), house.scheduler.pollNow(KEY)]);
  await house.clock.advance(5 * SECOND);
  const [all, one] = await asked;
  assertEquals(house.provider.asked.length, 1);
  assertEquals([all.length, one[0]], [1, all[0]]);
});

Deno.test("pollNow() polls one account, one provider or everything", async () => {
  const acme = fakeProvider();
  const bravo = fakeProvider("bravo");
  acme.configured = [account("work"), account("home")];
  await using house = await openHouse({ providers: [acme, bravo] }, acme);
  const polled = async (target?: string) => {
    const outcomes = await house.scheduler.pollNow(target);
    await house.clock.advance(MINUTE);
    return outcomes.map((outcome) => outcome.account);
  };
  assertEquals(await polled("acme/home"), ["acme/home"]);
  assertEquals(await polled("bravo"), ["bravo/default"]);
  assertEquals(await polled(), ["acme/work", "acme/home", "bravo/default"]);
  assertEquals(await polled("acme/nobody"), []);
  assertEquals(await polled("zulu"), []);
});

Deno.test("pollNow() respects a vendor's wait, and states how the last poll ended", async () => {
  await using house = await openHouse();
  const retryAt = NOW + HOUR;
  house.provider.answer = failWith("rate_limited", "Too many requests", { retryAt });
  const first = await house.scheduler.pollNow();
  await house.clock.advance(30 * MINUTE);
  assertEquals(await house.scheduler.pollNow(), first);
  assertEquals(house.provider.asked.length, 1);
  await house.clock.advance(30 * MINUTE);
  await house.scheduler.pollNow();
  assertEquals(house.provider.asked.length, 2);
});

Deno.test("pollNow() finds a key that was just added", async () => {
  await using house = await openHouse();
  house.provider.configured = [];
  await house.minutes(1);
  house.provider.configured = [account()];
  assertEquals((await house.scheduler.pollNow()).length, 1);
});

Deno.test("a manual poll shifts the regular one", async () => {
  await using house = await openHouse();
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(30 * SECOND);
  await house.scheduler.pollNow();
  await house.clock.advance(30 * SECOND);
  await house.minutes(1);
  assertEquals(seconds(house.provider), [0, 30, 90]);
});

Deno.test("a reset is polled half a minute later", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: HOUR }), random: () => 0 });
  house.provider.answer = () => Promise.resolve({ readings: [reading(10, NOW + 10 * MINUTE)] });
  await house.minutes(30);
  assertEquals(seconds(house.provider), [0, 630]);
});

Deno.test("an account that disappears is no longer polled and its history stays; it may return", async () => {
  await using house = await openHouse();
  const { provider, scheduler, store } = house;
  await house.minutes(2);
  provider.configured = [];
  await house.minutes(3);
  assertEquals(minutes(provider), [0, 1]);
  assertEquals([scheduler.accounts(), scheduler.due()], [[], []]);
  assertEquals((await store.latest()).map((record) => record.account), [KEY]);
  assert(house.events.some(({ kind, account }) => kind === "settings" && account === KEY));
  provider.configured = [account()];
  await house.minutes(1);
  assertEquals(minutes(provider), [0, 1, 5]);
  assertEquals(scheduler.accounts(), [
    {
      account: KEY,
      provider: "acme",
      name: "default",
      source: "ACME_API_KEY in ./.env",
      expiresAt: null,
      fingerprint: null,
      hosts: [],
      remedy: null,
      renewable: false,
    },
  ]);
});

Deno.test("accounts continue to be polled if discovery fails, with a notice", async () => {
  await using house = await openHouse();
  const { provider, scheduler } = house;
  const accounts = provider.accounts;
  await house.minutes(1);
  provider.accounts = () => Promise.reject(new Error("Cannot read the file: permission denied"));
  await house.minutes(3);
  assertEquals(minutes(provider), [0, 1, 2, 3]);
  assertStringIncludes(scheduler.problems().get("acme") ?? "", "permission denied");
  assertEquals(house.log.lines.filter(({ message }) => message === "Cannot look for accounts").length, 1);
  provider.accounts = accounts;
  await scheduler.discover("acme");
  assertEquals([...scheduler.problems()], []);
});

Deno.test("a provider whose discovery never ends does not block the others", async () => {
  const stuck = fakeProvider("stuck");
  stuck.accounts = () => new Promise(() => {});
  const provider = fakeProvider();
  await using house = await openHouse({ providers: [stuck, provider] }, provider);
  await house.minutes(2);
  assertEquals(minutes(provider), [0, 1]);
  assertStringIncludes(house.scheduler.problems().get("stuck") ?? "", "20 seconds");
});

Deno.test("accounts with unusable names are skipped, and secrets are registered as they are found", async () => {
  const learned: string[] = [];
  await using house = await openHouse({ learn: (secret) => void learned.push(secret) });
  house.provider.configured = [account("a/b"), account(""), account("fine", "s1"), account("fine", "s2")];
  await house.scheduler.discover();
  assertEquals(house.scheduler.accounts().map(({ account }) => account), ["acme/fine"]);
  assertEquals(house.log.lines.filter(({ level }) => level === "warn").length, 3);
  assertEquals(learned.slice(-2), ["s1", "s2"]);
});

Deno.test("due() states when and why each account is due", async () => {
  await using house = await openHouse();
  await house.scheduler.discover();
  assertEquals(house.scheduler.due(), [{ account: KEY, at: NOW, reason: "first" }]);
  await house.scheduler.pollNow();
  assertEquals(house.scheduler.due(), [{ account: KEY, at: NOW + MINUTE, reason: "planned" }]);
});

Deno.test("a clock set back by a day does not stop polling", async () => {
  await using house = await openHouse();
  await house.minutes(1);
  house.clock.jump(-24 * HOUR);
  await house.minutes(3);
  assertEquals(house.provider.asked.length, 4);
});

Deno.test("a tick ends if the clock is set back meanwhile", async () => {
  await using house = await openHouse();
  let ended = false;
  void house.scheduler.tick(new AbortController().signal).then(() => ended = true);
  await house.clock.advance(SECOND);
  house.clock.jump(-HOUR);
  await house.clock.advance(MINUTE);
  assertEquals(ended, true);
});

Deno.test("a credential that changes constantly does not cause polls without pause", async () => {
  await using house = await openHouse();
  let secret = 0;
  house.provider.accounts = () => Promise.resolve([account("default", `key-${++secret}`)]);
  for (let second = 0; second < 19; second++) {
    void house.scheduler.tick(new AbortController().signal);
    await house.clock.advance(SECOND);
  }
  assertEquals(seconds(house.provider), [0, 10]);
});

Deno.test("while the store cannot be read nothing is polled, and afterwards everything continues", async () => {
  const store = await openSqliteStore(":memory:");
  await using house = await openHouse({ store });
  const latest = store.latest.bind(store);
  store.latest = () => Promise.reject(new StoreError("locked", "The database is locked", "Try again"));
  await house.minutes(2);
  assertEquals(house.provider.asked.length, 0);
  assertEquals(house.scheduler.trouble()?.kind, "locked");
  await assertRejects(() => house.scheduler.pollNow(), /locked/);
  store.latest = latest;
  await house.minutes(1);
  assertEquals(house.provider.asked.length, 1);
  assertEquals(house.scheduler.trouble(), null);
});

Deno.test("an aborted tick starts no more polls and resolves when running ones have ended", async () => {
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }) });
  house.provider.answer = async (ask) => {
    await house.clock.sleep(3 * SECOND, ask.signal);
    return ANSWER;
  };
  const controller = new AbortController();
  let ended = false;
  void house.scheduler.tick(controller.signal).then(() => ended = true);
  await house.clock.advance(SECOND);
  controller.abort();
  await house.clock.settle();
  assertEquals(ended, false);
  await house.clock.advance(2 * SECOND);
  assertEquals(ended, true);
  assertEquals((await house.store.latest())[0]?.outcome?.kind, "ok");
  await house.clock.advance(MINUTE);
  assertEquals(house.provider.asked.length, 1);
});

Deno.test("stop() lets running polls end and stores their results", async () => {
  await using house = await openHouse();
  house.provider.answer = async (ask) => {
    await house.clock.sleep(3 * SECOND, ask.signal);
    return ANSWER;
  };
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(SECOND);
  const stopped = house.scheduler.stop();
  await house.clock.advance(2 * SECOND);
  await stopped;
  assertEquals((await house.store.latest())[0]?.outcome?.kind, "ok");
});

Deno.test("stop() waits five seconds for a hanging poll, and records no failure for it", async () => {
  await using house = await openHouse();
  house.provider.configured = Array.from({ length: 6 }, (_, index) => account(`a${index}`));
  house.provider.answer = () => new Promise(() => {});
  void house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(SECOND);
  let stopped = false;
  const stopping = house.scheduler.stop().then(() => stopped = true);
  await house.clock.advance(4_999);
  assertEquals(stopped, false);
  await house.clock.advance(1);
  await stopping;
  assertEquals(await house.store.latest(), []);
  assertEquals(house.provider.asked.length, 4);
});

Deno.test("stop() without running polls ends at once, and nothing is polled afterwards", async () => {
  await using house = await openHouse();
  await house.scheduler.stop();
  await house.minutes(2);
  assertEquals(await house.scheduler.pollNow(), []);
  assertEquals(house.provider.asked.length, 0);
  assertEquals(house.clock.sleeping, 0);
});

Deno.test("each login of a provider is a separate account, polled with its own settings", async () => {
  let found = 0;
  const provider = Object.assign(fakeProvider(), {
    accounts: () => Promise.resolve([account("default", `key-${found++ % 3}`)]),
  });
  const logins = ["work", "club"].map((name) => ({ name, find: () => ({ value: name, source: name }) }));
  const askedFor: (string | undefined)[] = [];
  await using house = await openHouse({
    logins: () => ({ enabled: true, firstName: "home", more: logins }),
  }, provider);
  const { clock } = house;
  house.restart({
    createContext: (_, signal, about) => {
      askedFor.push(about?.login?.name);
      return createTestContext(clock, signal);
    },
  });
  await house.minutes(1);
  const { scheduler } = house;
  assertEquals(scheduler.accounts().map((found) => found.account), ["acme/home", "acme/work", "acme/club"]);
  assertEquals(provider.asked.map(({ name }) => name).sort(), ["club", "home", "work"]);
  // Discovered three times and polled three times.
  assertEquals(askedFor.map(String).sort(), ["club", "club", "undefined", "undefined", "work", "work"]);
});

Deno.test("a stored account that another process renamed is not polled again under its old name", async () => {
  const provider = fakeProvider();
  let names = ["work"];
  await using house = await openHouse({
    scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }),
    logins: () => ({
      enabled: true,
      first: false,
      more: names.map((name) => ({ name, isStored: true, find: () => ({ value: name, source: name }) })),
    }),
  }, provider);
  const { docs } = house.store;
  await docs.put("accounts", "acme/work", {}, house.clock.now());
  await house.minutes(1);
  const before = provider.asked.length;
  // In the middle of a minute, when no discovery runs.
  const tick = house.scheduler.tick(new AbortController().signal);
  await house.clock.advance(15 * SECOND);
  names = ["renamed"];
  await docs.change([{ kind: "accounts", id: "acme/work", doc: null }, {
    kind: "accounts",
    id: "acme/renamed",
    doc: {},
  }], house.clock.now());
  await house.clock.advance(45 * SECOND);
  await tick;
  const after = provider.asked.slice(before).map(({ name }) => name);
  assertEquals(after.slice(0, 2), ["work", "work"]);
  assertEquals(new Set(after.slice(2)), new Set(["renamed"]));
});

Deno.test("a running poll of an account that another process renames or removes stores nothing under the old name", async () => {
  for (const how of ["first", "next", "failing", "waiting"] as const) {
    const provider = fakeProvider();
    let names = ["work"];
    const store = await openSqliteStore(":memory:");
    await using house = await openHouse({
      store,
      logins: () => ({
        enabled: true,
        first: false,
        more: names.map((name) => ({ name, isStored: true, find: () => ({ value: name, source: name }) })),
      }),
    }, provider);
    const { docs } = store;
    await docs.put("accounts", "acme/work", {}, house.clock.now());
    if (how !== "first") await house.minutes(1);
    await house.clock.advance(10 * MINUTE);
    const before = (await store.outcomes({ account: "acme/work", limit: 9 })).length;
    const { commit } = store;
    if (how === "waiting") {
      store.commit = () => Promise.reject(new StoreError("locked", "The database is locked", "Wait"));
    }

    const begun = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Answer>();
    provider.answer = () => {
      begun.resolve();
      return answer.promise;
    };
    const polling = house.scheduler.pollNow("acme/work");
    await begun.promise;
    if (how === "waiting") {
      answer.resolve({ readings: [reading(20)] });
      await polling;
    }
    names = ["renamed"];
    await store.move({
      from: "acme/work",
      to: "acme/renamed",
      state: renameState(await store.recall("acme/work"), "acme/renamed"),
      docs: [{ kind: "accounts", id: "acme/work", doc: null }, {
        kind: "accounts",
        id: "acme/renamed",
        doc: {},
      }],
      now: house.clock.now(),
    });
    if (how === "failing") answer.reject(new ProviderError("unavailable", "Acme is down"));
    else answer.resolve({ readings: [reading(20)] });
    if (how === "waiting") {
      store.commit = commit;
      await house.clock.advance(MINUTE);
    } else {
      assertEquals(await polling, [], how);
      assertEquals(house.scheduler.accounts().map(({ account }) => account), ["acme/renamed"], how);
    }
    const kept = (await store.latest()).map(({ account }) => account);
    assertEquals(kept, how === "first" ? [] : ["acme/renamed"], how);
    assertEquals((await store.outcomes({ account: "acme/work", limit: 9 })).length, 0, how);
    assertEquals((await store.outcomes({ account: "acme/renamed", limit: 9 })).length, before, how);
    assertEquals(house.scheduler.trouble(), null, how);
  }
});

Deno.test("a disabled provider is not even discovered", async () => {
  const provider = fakeProvider();
  await using house = await openHouse({ logins: () => ({ enabled: false, more: [] }) }, provider);
  await house.minutes(2);
  assertEquals(house.scheduler.accounts(), []);
  assertEquals(provider.asked, []);
});

Deno.test("a disabled account is polled only by name, and regularly again once it is enabled", async () => {
  let polled = true;
  await using house = await openHouse({ isPolled: () => polled });
  await house.minutes(2);
  polled = false;
  await house.minutes(3);
  assertEquals(minutes(house.provider), [0, 1]);
  assertEquals(await house.scheduler.pollNow(), []);
  assertEquals(await house.scheduler.pollNow("acme"), []);
  assertEquals((await house.scheduler.pollNow(KEY)).map(({ kind }) => kind), ["ok"]);
  polled = true;
  await house.minutes(2);
  assertEquals(minutes(house.provider), [0, 1, 5, 6]);
});

Deno.test("nothing is polled before the settings are known", async () => {
  let polled = true;
  const ready = () => Promise.resolve(polled = false);
  await using house = await openHouse({ isPolled: () => polled, ready });
  await house.minutes(1);
  assertEquals(minutes(house.provider), []);
});
