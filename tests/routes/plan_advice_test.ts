/** Advice on a larger or a smaller plan, from readings to Spend. */
import { DAY_MS } from "../../lib/model/duration.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const DAYS = 35;

/** Reads the share that a plan's day gets to, in steps, on each of 35 days. */
async function read(
  services: FakeServices,
  clock: FakeClock,
  accounts: readonly string[],
  planOf: (day: number) => { readonly plan: string; readonly peak: number },
) {
  for (let day = 0; day < DAYS; day++) {
    const { plan, peak } = planOf(day);
    for (const [hours, part] of [[0, 0], [8, 0.5], [20, 1]] as const) {
      const midnight = utc("2026-10-01 00:00") + day * DAY_MS;
      clock.jump(midnight + hours * 3_600_000 + 60_000 - clock.now());
      for (const account of accounts) {
        await services.polled(`acme/${account}`, [reading({
          quota: "day",
          label: "Day",
          unit: "percent",
          used: peak * part,
          limit: 100,
          window: { kind: "fixed", seconds: 86_400 },
          resetsAt: midnight + DAY_MS,
        })], plan);
      }
    }
  }
}

async function adviceOf(services: FakeServices): Promise<readonly (readonly string[])[]> {
  const { plans } = await (await askApp(services)("/api/v1/spend")).json();
  // Without the figures, which come first.
  return plans.map(({ advice }: { readonly advice: readonly string[] }) =>
    advice.map((one) => one.slice(one.indexOf(". ") + 2))
  );
}

async function house(
  accounts: readonly string[],
  planOf: (day: number) => { readonly plan: string; readonly peak: number },
) {
  const clock = new FakeClock(utc("2026-10-01 00:00"));
  const services = await fakeServices({ clock });
  await read(services, clock, accounts, planOf);
  return services;
}

Deno.test("a plan that is hardly used is advised to be smaller, a full one larger, on the Spend page", async () => {
  await using idle = await house(["a"], () => ({ plan: "Max", peak: 10 }));
  assertEquals(await adviceOf(idle), [["Most of it goes unused: a smaller plan than Max may be enough."]]);
  assertStringIncludes(await (await askApp(idle)("/spend")).text(), "a smaller plan than Max may be enough");
  // In words where the vendor states an id, as everywhere on that page.
  await using named = await house(["a"], () => ({ plan: "LEVEL_INTERMEDIATE", peak: 10 }));
  assertEquals(await adviceOf(named), [[
    "Most of it goes unused: a smaller plan than Level Intermediate may be enough.",
  ]]);
  await using full = await house(["a"], () => ({ plan: "Pro", peak: 100 }));
  assertEquals(await adviceOf(full), [["It is at its limit: a larger plan than Pro would leave room."]]);
});

Deno.test("how full an earlier plan got is no reason to leave the present one", async () => {
  const changed = (day: number, before: number, after: number) => (now: number) =>
    now < day ? { plan: "Pro", peak: before } : { plan: "Max", peak: after };
  // Upgraded ten days ago, and used to a fifth since.
  await using up = await house(["a"], changed(DAYS - 10, 100, 20));
  assertEquals(await adviceOf(up), [["Most of it goes unused: a smaller plan than Max may be enough."]]);
  // Two days say nothing yet.
  await using fresh = await house(["a"], changed(DAYS - 2, 100, 20));
  assertEquals(await adviceOf(fresh), [[]]);
  await using down = await house(["a"], changed(DAYS - 10, 10, 100));
  assertEquals(await adviceOf(down), [["It is at its limit: a larger plan than Max would leave room."]]);
});

Deno.test("each of many accounts has its advice", async () => {
  const names = Array.from({ length: 60 }, (_, number) => `a${number}`);
  await using services = await house(names, () => ({ plan: "Max", peak: 10 }));
  const all = await adviceOf(services);
  assertEquals([all.length, all.filter(({ length }) => length === 1).length], [60, 60]);
});
