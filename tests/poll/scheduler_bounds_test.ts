/** When the scheduler polls, exactly at its bounds, and beside other processes. */
import type { Login } from "../../lib/provider/contract.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  account,
  ANSWER,
  failWith,
  fakeProvider,
  HOUR,
  type House,
  MINUTE,
  NOW,
  openHouse,
  reading,
  SECOND,
} from "./support.ts";

const KEY = "acme/default";
const { signal } = new AbortController();
const TURNS = { mayPoll: () => true, begin: () => Promise.resolve(() => {}) };

function seconds({ provider }: House): readonly number[] {
  return provider.asked.map(({ at }) => (at - NOW) / SECOND);
}

Deno.test("an account whose login has ended is due every five minutes if it may be renewed", async () => {
  for (const isAllowed of [true, false]) {
    await using house = await openHouse({
      random: () => 0,
      renewer: {
        load: () => Promise.resolve(),
        isAllowed: () => isAllowed,
        renew: () => Promise.resolve(false),
      },
    });
    house.provider.answer = failWith("auth", "The login has ended", { reason: "expired" });
    await house.minutes(4);
    assertEquals(seconds(house), [0, 60, 180]);
    assertEquals(house.scheduler.due().map(({ at }) => at), [isAllowed ? NOW + 8 * MINUTE : null]);
  }
});

Deno.test("a login that cannot be renewed is tried every five minutes, and stored as ended only until it rests", async () => {
  let [isRenewable, tries] = [false, 0];
  await using house = await openHouse({
    random: () => 0,
    renewer: {
      load: () => Promise.resolve(),
      isAllowed: () => true,
      renew: () => {
        tries++;
        if (isRenewable) {
          house.provider.configured = [{ ...account("default", "new"), expiresAt: NOW + 48 * HOUR }];
        }
        return Promise.resolve(isRenewable);
      },
    },
  });
  house.provider.configured = [{ ...account(), expiresAt: NOW }];
  house.provider.answer = (ctx, { expiresAt = 0 }) =>
    expiresAt <= ctx.now()
      ? failWith("auth", "The login has ended", { reason: "expired" })()
      : Promise.resolve(ANSWER);
  await house.minutes(4);
  const [stored, lines] = [await house.store.outcomes({ account: KEY, limit: 99 }), house.log.lines.length];
  assertEquals([stored.length, tries], [3, 3]);
  await house.minutes(24 * 60);
  // From the eighth minute on: 288 times a day.
  assertEquals(tries - 3, 288);
  assertEquals((await house.store.outcomes({ account: KEY, limit: 99 })).length, 3);
  assertEquals(house.log.lines.length, lines);
  // By hand it is polled all the same.
  assertEquals((await house.scheduler.pollNow(KEY)).map(({ kind }) => kind), ["auth"]);
  isRenewable = true;
  await house.minutes(6);
  const [newest] = await house.store.outcomes({ account: KEY, limit: 1 });
  assertEquals(newest?.kind, "ok");
});

Deno.test("a login is renewed from the moment it ends", async () => {
  for (const [expiresAt, renewed] of [[NOW + 1, 0], [NOW, 1], [undefined, 0]] as const) {
    const asked: string[] = [];
    await using house = await openHouse({
      renewer: {
        load: () => Promise.resolve(),
        isAllowed: () => true,
        renew: (_, why) => {
          asked.push(why);
          return Promise.resolve(false);
        },
      },
    });
    house.provider.configured = [{ ...account(), ...expiresAt !== undefined && { expiresAt } }];
    await house.scheduler.pollNow();
    assertEquals([expiresAt, asked], [expiresAt, Array(renewed).fill("expired")]);
  }
});

Deno.test("a tick up to a second before a minute belongs to that minute", async () => {
  for (const [early, lasts] of [[SECOND, MINUTE + SECOND], [SECOND + 1, SECOND + 1]] as const) {
    await using house = await openHouse();
    await house.clock.advance(MINUTE - early);
    let isOver = false;
    void house.scheduler.tick(signal).then(() => isOver = true);
    await house.clock.advance(lasts - 1);
    assertEquals([early, isOver], [early, false]);
    await house.clock.advance(1);
    assertEquals([early, isOver], [early, true]);
  }
});

Deno.test("a tick ends when it wakes more than a second before it began, because the clock was set back", async () => {
  // It wakes after ten seconds.
  for (const [back, expected] of [[11 * SECOND, [0, 10]], [11 * SECOND + 1, [0]]] as const) {
    await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 10 * SECOND }) });
    const ticking = house.scheduler.tick(signal);
    await house.clock.settle();
    house.clock.jump(-back);
    await house.clock.advance(25 * SECOND);
    assertEquals([back, seconds(house)], [back, expected.slice()]);
    await house.clock.advance(MINUTE);
    await ticking;
  }
});

Deno.test("a poll that gets its slot or its turn when the run may start none is left to the next run", async () => {
  await using house = await openHouse();
  const { provider, scheduler, clock } = house;
  provider.configured = Array.from({ length: 5 }, (_, place) => account(`a${place}`, `key-${place}`));
  provider.answer = async ({ signal }) => {
    await clock.sleep(20 * SECOND, signal);
    return ANSWER;
  };
  const run = scheduler.tick(signal, NOW + 20 * SECOND);
  await clock.advance(MINUTE);
  await run;
  assertEquals(seconds(house), [0, 0, 0, 0]);

  await using other = await openHouse({
    turns: {
      mayPoll: () => true,
      begin: async () => {
        await other.clock.sleep(20 * SECOND, signal);
        return () => {};
      },
    },
  });
  const turn = other.scheduler.tick(signal, NOW + 20 * SECOND);
  await other.clock.advance(MINUTE);
  await turn;
  assertEquals(seconds(other), []);
});

