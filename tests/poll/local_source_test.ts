/** Local readings beside polls. */
import fc from "fast-check";
import type { LocalReadings } from "../../lib/provider/contract.ts";
import { assertEquals } from "../support/assert.ts";
import {
  ANSWER,
  failWith,
  type FakeProvider,
  fakeProvider,
  MINUTE,
  NOW,
  openHouse,
  reading,
} from "./support.ts";

/** A provider with local readings each minute, until `until`. */
function fedProvider(until: number): FakeProvider & { fedUntil: number } {
  return Object.assign(fakeProvider("acme", 5 * MINUTE), {
    fedUntil: until,
    localReadings(this: { fedUntil: number }, ask: { now(): number }): Promise<LocalReadings | null> {
      const at = ask.now() - 1_000;
      const used = { ...reading(42), source: "statusline" };
      return Promise.resolve(at < this.fedUntil ? { at, readings: [used] } : null);
    },
  });
}

const minutes = (provider: FakeProvider) => provider.asked.map(({ at }) => Math.round((at - NOW) / MINUTE));

Deno.test("while local readings arrive the vendor is polled rarely, and normally again when they stop", async () => {
  const provider = fedProvider(NOW + 50 * MINUTE);
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 5 * MINUTE }) }, provider);
  await house.minutes(79);
  // At once, every half hour with local readings, ten minutes after the last, then every five.
  assertEquals(minutes(provider), [0, 30, 60, 65, 70, 75]);
  const [record] = await house.store.latest();
  assertEquals(record?.outcome?.kind, "ok");
});

Deno.test("local readings are stored with their source, and other quotas are not gone", async () => {
  const provider = fedProvider(NOW + 20 * MINUTE);
  provider.answer = () =>
    Promise.resolve({ ...ANSWER, readings: [reading(10), { ...reading(10), quota: "other" }] });
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 5 * MINUTE }) }, provider);
  await house.minutes(10);
  const [record] = await house.store.latest();
  const { quotas, at, wholeAt } = record!.state;
  assertEquals(quotas[reading(10).quota]?.reading.source, "statusline");
  assertEquals(quotas.other?.reading.source, undefined);
  assertEquals(quotas.other?.at, wholeAt);
  assertEquals((at ?? 0) > (wholeAt ?? 0), true);
  const stored = await house.store.readings({ quota: `acme/default/${reading(10).quota}` });
  assertEquals([...new Set(stored.map(({ source }) => source))], ["statusline", undefined]);
});

Deno.test("a wait requested by the vendor continues during local readings, even after a restart", async () => {
  const provider = fedProvider(NOW + 300 * MINUTE);
  provider.answer = failWith("rate_limited", "Too often", { retryAt: NOW + 90 * MINUTE });
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 5 * MINUTE }) }, provider);
  await house.minutes(40);
  house.restart();
  await house.minutes(40);
  assertEquals(minutes(provider), [0]);
  const [record] = await house.store.latest();
  // Fresh all the same: there are figures.
  assertEquals(record?.outcome?.kind, "ok");
  await house.minutes(15);
  assertEquals(minutes(provider), [0, 90]);
});

Deno.test("a failing local source, or one in the future, is skipped", async () => {
  const provider = Object.assign(fakeProvider(), {
    calls: 0,
    localReadings(this: { calls: number }, ask: { now(): number }): Promise<LocalReadings | null> {
      if (this.calls++ % 2 === 0) return Promise.reject(new Error("Broken"));
      return Promise.resolve({ at: ask.now() + MINUTE, readings: [reading(10)] });
    },
  });
  await using house = await openHouse({}, provider);
  await house.minutes(4);
  assertEquals(minutes(provider), [0, 1, 2, 3]);
});

