/** The text of a summary: what is listed, in which order, how much of it, and from which amount on. */
import type { SummaryPeriod } from "../../lib/model/alerts/summary.ts";
import { type SummaryFacts, type SummaryQuota, writeSummary } from "../../lib/model/alerts/summary_text.ts";
import { DAY_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { repeat } from "../support/insight_facts.ts";

const DAILY: SummaryPeriod = {
  interval: "daily",
  from: Date.parse("2026-11-18T07:00:00Z"),
  to: Date.parse("2026-11-19T07:00:00Z"),
  date: "2026-11-19",
};

/** A quota of which a tenth was used. */
function quota(name: string, use: Partial<SummaryQuota["use"]> = {}, fields: Partial<SummaryQuota> = {}) {
  return {
    name,
    unit: "requests",
    isBalance: false,
    use: { consumed: 10, share: 0.1, high: null, resets: 0, ...use },
    parts: [],
    ended: [],
    ...fields,
  } as SummaryQuota;
}

function write(quotas: readonly SummaryQuota[], facts: Partial<SummaryFacts> = {}, period = DAILY) {
  return writeSummary(period, { quotas, alerts: [], plans: [], ...facts }, "UTC")!;
}

const named = (count: number) => repeat(count, 0).map((_, index) => quota(`Q${index}`));

Deno.test("a summary says that nothing was used, or how many quotas were", () => {
  const idle = quota("Idle", { consumed: 0, share: 0 });
  const weekly = { ...DAILY, interval: "weekly" } as const;
  const words = (quotas: readonly SummaryQuota[], period = DAILY as SummaryPeriod) => {
    const { title, text } = write(quotas, {}, period);
    return [title, text];
  };
  assertEquals(words([idle]), ["Daily summary: nothing was used", "Nothing was used this day."]);
  assertEquals(words([idle], weekly), ["Weekly summary: nothing was used", "Nothing was used this week."]);
  assertEquals(words([quota("A"), idle], weekly), [
    "Weekly summary: 1 of 2 quotas used",
    "A: 10% of its limit (10 requests)",
  ]);
  // However little.
  assertEquals(words([quota("A", { consumed: 0.5, share: 0.005 })]), [
    "Daily summary: 1 of 1 quotas used",
    "A: 0.5% of its limit (0.5 requests)",
  ]);
});

Deno.test("a short summary names three quotas and counts the others, the long one lists twenty", () => {
  const lines = (count: number) => write(named(count)).text.split("\n").length;
  assertEquals([2, 3, 4, 5].map(lines), [2, 3, 4, 4]);
  assertEquals([4, 5].map((count) => write(named(count)).text.split("\n").at(-1)), [
    "and 1 more",
    "and 2 more",
  ]);
  const listed = (count: number) => write(named(count)).details.split("\n- ").length - 1;
  assertEquals([19, 20, 21].map(listed), [19, 20, 20]);
});

Deno.test("the quota with the largest share comes first, those without a limit last", () => {
  const shares = [["none", null], ["low", 0.2], ["high", 1.5], ["unlimited", null], ["mid", 0.9]] as const;
  const { details } = write(shares.map(([name, share]) => quota(name, { share })));
  assertEquals(details.split("\n- ").slice(1).map((line) => line.split(":")[0]), [
    "high",
    "mid",
    "low",
    "none",
    "unlimited",
  ]);
});

Deno.test("use is stated in limits with its amount, the highest level and the resets; or as an amount", () => {
  const line = (use: Partial<SummaryQuota["use"]>, fields: Partial<SummaryQuota> = {}) =>
    write([quota("A", use, fields)]).text;
  assertEquals(line({ resets: 1 }), "A: 10% of its limit (10 requests), 1 reset");
  assertEquals(
    line({ resets: 2, high: 0.8 }),
    "A: 10% of its limit (10 requests), at most 80% at once, 2 resets",
  );
  assertEquals(line({ share: null, high: 0.8, resets: 2 }), "A: 10 requests");
  const percent = { unit: "percent" } as const;
  assertEquals(line({}, percent), "A: 10% of its limit");
  assertEquals(line({ share: null }, percent), "A: 10%");
  assertEquals(line({}, { ...percent, isBalance: true }), "A: 10% spent");
  assertEquals(line({ consumed: 3.2 }, { unit: "usd", isBalance: true }), "A: $3.20 spent");
});

Deno.test("what was left at a reset is reported from a tenth on, of windows that last about a day or longer", () => {
  const wasted = (peaks: readonly number[], lengthMs = DAY_MS) => {
    const ended = peaks.map((peakShare) => ({ peakShare, lengthMs }));
    return write([quota("A", {}, { ended })]).text.split("\n")[1] ?? null;
  };
  assertEquals(wasted([]), null);
  assertEquals(wasted([0.9]), "Unused: A: 10% was left at its reset");
  assertEquals(wasted([0.91]), null);
  assertEquals(wasted([0.5, 0.7]), "Unused: A: 40% was left on average at 2 resets");
  // More than all of one is nothing left, not less than nothing.
  assertEquals(wasted([0.5, 1, 1, 1, 1.5]), "Unused: A: 10% was left on average at 5 resets");
  // A day that lost an hour to a clock change is a day; most of one is not.
  assertEquals(wasted([0.5], 0.95 * DAY_MS), "Unused: A: 50% was left at its reset");
  assertEquals(wasted([0.5], 0.95 * DAY_MS - 1), null);
});

Deno.test("the sources of use are its three largest, if there are several and something was used", () => {
  const sources = (...used: readonly number[]) => {
    const parts = used.map((each, index) => ({ name: `p${index}`, used: each }));
    const { details } = write([quota("A", {}, { parts })]);
    return /By source, in the current window:\n- (.*)/.exec(details)?.[1] ?? null;
  };
  assertEquals(sources(10, 40, 20, 30), "A: p1 40%, p3 30%, p2 20%");
  assertEquals(sources(0.25, 0.75), "A: p1 75%, p0 25%");
  assertEquals(sources(3, 0), "A: p0 100%");
  assertEquals([sources(3), sources(0, 0), sources()], [null, null, null]);
  assertEquals(sources(Number.MAX_VALUE, Number.MAX_VALUE), null);
});

Deno.test("alerts and plans have their sections, and empty ones are left out", () => {
  const { details } = write([quota("A")], { alerts: ["A: 85% used"], plans: ["It fits."] });
  assertStringIncludes(details, "Alerts:\n- A: 85% used\n\nPlans:\n- It fits.");
  assert(!/Alerts|Plans|Ended|source/.test(write([quota("A")]).details));
});
