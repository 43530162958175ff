/** The day of the first reading is watched from that reading on, not from midnight. */
import { HOUR_MS } from "../../lib/model/duration.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { ONE_WEEK, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const MONTH = { kind: "calendar", seconds: null } as const;

/** Text of a page: tags become spaces. */
function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

/** Five percent an hour, read every hour. */
async function watched(from: string, hours: number) {
  const clock = new FakeClock(utc(from));
  const services = await fakeServices({ clock });
  for (let hour = 0; hour <= hours; hour++) {
    if (hour > 0) clock.jump(HOUR_MS);
    await services.polled("acme/work", [
      reading({
        quota: "week",
        label: "Week",
        unit: "percent",
        used: 5 * hour,
        limit: 100,
        window: ONE_WEEK,
        resetsAt: utc("2026-11-27 00:00"),
      }),
    ]);
  }
  return services;
}

Deno.test("how fast a quota drains on its first day is measured from its first reading on", async () => {
  await using services = await watched("2026-11-21 14:00", 8);
  const page = textOf(await (await askApp(services)("/analytics?interval=1d")).text());
  const [, row] = /acme work Week (\d+%\/h .*?) lasts|acme work Week (5%\/h.{0,90})/.exec(page) ?? [];
  // 40% in the eight hours from 14:00 to 22:00; a full limit lasts 20 hours.
  assertStringIncludes(row ?? page, "5%/h Sat 21 Nov 20h 5%/h");
});

Deno.test("hours are not a day: what a quota uses a day is unknown until it was read for one", async () => {
  for (
    const [hours, perDay] of [
      [8, "unknown"],
      [23, "unknown"],
      [24, "120%"],
    ] as const
  ) {
    await using services = await watched("2026-11-21 00:00", hours);
    const page = textOf(await (await askApp(services)("/analytics?interval=1d&group=quota")).text());
    const [, summary = ""] = /Consumption in limits, highest first (.*?) Fastest depletion/.exec(page) ?? [];
    assertStringIncludes(summary, `${5 * hours}% ${5 * hours}% ${perDay} `);
  }
});

Deno.test("the cost of a month is projected from complete days: the day of the first reading is none", async () => {
  const clock = new FakeClock(utc("2026-11-20 18:00"));
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const projections: Record<string, unknown> = {};
  // Half a dollar an hour, and 237 dollars before the first reading.
  for (let hour = 0; hour <= 90; hour++) {
    if (hour > 0) clock.jump(HOUR_MS);
    await services.polled("acme/api", [
      reading({
        quota: "month",
        unit: "usd",
        used: 237 + hour / 2,
        limit: null,
        window: MONTH,
        resetsAt: utc("2026-12-01 00:00"),
      }),
    ]);
    if (hour === 66 || hour === 90) {
      const { accounts: [account] } = await (await ask("/api/v1/spend")).json();
      projections[hour] = [account.months[0].amount, account.perDay, account.projected];
    }
  }
  assertEquals(projections, {
    // On the 23rd at 12:00, two complete days are known.
    66: [270, null, null],
    // On the 24th at 12:00, three of 12 dollars; six and a half days are left.
    90: [282, 12, 282 + 6.5 * 12],
  });
});

Deno.test("what a plan was worth begins with its first reading, and leaves out nothing read since", async () => {
  const clock = new FakeClock(utc("2026-11-01 18:00"));
  await using services = await fakeServices({ clock });
  const [week, begin] = [7 * 24, utc("2026-11-01 00:00")];
  // Half a percent an hour for ten days, in weeks of the calendar.
  for (let hour = 0; hour <= 240; hour++) {
    if (hour > 0) clock.jump(HOUR_MS);
    const passed = Math.floor((clock.now() - begin) / HOUR_MS);
    await services.polled("acme/plan", [
      reading({
        quota: "week",
        unit: "percent",
        used: passed % week / 2,
        limit: 100,
        window: ONE_WEEK,
        resetsAt: begin + (Math.floor(passed / week) + 1) * week * HOUR_MS,
      }),
    ], "Max");
  }
  const { plans: [plan] } = await (await askApp(services)("/api/v1/spend")).json();
  // Read were 119.5% in 240 hours, all but what was used in the hour before the reset, and the plan allows 100% in 168.
  assertEquals(plan.usedShare, 0.8365);
});