Deno.test("what another process polled less than ten seconds ago is not polled again, on schedule or when asked", async () => {
  for (const how of ["asked", "tick"] as const) {
    for (const [later, polls] of [[9_999, 0], [10_000, 1]] as const) {
      await using house = await openHouse({ turns: TURNS });
      const { scheduler, clock, provider } = house;
      await scheduler.pollNow();
      await clock.advance(MINUTE);
      await house.restart().pollNow();
      await clock.advance(later);
      const before = provider.asked.length;
      if (how === "asked") {
        const [outcome] = await scheduler.pollNow();
        assertEquals(outcome?.at, NOW + MINUTE + (polls === 0 ? 0 : later));
      } else {
        void scheduler.tick(signal);
        await clock.settle();
      }
      assertEquals([how, later, provider.asked.length - before], [how, later, polls]);
      await clock.advance(MINUTE);
    }
  }
});

Deno.test("nor is what another process polled within the minimum interval of the provider", async () => {
  for (const [later, polls] of [[4 * MINUTE - 1, 0], [4 * MINUTE, 1]] as const) {
    await using house = await openHouse({ turns: TURNS }, fakeProvider("acme", 4 * MINUTE));
    const { scheduler, clock, provider } = house;
    await scheduler.pollNow();
    await clock.advance(5 * MINUTE);
    await house.restart().pollNow();
    await clock.advance(later);
    const before = provider.asked.length;
    await scheduler.pollNow();
    assertEquals([later, provider.asked.length - before], [later, polls]);
  }
});

Deno.test("a run of the cron job knows what other processes have polled since", async () => {
  await using house = await openHouse();
  const { scheduler, clock } = house;
  await scheduler.pollNow();
  await clock.advance(MINUTE);
  await house.restart().pollNow();
  await clock.advance(20 * SECOND);
  const run = scheduler.tick(signal, clock.now() + 20 * SECOND);
  await clock.advance(30 * SECOND);
  await run;
  assertEquals(seconds(house), [0, 60]);
});

Deno.test("an outcome of this process stays its own when the stored ones are read again", async () => {
  await using house = await openHouse({}, fakeProvider("acme", 5 * MINUTE));
  const { scheduler, clock } = house;
  const [first] = await scheduler.pollNow();
  const run = scheduler.tick(signal, clock.now() + SECOND);
  await clock.advance(2 * SECOND);
  await run;
  const [again] = await scheduler.pollNow();
  assert(first && again);
  assertEquals([again.at, scheduler.isOwn(first), scheduler.isOwn(again)], [NOW, true, true]);
});

Deno.test("the account that has waited longest is polled first", async () => {
  await using house = await openHouse();
  const { provider, scheduler, clock } = house;
  provider.configured = [account("a", "one"), account("b", "two"), account("c", "three")];
  await scheduler.pollNow("acme/b");
  await clock.advance(20 * SECOND);
  await scheduler.pollNow("acme/a");
  await clock.advance(5 * MINUTE);
  const before = provider.asked.length;
  void scheduler.tick(signal);
  await clock.settle();
  assertEquals(provider.asked.slice(before).map(({ name }) => name), ["c", "b", "a"]);
  await clock.advance(MINUTE);
});

Deno.test("asked twice in a row, a provider with a minimum interval is polled once, unless the user insists", async () => {
  await using house = await openHouse({}, fakeProvider("acme", 5 * MINUTE));
  const { scheduler } = house;
  for (let turn = 0; turn < 2; turn++) await scheduler.pollNow();
  assertEquals(seconds(house), [0]);
  await scheduler.pollNow(KEY, { force: true });
  assertEquals(seconds(house), [0, 0]);
});

Deno.test("the interval of a provider is its schedule, or the longer one it asks for", async () => {
  await using house = await openHouse({}, fakeProvider("acme", 5 * MINUTE));
  assertEquals([house.scheduler.intervalOf("acme"), house.scheduler.intervalOf("another")], [
    5 * MINUTE,
    MINUTE,
  ]);
});

Deno.test("a login that cannot be used is reported without a request", async () => {
  const broken: Login = {
    name: "work",
    isStored: true,
    find: () => undefined,
  };
  const provider = fakeProvider();
  await using house = await openHouse(
    { logins: () => ({ enabled: true, first: false, more: [broken] }) },
    provider,
  );
  await house.store.docs.put("accounts", "acme/work", {}, NOW);
  provider.configured = [];
  const outcomes = await house.scheduler.pollNow();
  assertEquals(outcomes.map(({ kind }) => kind), ["missing"]);
  assertEquals(provider.asked, []);
  // It rests until the login changes, whatever the clock says.
  await house.minutes(2);
  assertEquals((await house.store.outcomes({ account: "acme/work", limit: 10 })).length, 1);
});

Deno.test("local readings of an account that is not polled are not stored", async () => {
  for (const isPolled of [true, false]) {
    const provider = Object.assign(fakeProvider(), {
      localReadings: () => Promise.resolve({ at: NOW - SECOND, readings: [reading(42)] }),
    });
    provider.answer = failWith("unavailable", "Down");
    await using house = await openHouse({ isPolled: () => isPolled }, provider);
    await house.minutes(1);
    const stored = await house.store.readings({ quota: `${KEY}/five-hour` });
    assertEquals(stored.map(({ used }) => used), isPolled ? [42] : []);
  }
});

Deno.test("once stopped, nothing is polled any more", async () => {
  await using house = await openHouse();
  const { scheduler, clock } = house;
  await scheduler.pollNow();
  const stopping = scheduler.stop();
  await clock.advance(MINUTE);
  await stopping;
  assertEquals(await scheduler.pollNow(), []);
  await scheduler.tick(signal);
  assertEquals(seconds(house), [0]);
});
