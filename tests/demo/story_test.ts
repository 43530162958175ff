import { createStory } from "../../lib/demo/story.ts";
import { activeTroubles, mostSevere, type Trouble, usualTroubles } from "../../lib/demo/trouble.ts";
import { wallTime } from "../../lib/model/time.ts";
import { computeShare } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const zone = "Europe/Berlin";
const vendors = ["synthetic", "zai"];
const anchor = Date.parse("2026-11-19T13:17:21.000Z");
const story = createStory({ seed: 1, anchor, zone, vendors });
const LIMITS: Readonly<Record<string, number>> = { subscription: 270, search: 250, "tool-calls": 16_200 };

function request(path: string, key: string, now: number, of = story): Response {
  return of.answer(new Request(`http://127.0.0.1:9${path}`, { headers: { authorization: key } }), now);
}

const synthetic = (now: number, of = story) =>
  request("/v2/quotas", "Bearer syn_demo_opens_nothing", now, of);
const zai = (now: number, of = story) =>
  request("/api/monitor/usage/quota/limit", "Bearer demo.opens-nothing", now, of);

Deno.test("the same seed gives the same month, another seed another", async () => {
  const again = createStory({ seed: 1, anchor, zone, vendors });
  const other = createStory({ seed: 2, anchor, zone, vendors });
  let same = 0;
  for (let at = anchor - 30 * DAY; at <= anchor + DAY; at += 7 * HOUR) {
    assertEquals(await synthetic(at, again).text(), await synthetic(at).text());
    assertEquals(await zai(at, again).text(), await zai(at).text());
    if (await synthetic(at, other).text() === await synthetic(at).text()) same++;
  }
  assert(same < 5, `Expected another month from another seed, got ${same} equal answers`);
});

Deno.test("an answer depends only on the time, not on earlier requests", async () => {
  const instants = [anchor, anchor - 20 * DAY, anchor + DAY, anchor - 3 * DAY, anchor];
  const fresh = instants.map((at) =>
    createStory({ seed: 1, anchor, zone, vendors }).answer(
      new Request("http://127.0.0.1:9/v2/quotas", {
        headers: { authorization: "Bearer syn_demo_opens_nothing" },
      }),
      at,
    ).text()
  );
  assertEquals(await Promise.all(instants.map((at) => synthetic(at).text())), await Promise.all(fresh));
});

Deno.test("a key other than the demo's is refused in the way of each vendor", async () => {
  assertEquals(request("/v2/quotas", "Bearer syn_somebody", anchor).status, 401);
  assertEquals(request("/v2/quotas", "", anchor).status, 401);
  const answer = request("/api/monitor/usage/quota/limit", "Bearer somebody", anchor);
  assertEquals(answer.status, 200);
  assertEquals((await answer.json()).code, 1000);
  assertEquals(request("/api/monitor/usage/quota/limit", "demo.opens-nothing", anchor).status, 200);
  assertEquals(
    (await request("/api/monitor/usage/quota/limit", "demo.opens-nothing", anchor).json()).code,
    200,
  );
});

Deno.test("unknown paths are not found, and only GET is answered", () => {
  assertEquals(request("/", "", anchor).status, 404);
  assertEquals(request("/v2/quotas/", "", anchor).status, 404);
  const post = new Request("http://127.0.0.1:9/v2/quotas", { method: "POST" });
  assertEquals(story.answer(post, anchor).status, 405);
});

Deno.test("the troubles of the month are in working hours before the anchor", () => {
  for (let back = 0; back < 21; back++) {
    const troubles = usualTroubles(anchor - back * DAY, zone);
    assertEquals(new Set(troubles.map((one) => one.kind)).size, 4);
    for (const { from } of troubles) {
      const { year, month, day, hour } = wallTime(from, zone);
      const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
      assert(weekday >= 1 && weekday <= 5 && hour >= 9 && hour < 18);
      assert(from < anchor - back * DAY - DAY / 4);
    }
  }
});

