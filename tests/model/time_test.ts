import {
  clockText,
  dayStart,
  deriveOffset,
  isoDate,
  isoInstant,
  isoWeek,
  isSameZone,
  isZone,
  midnight,
  offsetAt,
  wallText,
  wallTime,
  weekStart,
} from "../../lib/model/time.ts";
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { assertFast } from "../support/speed.ts";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/Sao_Paulo", // midnight was skipped in spring
  "Asia/Beirut", // midnight is skipped in spring, 23:00 comes twice in autumn
  "Asia/Amman", // midnight came twice in autumn
  "America/Havana", // the same, west of Greenwich
  "Atlantic/Azores",
  "Asia/Kolkata", // half an hour
  "Asia/Kathmandu", // a quarter of an hour
  "Australia/Lord_Howe", // moves by half an hour
  "Pacific/Apia", // left out 30 December 2011
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
] as const;

const zone = fc.constantFrom(...ZONES);
/** Any time from 2010 to 2030, more often around clock changes. */
const instant = fc.oneof(
  fc.integer({ min: utc("2010-01-01"), max: utc("2030-01-01") }),
  fc.tuple(
    fc.constantFrom(
      utc("2018-11-04 03:00"), // São Paulo
      utc("2021-10-28 22:00"), // Amman
      utc("2022-03-26 22:00"), // Beirut
      utc("2022-10-29 21:00"), // Beirut
      utc("2023-11-05 05:00"), // Havana
      utc("2023-10-29 01:00"), // Berlin, London, Azores
      utc("2026-03-08 07:00"), // New York
      utc("2011-12-30 10:00"), // Apia
    ),
    fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
  ).map(([turn, distance]) => turn + distance),
);

Deno.test("dayStart() is at or before a time, and the next one after it", () => {
  fc.assert(
    fc.property(instant, zone, (at, zone) => {
      assert(dayStart(at, zone) <= at);
      assert(at < dayStart(at, zone, 1));
    }),
    { numRuns: 600 },
  );
});

Deno.test("a day is one date from its start to the next", () => {
  fc.assert(
    fc.property(instant, zone, (at, zone) => {
      const date = isoDate(at, zone);
      const start = dayStart(at, zone);
      assertEquals(isoDate(start, zone), date);
      assert(isoDate(start - 1, zone) < date);
      assert(isoDate(dayStart(at, zone, 1) - 1, zone) === date);
    }),
    { numRuns: 600 },
  );
});

Deno.test("local time is 00:00 at the start of a day, unless midnight was skipped", () => {
  fc.assert(
    fc.property(instant, zone, (at, zone) => {
      const start = dayStart(at, zone);
      if (clockText(start, zone) === "00:00") return;
      // Skipped: the second before belongs to the day before and the offset jumped.
      assert(offsetAt(start, zone) > offsetAt(start - 1, zone));
      assert(isoDate(start - 1, zone) < isoDate(start, zone));
    }),
    { numRuns: 600 },
  );
});

Deno.test("weekStart() is a Monday at or before an instant, less than eight days back", () => {
  fc.assert(
    fc.property(instant, zone, (at, zone) => {
      const start = weekStart(at, zone);
      assert(start <= at && at < weekStart(at, zone, 1));
      const { year, month, day } = wallTime(start, zone);
      assertEquals(new Date(Date.UTC(year, month - 1, day)).getUTCDay(), 1);
      assertEquals(isoWeek(start, zone), isoWeek(at, zone));
      assert(isoWeek(start - 1, zone) !== isoWeek(at, zone));
    }),
    { numRuns: 300 },
  );
});

Deno.test("days have 23 and 25 hours when clocks change", () => {
  const lengthOf = (date: string, zone: string) => {
    const noon = utc(`${date} 12:00`) - offsetAt(utc(`${date} 12:00`), zone);
    return (dayStart(noon, zone, 1) - dayStart(noon, zone)) / HOUR_MS;
  };
  assertEquals(lengthOf("2026-03-29", "Europe/Berlin"), 23);
  assertEquals(lengthOf("2026-10-25", "Europe/Berlin"), 25);
  assertEquals(lengthOf("2026-03-08", "America/New_York"), 23);
  assertEquals(lengthOf("2026-11-01", "America/New_York"), 25);
  assertEquals(lengthOf("2026-11-02", "America/New_York"), 24);
  assertEquals(lengthOf("2026-10-04", "Australia/Lord_Howe"), 23.5);
});

