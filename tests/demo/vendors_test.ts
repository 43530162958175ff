import { createFixedClock } from "../../lib/base/clock.ts";
import { prepareDemo, SHOWN, VENDORS } from "../../lib/demo/mod.ts";
import type { Vendor } from "../../lib/demo/vendors/vendor.ts";
import { accountKey, type Reading } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { createSandbox } from "../../lib/sandbox/sandbox.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zone = "Europe/Berlin";
const anchor = Date.parse("2026-11-19T13:17:21.000Z");
const vendors = Object.keys(VENDORS);
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

Deno.test("every provider has a fake vendor, and the demo shows at least ten kinds at once", () => {
  assertEquals(vendors, providers.map(({ id }) => id));
  assert(SHOWN.length >= 10 && SHOWN.every((id) => vendors.includes(id)));
  assertEquals(new Set(SHOWN).size, SHOWN.length);
});

/** A figure is either omitted, or exactly what the vendor states. */
function assertStated(reading: Reading | undefined, figure: "used" | "remaining", stated: number | null) {
  assert(reading !== undefined);
  if (stated === null) assertEquals(reading[figure], null, `${reading.quota} is not told`);
  else assertClose(reading[figure] ?? NaN, stated, 1e-4);
}

/** Levels that the vendor does not state have no reading if only their end is known. */
function assertAsStated(vendor: Vendor, readings: readonly Reading[], now: number) {
  const byQuota = new Map(readings.map((one) => [one.quota, one]));
  for (const { quota, stated } of vendor.gauges) assertStated(byQuota.get(quota), "used", stated(now));
  for (const { quota, figure, stated } of vendor.levels ?? []) {
    const [level, reading] = [stated(now), byQuota.get(quota)];
    if (level !== null || (reading !== undefined && figure === "used")) assertStated(reading, figure, level);
  }
  const known = [...vendor.gauges, ...vendor.levels ?? []].map(({ quota }) => quota);
  for (const { quota } of readings) assert(known.includes(quota), `${vendor.id} states ${quota}`);
}

for (const seed of [1, 4]) {
  Deno.test(`each provider reads its fake vendor throughout the month, seed ${seed}`, async () => {
    let now = anchor;
    const clock = { ...createFixedClock(anchor), now: () => now };
    const demo = await prepareDemo({ clock, providers, seed, zone, vendors, troubles: [] });
    try {
      for (const provider of providers) {
        const vendor = demo.story.vendors.find(({ id }) => id === provider.id);
        assert(vendor !== undefined);
        const options = {
          provider,
          environment: demo.environment,
          clock,
          log,
          signal: new AbortController().signal,
          fetch: (url: URL, init: RequestInit) =>
            Promise.resolve(demo.story.answer(new Request(url, init), now)),
        };
        const [account, ...others] = await provider.accounts(createSandbox(options));
        assert(account !== undefined && others.length === 0, `${provider.id} finds one account`);
        const ctx = createSandbox({ ...options, hosts: account.hosts });
        for (now = anchor - 30 * DAY; now <= anchor + DAY; now += 5 * HOUR + 61_000) {
          const { readings } = await provider.read(ctx, account);
          assert(readings.length > 0, `${provider.id} has figures`);
          assertAsStated(vendor, readings, now);
        }
      }
    } finally {
      await demo.close();
    }
  });
}

Deno.test("a credential other than the demo's is refused by every vendor", async () => {
  const demo = await prepareDemo({
    clock: createFixedClock(anchor),
    providers,
    seed: 1,
    zone,
    vendors,
    troubles: [],
  });
  try {
    for (const { id, paths, method = "GET", environment } of demo.story.vendors) {
      const [path] = paths;
      const given = { authorization: "Bearer somebody" };
      const answer = demo.story.answer(
        new Request(`http://127.0.0.1:9${path}`, { method, headers: given }),
        anchor,
      );
      const isRefused = answer.status === 401 || (await answer.json()).code === 1000;
      assert(isRefused, `${id} refuses`);
      assert(Object.values(environment).some((value) => /demo/i.test(value)), `${id} has a key of the demo`);
    }
  } finally {
    await demo.close();
  }
});

Deno.test("the backfill of all vendors reads them without a failure and keeps each kind of window", async () => {
  const demo = await prepareDemo({
    clock: createFixedClock(anchor),
    providers,
    seed: 1,
    zone,
    vendors,
    troubles: [],
  });
  const store = await openSqliteStore(":memory:");
  try {
    const { polls } = await demo.fill(store, { spanMs: 6 * HOUR });
    assertEquals(Object.keys(polls), ["ok"]);
    const latest = await store.latest();
    assertEquals(
      latest.map(({ account }) => account).toSorted(),
      vendors.map((id) => accountKey(id, "default")).toSorted(),
    );
    const kinds = latest.flatMap(({ state }) =>
      Object.values(state.quotas).map(({ reading }) => reading.window.kind)
    );
    assertEquals([...new Set(kinds)].toSorted(), ["allocation", "balance", "calendar", "fixed", "rolling"]);
  } finally {
    await store[Symbol.asyncDispose]();
    await demo.close();
  }
});