/** A provider with local readings as in `left`, and polled hourly. */
async function fedHouse(left: () => LocalReadings | null, answer = ANSWER) {
  const provider = Object.assign(fakeProvider("acme", 60 * MINUTE), {
    localReadings: () => Promise.resolve(left()),
  });
  provider.answer = () => Promise.resolve(answer);
  const house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 60 * MINUTE }) }, provider);
  const used = async () => (await house.store.readings({ quota: KEY })).map((one) => one.used);
  return { house, used };
}

const KEY = `acme/default/${reading(1).quota}` as const;
const HOUR = 60 * MINUTE;
const left = (at: number, used: number, resetsAt: number | null): LocalReadings => ({
  at,
  readings: [{ ...reading(used), resetsAt, source: "statusline" }],
});

Deno.test("figures of an earlier window, or lower ones of the same, are older than known data and are ignored", async () => {
  const resetsAt = NOW + 2 * HOUR;
  let now: LocalReadings | null = null;
  const { house, used } = await fedHouse(() => now, { ...ANSWER, readings: [{ ...reading(60), resetsAt }] });
  await using _ = house;
  await house.minutes(1);
  assertEquals(await used(), [60]);
  // Older figures have a current time: lower, of the previous window, and from before any window.
  const old = [left(0, 54, resetsAt - 700), left(0, 99, resetsAt - 5 * HOUR), left(0, 0, null)];
  for (const one of old) {
    now = { ...one, at: house.clock.now() };
    await house.minutes(1);
  }
  assertEquals(await used(), [60]);
  now = left(house.clock.now(), 61, resetsAt + 400);
  await house.minutes(1);
  now = left(house.clock.now(), 2, resetsAt + 5 * HOUR);
  await house.minutes(1);
  assertEquals(await used(), [60, 61, 2]);
});

Deno.test("a figure last confirmed before a poll is not newer than the poll's answer", async () => {
  let now: LocalReadings | null = null;
  const { house, used } = await fedHouse(() => now);
  await using _ = house;
  await house.minutes(1);
  const [before] = await used();
  now = { ...left(house.clock.now(), 99, null), since: { [reading(1).quota]: NOW - MINUTE } };
  await house.minutes(1);
  assertEquals(await used(), [before]);
});

Deno.test("figures from shortly before a failed attempt are used all the same", async () => {
  let now: LocalReadings | null = null;
  const provider = Object.assign(fakeProvider("acme", 5 * MINUTE), {
    localReadings: () => Promise.resolve(now),
  });
  provider.answer = failWith("unavailable", "Down");
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 5 * MINUTE }) }, provider);
  await house.minutes(1);
  now = left(NOW - 1_000, 42, NOW + HOUR);
  await house.minutes(1);
  assertEquals((await house.store.readings({ quota: KEY })).map((one) => one.used), [42]);
  assertEquals((await house.store.latest())[0]?.outcome?.kind, "ok");
});

Deno.test("in whatever order figures of one window arrive, the stored value never falls", async () => {
  const figures = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(figures, async (all) => {
      let now: LocalReadings | null = null;
      const { house, used } = await fedHouse(() => now, { ...ANSWER, readings: [] });
      await using _ = house;
      for (const one of all) {
        now = left(house.clock.now(), one, NOW + 3 * HOUR);
        await house.minutes(1);
      }
      const stored = await used();
      assertEquals(stored, stored.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      assertEquals(stored.at(-1), Math.max(...all));
    }),
    { numRuns: 15 },
  );
});

Deno.test("local readings that are no valid answer are skipped", async () => {
  let now: LocalReadings | null = null;
  const { house, used } = await fedHouse(() => now);
  await using _ = house;
  await house.minutes(1);
  const [before] = await used();
  const one = left(house.clock.now(), 42, null);
  now = { ...one, readings: [...one.readings, ...one.readings] };
  await house.minutes(1);
  assertEquals(await used(), [before]);
  now = { ...one, at: house.clock.now() };
  await house.minutes(1);
  assertEquals(await used(), [before, 42]);
});