Deno.test("the day begins at 01:00 if midnight is skipped", () => {
  assertEquals(dayStart(utc("2018-11-04 12:00"), "America/Sao_Paulo"), utc("2018-11-04 03:00"));
  assertEquals(wallText(utc("2018-11-04 03:00"), "America/Sao_Paulo"), "2018-11-04 01:00");
  assertEquals(dayStart(utc("2022-03-27 12:00"), "Asia/Beirut"), utc("2022-03-26 22:00"));
  assertEquals(wallText(utc("2022-03-26 22:00"), "Asia/Beirut"), "2022-03-27 01:00");
});

Deno.test("the day begins at the first of two midnights", () => {
  assertEquals(dayStart(utc("2021-10-29 09:00"), "Asia/Amman"), utc("2021-10-28 21:00"));
  assertEquals(dayStart(utc("2021-10-28 21:30"), "Asia/Amman"), utc("2021-10-28 21:00"));
  assertEquals(dayStart(utc("2023-11-05 12:00"), "America/Havana"), utc("2023-11-05 04:00"));
  assertEquals(dayStart(utc("2023-10-29 12:00"), "Atlantic/Azores"), utc("2023-10-29"));
});

Deno.test("a day that a zone skipped is empty", () => {
  const turn = utc("2011-12-30 10:00");
  assertEquals(midnight(2011, 12, 30, "Pacific/Apia"), turn);
  assertEquals(midnight(2011, 12, 31, "Pacific/Apia"), turn);
  assertEquals(dayStart(turn - 1, "Pacific/Apia", 1), turn);
});

Deno.test("zones may have offsets of half and quarter hours", () => {
  assertEquals(dayStart(utc("2026-11-21 12:00"), "Asia/Kolkata"), utc("2026-11-20 18:30"));
  assertEquals(dayStart(utc("2026-11-21 12:00"), "Asia/Kathmandu"), utc("2026-11-20 18:15"));
  assertEquals(offsetAt(utc("2026-11-21"), "Asia/Kathmandu"), 345 * MINUTE_MS);
});

Deno.test("midnight() lets the day overflow into other months and years", () => {
  assertEquals(midnight(2026, 11, 0, "UTC"), utc("2026-10-31"));
  assertEquals(midnight(2026, 12, 32, "UTC"), utc("2027-01-01"));
  assertEquals(midnight(2026, 3, 29 + 1, "Europe/Berlin"), utc("2026-03-29 22:00"));
});

Deno.test("ISO weeks belong to the year of their Thursday", () => {
  const weeks = [
    ["2026-01-01", "2026-W01"],
    ["2026-01-04", "2026-W01"],
    ["2026-01-05", "2026-W02"],
    ["2026-03-10", "2026-W11"],
    ["2026-11-21", "2026-W47"],
    ["2026-12-31", "2026-W53"],
    ["2027-01-03", "2026-W53"],
    ["2027-01-04", "2027-W01"],
    ["2024-12-29", "2024-W52"],
    ["2024-12-30", "2025-W01"],
    ["2021-01-03", "2020-W53"],
    ["2021-01-04", "2021-W01"],
  ] as const;
  for (const [date, week] of weeks) assertEquals(isoWeek(utc(`${date} 12:00`), "UTC"), week);
});

Deno.test("dates and weeks are local to the zone, not UTC", () => {
  const at = utc("2027-01-03 23:30");
  assertEquals(isoDate(at, "UTC"), "2027-01-03");
  assertEquals(isoDate(at, "Europe/Berlin"), "2027-01-04");
  assertEquals(isoWeek(at, "UTC"), "2026-W53");
  assertEquals(isoWeek(at, "Europe/Berlin"), "2027-W01");
  assertEquals(wallText(at, "Europe/Berlin"), "2027-01-04 00:30");
  assertEquals(clockText(at, "America/New_York"), "18:30");
});

Deno.test("midnight is hour 0, never 24", () => {
  for (const zone of ZONES) assert(wallTime(dayStart(utc("2026-11-21"), zone), zone).hour < 24);
  assertEquals(wallText(utc("2026-11-21"), "UTC"), "2026-11-21 00:00");
});

Deno.test("isZone() distinguishes zones from other text", () => {
  for (const zone of ZONES) assert(isZone(zone));
  for (const text of ["", "Mars/Olympus", "Europe", "../etc/passwd"]) assert(!isZone(text), text);
  assertThrows(() => wallTime(0, "Mars/Olympus"), /time zone/i);
});

Deno.test("isoInstant() is UTC with milliseconds, and null stays null", () => {
  assertEquals(isoInstant(utc("2026-11-21 12:00")), "2026-11-21T12:00:00.000Z");
  assertEquals(isoInstant(utc("2026-11-21 12:00") + 5), "2026-11-21T12:00:00.005Z");
  assertEquals(isoInstant(null), null);
});

