/**
 * Z.ai on a pro plan: whole percents of a five-hour window that begins
 * with the first use and of a week, and monthly tool calls.
 */
import { backToBack, createMeter, createMonthly, fromFirstUse } from "../meter.ts";
import { type Person, storyStart } from "../person.ts";
import { decideByChance, drawBetween } from "../random.ts";
import { createWork, scaledTo } from "../work.ts";
import type { Gauge, Vendor, VendorRequest } from "./vendor.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEY = "demo.opens-nothing";
const OTHER_KEY = "demo.opens-nothing-either";
const TOOL_CALLS = 1000;

/** Twenty consecutive calls, by tool, which give the split of all of them. */
const CALLS = "srssrsszsrssssrsrszs";
const TOOLS = [
  { modelCode: "search-prime", letter: "s" },
  { modelCode: "web-reader", letter: "r" },
  { modelCode: "zread", letter: "z" },
] as const;

export function zai(person: Person): Vendor {
  const { seed, anchor } = person;
  const five = createWork(person, {
    name: "zai five-hour",
    share: 0.6,
    perHour: 27,
    running: { sinceMs: 2.7 * HOUR, amount: drawBetween(82, 90, seed, "five-hour"), perHour: 9 },
  });
  const fiveHour = createMeter({
    windows: fromFirstUse(5 * HOUR, storyStart(person), five.nextUse),
    limit: 100,
    doneBy: five.doneBy,
  });

  // The week resets two days after the anchor: enough of it has passed for a meaningful figure.
  const thisWeek = anchor - Math.round(drawBetween(4.6, 5.4, seed, "week") * DAY);
  const weekly = createMeter({
    windows: backToBack(7 * DAY, thisWeek - 9 * 7 * DAY),
    limit: 100,
    // What the five-hour window did not grant does not count for the week either.
    doneBy: scaledTo(fiveHour.granted, thisWeek, anchor, drawBetween(40, 48, seed, "weekly")),
  });

  const calls = createWork(person, {
    name: "zai tool-calls",
    share: 0.35,
    perHour: 20,
    running: { sinceMs: 2 * HOUR, amount: 40, perHour: 20 },
  });
  const thisMonth = monthBegin(anchor);
  const toolCalls = createMeter({
    windows: createMonthly(new Date(thisMonth).setUTCMonth(new Date(thisMonth).getUTCMonth() - 2)),
    limit: TOOL_CALLS,
    doneBy: scaledTo(
      calls.doneBy,
      thisMonth,
      anchor,
      TOOL_CALLS * drawBetween(0.955, 0.97, seed, "tool-calls"),
    ),
  });

  const roundDown = (value: number) => Math.floor(value + 1e-9);
  const gauges = [
    { quota: "five-hour", meter: fiveHour, stated: (now) => roundDown(fiveHour.at(now).used) },
    { quota: "weekly", meter: weekly, stated: (now) => roundDown(weekly.at(now).used) },
    { quota: "tool-calls", meter: toolCalls, stated: (now) => roundDown(toolCalls.at(now).used) },
  ] as const satisfies readonly Gauge[];
  const [fiveHourGauge, weeklyGauge, toolCallsGauge] = gauges;

  function percentRow(of: Gauge, unit: number, number: number, { now, inverted }: VendorRequest) {
    const { window } = of.meter.at(now);
    return {
      type: "TOKENS_LIMIT",
      unit,
      number,
      percentage: inverted ? 100 - of.stated(now) : of.stated(now),
      // Between windows there is no reset.
      ...(window ? { nextResetTime: window.to } : {}),
    };
  }

  function toolRow({ now, inverted }: VendorRequest) {
    const stated = toolCallsGauge.stated(now);
    const used = inverted ? TOOL_CALLS - stated : stated;
    const { window } = toolCalls.at(now);
    // In some hours the vendor omits the reset of this row.
    const silent = decideByChance(seed, "zai silent", Math.floor(now / HOUR)) < 0.1;
    return {
      type: "TIME_LIMIT",
      unit: 5,
      number: 1,
      usage: TOOL_CALLS,
      currentValue: used,
      remaining: TOOL_CALLS - used,
      percentage: roundDown(used / TOOL_CALLS * 100),
      ...(window && !silent ? { nextResetTime: window.to } : {}),
      usageDetails: TOOLS.map(({ modelCode, letter }) => ({ modelCode, usage: simulateCalls(letter, used) })),
    };
  }

  return {
    id: "zai",
    environment: { ZAI_API_KEY: KEY },
    paths: ["/api/monitor/usage/quota/limit"],
    gauges,
    admits(request) {
      const given = request.headers.get("authorization");
      // A second account with the same key would count the same use twice.
      return [KEY, OTHER_KEY].some((key) => given === key || given === `Bearer ${key}`);
    },
    refusal: () => Response.json({ code: 1000, msg: "Authentication Failed", success: false }),
    answer(req) {
      const limits = [
        toolRow(req),
        percentRow(fiveHourGauge, 3, 5, req),
        percentRow(weeklyGauge, 6, 1, req),
      ];
      return Response.json({
        code: 200,
        msg: "Operation successful",
        success: true,
        data: { limits: req.changed ? limits.map(asText) : limits, level: "pro" },
      });
    },
    unreadable: () =>
      new Response("<!doctype html><title>We will be right back</title>", {
        headers: { "content-type": "text/html; charset=utf-8" },
      }),
  };
}

/** Returns how many of the first `count` calls went to a tool. */
function simulateCalls(letter: string, count: number): number {
  const inAll = CALLS.split(letter).length - 1;
  const inRest = CALLS.slice(0, count % CALLS.length).split(letter).length - 1;
  return Math.floor(count / CALLS.length) * inAll + inRest;
}

/** Converts numbers to strings, as in some responses. */
function asText(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(row).map(([name, value]) =>
    [name, typeof value === "number" && name !== "unit" && name !== "number" ? String(value) : value] as const
  );
  return Object.fromEntries(entries);
}

/** Returns when the subscription month with the anchor began: about three weeks before it, at 16:00 UTC. */
function monthBegin(anchor: number): number {
  const day = new Date(anchor - 23 * DAY);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), Math.min(28, day.getUTCDate()), 16);
}
