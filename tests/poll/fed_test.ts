/** Readings that come by themselves, beside polls. */
import type { Fed } from "../../lib/provider.ts";
import { assertEquals } from "../support/assert.ts";
import {
  ANSWER,
  failing,
  type FakeProvider,
  fakeProvider,
  MINUTE,
  NOW,
  openHouse,
  reading,
} from "./support.ts";

/** A provider that is left something each minute, until `until`. */
function fedProvider(until: number): FakeProvider & { fedUntil: number } {
  return Object.assign(fakeProvider("acme", 5 * MINUTE), {
    fedUntil: until,
    feed(this: { fedUntil: number }, ask: { now(): number }): Promise<Fed | null> {
      const at = ask.now() - 1_000;
      const used = { ...reading(42), source: "statusline" };
      return Promise.resolve(at < this.fedUntil ? { at, readings: [used] } : null);
    },
  });
}

const minutes = (provider: FakeProvider) => provider.asked.map(({ at }) => Math.round((at - NOW) / MINUTE));

Deno.test("while figures come by themselves the vendor is asked seldom, and again as usual when they stay away", async () => {
  const provider = fedProvider(NOW + 50 * MINUTE);
  await using house = await openHouse({ scheduleOf: () => ({ kind: "every", ms: 5 * MINUTE }) }, provider);
  await house.minutes(79);
  // At once, every half hour while it is fed, ten minutes after the last, then every five.
  assertEquals(minutes(provider), [0, 30, 60, 65, 70, 75]);
  const [record] = await house.store.latest();
  assertEquals(record?.outcome?.kind, "ok");
});

Deno.test("figures that come by themselves are stored with their source, and the others are not gone", async () => {
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

Deno.test("a wait the vendor asked for goes on while figures come by themselves, also after a restart", async () => {
  const provider = fedProvider(NOW + 300 * MINUTE);
  provider.answer = failing("rate_limited", "Too often", { retryAt: NOW + 90 * MINUTE });
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

Deno.test("a feed that fails or lies in the future is passed over", async () => {
  const provider = Object.assign(fakeProvider(), {
    calls: 0,
    feed(this: { calls: number }, ask: { now(): number }): Promise<Fed | null> {
      if (this.calls++ % 2 === 0) return Promise.reject(new Error("Broken"));
      return Promise.resolve({ at: ask.now() + MINUTE, readings: [reading(10)] });
    },
  });
  await using house = await openHouse({}, provider);
  await house.minutes(4);
  assertEquals(minutes(provider), [0, 1, 2, 3]);
});