Deno.test("a month of days is computed quickly", () =>
  assertFast(1000, () => {
    for (let day = 0; day < 300; day++) dayStart(utc("2026-11-21"), "Europe/Berlin", -day);
  }));

for (
  const [runtime, run] of [["this runtime", runAsItIs], ["one without Temporal", runWithoutTemporal]] as const
) {
  Deno.test(`wallTime() agrees with a calendar in any zone and near any clock change, in ${runtime}`, () => {
    run(compareWithCalendars);
  });
}

function compareWithCalendars(): void {
  const zones = [
    ...ZONES,
    "America/St_Johns",
    "Asia/Gaza",
    "Pacific/Apia",
    "Africa/Monrovia",
    "Africa/Casablanca",
  ];
  const instants = fc.oneof(instant, fc.integer({ min: utc("1971-01-01"), max: utc("2038-01-01") }));
  const calendars = new Map(zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }),
  ]));
  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
      const { year, month, day, hour, minute, second } = wallTime(at, zone);
      const [date, time] = [[year, month, day], [hour, minute, second]].map((fields) =>
        fields.map((field) => String(field).padStart(2, "0"))
      );
      assertEquals(`${date!.join("-")} ${time!.join(":")}`, calendars.get(zone)!.format(at));
    }),
    { numRuns: 3000 },
  );
}

Deno.test("with Temporal, telling times creates no formatter, which would load the data of all languages", () => {
  assertEquals(countFormatters(() => wallText(Date.UTC(2026, 10, 21, 12), "America/Araguaina")), 0);
});

Deno.test("without Temporal, a zone costs one formatter, however it is spelled, and a limited number is cached", () =>
  runWithoutTemporal(() => {
    const name = "America/Punta_Arenas";
    const countFirst = countFormatters(() => {
      for (let i = 0; i < 2000; i++) {
        const letters = [...name].map((c, at) => (i >> (at % 11)) & 1 ? c.toUpperCase() : c.toLowerCase());
        assertEquals(wallText(Date.UTC(2026, 10, 21, 12), letters.join("")), "2026-11-21 09:00");
      }
    });
    assertEquals(countFirst, 1);
    for (let minutes = 1; minutes < 400; minutes++) {
      const zone = `+${String(Math.floor(minutes / 60)).padStart(2, "0")}:${
        String(minutes % 60).padStart(2, "0")
      }`;
      assertEquals(offsetAt(Date.UTC(2026, 10, 21), zone), minutes * 60_000);
    }
    // The first has been evicted by now; its times are right all the same.
    assertEquals(countFormatters(() => wallText(Date.UTC(2026, 10, 22, 12), name)), 1);
  }));

/** Counts the formatters that `run` creates to tell times, which have an hour; names are looked up without. */
function countFormatters(run: () => unknown): number {
  const Real = Intl.DateTimeFormat;
  let count = 0;
  const counting = new Proxy(Real, {
    construct(target, [locales, options]: [string, Intl.DateTimeFormatOptions]) {
      if (options.hour !== undefined) count++;
      return new target(locales, options);
    },
  });
  Object.assign(Intl, { DateTimeFormat: counting });
  try {
    run();
  } finally {
    Object.assign(Intl, { DateTimeFormat: Real });
  }
  return count;
}

function runAsItIs(run: () => void): void {
  run();
}

/** Hides `Temporal`, which runtimes before Deno 2.7 lack. */
function runWithoutTemporal(run: () => void): void {
  const property = Object.getOwnPropertyDescriptor(globalThis, "Temporal");
  Reflect.deleteProperty(globalThis, "Temporal");
  try {
    run();
  } finally {
    if (property !== undefined) Object.defineProperty(globalThis, "Temporal", property);
  }
}

Deno.test("two names of one zone are the same zone", () => {
  assert(isSameZone("Asia/Kolkata", "asia/calcutta"));
  assert(!isSameZone("Asia/Kolkata", "Asia/Tokyo"));
  assert(!isSameZone("Mars/Olympus", "Asia/Tokyo"));
  // Other names, since the module remembers those above as this runtime spells them.
  runWithoutTemporal(() => {
    assert(isSameZone("America/Los_Angeles", "us/pacific"));
    assert(!isSameZone("America/Los_Angeles", "America/Vancouver"));
  });
});

// Last, since it creates formatters that others count.
Deno.test("all zones have the offsets a formatter writes, wherever they come from", () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
  fc.assert(
    fc.property(zones, instant, (zone, at) => assertEquals(offsetAt(at, zone), deriveOffset(at, zone))),
    { numRuns: 3000 },
  );
});
