/** Cached chart lines: where they enter a range, and what a gap before it hides. */
import type { HistoryRange } from "../../lib/model/history/history.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";

/** An account read at these minutes after the start, each reading one higher. */
async function readAt(minutes: readonly number[]) {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  let used = 10;
  for (const minute of minutes) {
    clock.jump(AT + minute * MINUTE_MS - clock.now());
    await services.polled("acme/work", [reading({ used: used++, resetsAt: AT + 50 * HOUR_MS })]);
  }
  const line = async (span: HistoryRange) => (await services.history({ ...span, quotas: [QUOTA] })).lines[0]!;
  const at = async (span: HistoryRange) =>
    (await line(span)).points.map(([at, share]) => share === null ? null : (at - AT) / MINUTE_MS);
  return { clock, services, line, at, [Symbol.asyncDispose]: () => services[Symbol.asyncDispose]() };
}

const each = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

Deno.test("a line of the last hour includes the reading before it, unless a gap lies between", async () => {
  await using dense = await readAt(each(0, 90, 1));
  const [first, second] = await dense.at({ range: "1h" });
  assert(first !== null && first! < 30 && first! >= 28 && second! <= 30, `${first} ${second}`);
  await using broken = await readAt([...each(0, 20, 1), ...each(60, 90, 1)]);
  const points = await broken.at({ range: "1h" });
  assertEquals([points[0], points.at(-1), points.includes(null)], [60, 90, false]);
});

Deno.test("a cached line is cut only if it reaches back three steps before its range, and is unchanged until then", async () => {
  await using one = await readAt(each(0, 24 * 60, 5));
  const first = await one.line({ range: "24h" });
  const start = () => one.line({ range: "24h" }).then(({ points }) => (points[1]![0] - AT) / MINUTE_MS);
  one.clock.jump(20 * MINUTE_MS);
  assert(await one.line({ range: "24h" }) === first, "The line is another one");
  one.clock.jump(60 * MINUTE_MS);
  const cut = await one.line({ range: "24h" });
  assert(cut !== first && cut.points.length < first.points.length);
  assert(await start() >= 80, `It still begins at ${await start()}`);
  assertEquals(cut.points.at(-1), first.points.at(-1));
});

Deno.test("a custom range shows the line through it, from one reading before it to one after it", async () => {
  await using one = await readAt(each(0, 120, 10));
  const span = (from: number, to: number) => one.at({ from: AT + from * MINUTE_MS, to: AT + to * MINUTE_MS });
  assertEquals(await span(32, 47), [30, 40, 50]);
  assertEquals(await span(30, 50), [20, 30, 40, 50, 60]);
  assertEquals(await span(41, 49), [40, 50]);
});

Deno.test("a custom range without readings ends before a reading one millisecond later", async () => {
  await using one = await readAt(each(0, 120, 10));
  assertEquals(await one.at({ from: AT + 41 * MINUTE_MS, to: AT + 50 * MINUTE_MS - 1 }), [40, 50]);
});

Deno.test("without single readings a line continues over their sums without a gap", async () => {
  await using one = await readAt(each(0, 600, 5));
  const { store } = one.services;
  const span = { from: AT + 60 * MINUTE_MS, to: AT + 110 * MINUTE_MS };
  const before = await one.line(span);
  await store.prune(
    { readingsMs: HOUR_MS, fiveMinutesMs: 90 * 24 * HOUR_MS, outcomesMs: HOUR_MS },
    one.clock.now(),
  );
  assertEquals((await store.readings({ quota: QUOTA, ...span })).length, 0);
  one.clock.jump(1);
  await one.services.polled("acme/work", [reading({ used: 99, resetsAt: AT + 50 * HOUR_MS })]);
  const after = await one.line(span);
  assertEquals(after.points.filter(([, share]) => share === null), []);
  const inside = before.points.filter(([at]) => at >= span.from && at <= span.to);
  assertEquals(after.points, inside);
});

Deno.test("times of use an hour apart are two in a short range, and one where the eye cannot separate them", async () => {
  await using one = await readAt([...each(0, 5, 1), ...each(75, 80, 1)]);
  const spans = async (span: HistoryRange) => {
    const { sessions } = await one.services.history({ ...span, quotas: [QUOTA], sessions: true });
    return sessions!.flatMap(({ spans }) => spans.map((span) => span.map((at) => (at - AT) / MINUTE_MS)));
  };
  assertEquals(await spans({ range: "6h" }), [[0, 5], [65, 80]]);
  // A five-hundredth is 60 minutes. The second begins at most ten minutes before its first rise.
  const from = AT - 400 * HOUR_MS;
  assertEquals(await spans({ from, to: from + 500 * HOUR_MS }), [[0, 80]]);
  assertEquals(await spans({ from, to: from + 500 * HOUR_MS - 500 }), [[0, 5], [65, 80]]);
});

/** Lines as they are once only hourly sums remain of what is older than an hour. */
async function hourlyOnly(minutes: readonly number[]) {
  const one = await readAt(minutes);
  await one.services.store.prune(
    { readingsMs: HOUR_MS, fiveMinutesMs: HOUR_MS, outcomesMs: HOUR_MS },
    one.clock.now(),
  );
  return one;
}

Deno.test("of hourly sums a pause of an hour is no gap, since it cannot be seen within one either", async () => {
  const span = { from: AT, to: AT + 4 * HOUR_MS };
  // Two hours, the second of which begins late.
  const pause = async (ms: number) => {
    const start = 50 + ms / MINUTE_MS;
    await using one = await hourlyOnly([...each(0, 50, 1), ...each(start, 179, 1), 600]);
    return (await one.at(span)).filter((at) => at === null || at > 49 && at <= start + 60);
  };
  assertEquals(await pause(60 * MINUTE_MS), [50, 119]);
  assertEquals(await pause(61 * MINUTE_MS), [50, null, 119]);
});

Deno.test("a custom range includes a sum whose last reading is at its very end", async () => {
  await using one = await hourlyOnly([...each(0, 120, 10), 600]);
  const ends = async (to: number) => (await one.at({ from: AT, to: AT + to * MINUTE_MS })).at(-1);
  assertEquals([await ends(110), await ends(109)], [110, 50]);
});
