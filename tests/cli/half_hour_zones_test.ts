/** Days of zones that are half an hour off, in sums that outlive the five-minute buckets they were cut from. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { withCliHome } from "./support.ts";

const NOW = "2026-11-20 10:37";

/** One request every ten minutes for four days, and one at the end. */
const READINGS: readonly (readonly [at: string, used: number])[] = [
  ...Array.from({ length: 4 * 144 }, (_, i) => {
    return [
      new Date(utc("2026-08-20") + i * 600_000).toISOString().slice(0, 16).replace("T", " "),
      i,
    ] as const;
  }),
  [NOW, 4 * 144],
];

interface Drawn {
  readonly quotas: readonly {
    readonly periods: readonly { readonly period: string; readonly consumed: number | null }[];
  }[];
}

for (const [zone, first] of [["Asia/Kolkata", 110], ["Asia/Kathmandu", 109], ["UTC", 143]] as const) {
  Deno.test(`${zone}: a day loses nothing when its five-minute buckets expire within an hour`, () =>
    withCliHome(async (place) => {
      await place.fill(READINGS, {
        limit: 1000,
        resetsAt: null,
        window: { kind: "calendar", seconds: null },
      });
      const days = async (now: string) => {
        const clock = createFixedClock(utc(now));
        const { quotas } = await place.json(`chart -t daily --days 100 --json --timezone ${zone}`, {
          clock,
        }) as Drawn;
        return Object.fromEntries(
          quotas[0]!.periods.filter(({ period }) => period < "2026-09").toReversed()
            .flatMap(({ period, consumed }) => consumed === null ? [] : [[period, consumed]]),
        );
      };
      const before = await days(NOW);
      // The first reading counts as nothing, and the day in the zone ends that much before the one in UTC.
      assertEquals(before["2026-08-20"], first);
      assertEquals(before["2026-08-22"], 144);
      // Kept for 90 days: until 10:37 on 22 August.
      const pruned = await place.run("db prune --now 2026-11-20T10:37:00Z");
      assert(/Removed [\d,]+ rows/.test(pruned.stdout), pruned.stdout);
      const after = await days(NOW);
      const sum = (all: Readonly<Record<string, number>>) =>
        Object.values(all).reduce((one, other) => one + other, 0);
      assertEquals(sum(after), sum(before));
      // An hour that two days share now counts in the one in which it ended: six readings at most.
      for (const [day, consumed] of Object.entries(before)) {
        assert(
          Math.abs(after[day]! - consumed) <= (zone === "UTC" ? 0 : 6),
          `${day}: ${after[day]} for ${consumed}`,
        );
      }
    }));
}
