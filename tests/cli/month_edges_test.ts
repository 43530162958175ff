/** A vendor's month begins at midnight of UTC, hours before or after that of the user. */
import { withCliHome } from "./support.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";

interface Spend {
  readonly accounts: readonly {
    readonly months: readonly {
      readonly month: string;
      readonly amount: number | null;
      readonly since: string | null;
    }[];
  }[];
}

/**
 * Half a dollar an hour, and readings since 20 November at noon, when the vendor's month stood at 234 dollars: it ends at
 * 360, and 12 dollars are one day.
 */
const USED: readonly (readonly [at: string, used: number, month: string])[] = [
  ...hours("2026-11-20 12:00", "2026-12-01 00:00", 234).map(([at, used]) =>
    [at, used, "2026-12-01"] as const
  ),
  ...hours("2026-12-01 00:00", "2026-12-02 12:00", 0).map(([at, used]) => [at, used, "2027-01-01"] as const),
];

/** Excludes the end. */
function hours(from: string, to: string, used: number): (readonly [at: string, used: number])[] {
  return Array.from({ length: (utc(to) - utc(from)) / 3_600_000 }, (_, hour) => {
    const at = new Date(utc(from) + hour * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    return [at, used + hour / 2] as const;
  });
}

Deno.test("a month is the vendor's own in every zone, and no dollar is in two months or in none", () =>
  withCliHome(async (place) => {
    for (const month of ["2026-12-01", "2027-01-01"]) {
      await place.fill(
        USED.filter((one) => one[2] === month).map(([at, used]) => [at, used]),
        {
          quota: "month",
          unit: "usd",
          limit: null,
          window: { kind: "calendar", seconds: null },
          resetsAt: utc(month),
        },
      );
    }
    for (
      const [zone, now, months] of [
        // The vendor's November has 30 minutes to go; that of Tokyo ended nine hours ago, that of Berlin 30 minutes ago.
        ["UTC", "2026-11-30 23:30", { "2026-11": 359.5 }],
        ["Asia/Tokyo", "2026-11-30 23:30", { "2026-12": 0, "2026-11": 359.5 }],
        ["Europe/Berlin", "2026-11-30 23:30", { "2026-12": 0, "2026-11": 359.5 }],
        // It is over, and that of New York has three hours to go.
        ["America/New_York", "2026-12-01 02:30", { "2026-11": 359.5 }],
        ["UTC", "2026-12-01 02:30", { "2026-12": 1, "2026-11": 359.5 }],
        ["America/New_York", "2026-12-01 06:30", { "2026-12": 3, "2026-11": 359.5 }],
        ["Asia/Tokyo", "2026-12-01 06:30", { "2026-12": 3, "2026-11": 359.5 }],
      ] as const
    ) {
      const { accounts: [account] } = await place.json(
        `spend --json --timezone ${zone} --now ${now.replace(" ", "T")}:00Z`,
        {
          clock: createFixedClock(utc("2026-12-02 12:00")),
        },
      ) as Spend;
      const known = account!.months.filter(({ amount }) => amount !== null);
      assertEquals(
        known.map(({ month, amount }) => [month, amount]),
        Object.entries(months),
        `${zone} at ${now}`,
      );
      assertEquals(known.map(({ since }) => since), known.map(() => null), `${zone} at ${now}`);
    }
  }));

Deno.test("a counter that restarts each day is no month, whether the month begins or ends", () =>
  withCliHome(async (place) => {
    // Half a dollar an hour from noon on, and the counter of the day says nothing of its length.
    for (let hour = 0; hour <= 84; hour++) {
      const at = utc("2026-11-28 12:00") + hour * 3_600_000;
      const midnight = Math.floor(at / 86_400_000) * 86_400_000;
      await place.fill([[
        new Date(at).toISOString().slice(0, 16).replace("T", " "),
        (at - midnight) / 7_200_000,
      ]], {
        quota: "day",
        unit: "usd",
        limit: null,
        window: { kind: "calendar", seconds: null },
        resetsAt: midnight + 86_400_000,
      });
    }
    const clock = createFixedClock(utc("2026-12-02 00:00"));
    const spent = async (now: string) => {
      const { accounts: [account] } = await place.json(`spend --json --timezone UTC --now ${now}`, {
        clock,
      }) as Spend;
      return account!.months.slice(0, 2).map(({ amount }) => amount);
    };
    // 5.5 dollars on the 28th, and 11.5 on each day after: what is used in the last hour of a day is never read.
    assertEquals(await spent("2026-11-30T12:30:00Z"), [5.5 + 11.5 + 6, null]);
    assertEquals(await spent("2026-12-01T12:30:00Z"), [6, 5.5 + 11.5 + 11.5]);
  }));
