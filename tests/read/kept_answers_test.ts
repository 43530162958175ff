/** Cached data of the past is refreshed by an event of its account, and every minute. */
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";

async function twoAccounts(clock: FakeClock) {
  const services = await fakeServices({ clock });
  await services.polled("acme/home", [reading({ used: 4 })]);
  await services.polled("acme/work", [reading({ used: 40 })]);
  return services;
}

Deno.test("a chart line continues with a poll of its account, and is unchanged after that of another", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const line = async () => (await services.history({ range: "24h", quotas: [QUOTA] })).lines[0]!;
  const first = await line();
  assertEquals(first.points.at(-1)?.[1], 0.4);
  clock.jump(60_000);
  await services.polled("acme/home", [reading({ used: 5 })]);
  assertEquals(await line() === first, true);
  await services.polled("acme/work", [reading({ used: 41 })]);
  assertEquals((await line()).points.at(-1)?.[1], 0.41);
});

Deno.test("concurrent cycles are cached until their account changes or a minute passes", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const overview = () => services.analysis.cycleOverview({ quota: QUOTA, limit: 5 });
  const first = await overview();
  clock.jump(1000);
  await services.polled("acme/home", [reading({ used: 5 })]);
  assertEquals(await overview() === first, true);
  await services.polled("acme/work", [reading({ used: 41 })]);
  const second = await overview();
  assertEquals([first[0]!.cycle.peak, second[0]!.cycle.peak], [40, 41]);
  clock.jump(60_000);
  assertEquals(await overview() === second, false);
});

Deno.test("insights are cached until any account changes or a minute passes", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const insights = () => services.analysis.insights({ range: "7d" });
  const first = await insights();
  assertEquals(await insights() === first, true);
  clock.jump(1000);
  await services.polled("acme/home", [reading({ used: 5 })]);
  const second = await insights();
  assertEquals([second === first, await insights() === second], [false, true]);
  clock.jump(60_000);
  assertEquals(await insights() === second, false);
});