Deno.test("the most severe trouble decides", () => {
  const all = (["changed", "unreadable", "outage"] as const).map((kind): Trouble => (
    { kind, vendor: "synthetic", from: 10, to: 20 }
  ));
  assertEquals(mostSevere(activeTroubles(all, "synthetic", 10))?.kind, "outage");
  assertEquals(activeTroubles(all, "synthetic", 20), []);
  assertEquals(activeTroubles(all, "zai", 10), []);
});

Deno.test("each trouble is answered as real vendors do", async () => {
  const of = (kind: Trouble["kind"]) =>
    createStory({
      seed: 1,
      anchor,
      zone,
      vendors,
      troubles: ["synthetic", "zai"].map((vendor) => ({ kind, vendor, from: anchor, to: anchor + HOUR })),
    });
  for (const vendor of [synthetic, zai]) {
    assertEquals(vendor(anchor, of("outage")).status, 503);
    const limited = vendor(anchor + 30 * MINUTE, of("limited"));
    assertEquals(limited.status, 429);
    assertEquals(limited.headers.get("retry-after"), "1800");
    assertEquals(vendor(anchor + HOUR, of("limited")).status, 200);
    const usual = await vendor(anchor, createStory({ seed: 1, anchor, zone, vendors, troubles: [] })).text();
    const changed = await vendor(anchor, of("changed")).text();
    const unreadable = await vendor(anchor, of("unreadable")).text();
    assert(usual !== changed && changed !== unreadable && usual !== unreadable);
  }
});

Deno.test("the counts by tool add up and none of them falls", async () => {
  let before: readonly number[] = [0, 0, 0];
  let total = 0;
  for (let at = anchor - 5 * DAY; at <= anchor; at += HOUR) {
    const answer = zai(at);
    if (answer.status !== 200) continue;
    const row = (await answer.json()).data.limits[0];
    const counts: number[] = row.usageDetails.map((one: { usage: number }) => one.usage);
    assertEquals(counts.reduce((sum, count) => sum + count, 0), row.currentValue);
    assert(row.currentValue >= total && counts.every((count, index) => count >= (before[index] ?? 0)));
    before = counts;
    total = row.currentValue;
  }
  assert(total > 900);
});

Deno.test("for any seed and hour, the page shows every state at the anchor and keeps changing", () => {
  for (let seed = 0; seed < 12; seed++) {
    const own = anchor + seed * 37 * HOUR;
    const { vendors: told } = createStory({ seed, anchor: own, zone, vendors });
    const shares = told.flatMap((vendor) =>
      vendor.gauges.map((gauge) => computeShare(gauge.stated(own), limitOf(vendor.id, gauge.quota)) ?? 0)
    );
    for (const [low, high] of [[0, 0.5], [0.5, 0.8], [0.8, 0.95], [0.95, 1]] as const) {
      assert(shares.some((share) => share >= low && share < high), `Nothing in ${low} to ${high}: ${shares}`);
    }
    // Hours later as well, when the first windows have ended.
    for (const start of [own, own + 11 * HOUR]) {
      for (let at = start; at < start + 10 * MINUTE; at += 15_000) {
        const moved = told.some(({ gauges }) =>
          gauges.some((gauge) => gauge.stated(at + 15_000) !== gauge.stated(at))
        );
        assert(moved, `Expected a move within 15 s of ${new Date(at).toISOString()} for seed ${seed}`);
      }
    }
  }
});

Deno.test("limits are reached on some days", () => {
  for (const { id, gauges } of story.vendors) {
    for (const { quota, meter, stated } of gauges) {
      if (quota !== "subscription" && quota !== "five-hour") continue;
      const ends = meter.spans(anchor - 30 * DAY, anchor).map((span) => stated(span.to - 1));
      const full = ends.filter((used) => used >= limitOf(id, quota)).length;
      assert(full > 0 && full < ends.length / 3, `Expected some of ${ends.length} windows full, got ${full}`);
    }
  }
});

function limitOf(vendor: string, quota: string): number {
  if (vendor === "synthetic") return LIMITS[quota] ?? NaN;
  return quota === "tool-calls" ? 1000 : 100;
}
