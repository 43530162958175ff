/** Which days are final, so that they are read only once. */
import type { Store } from "../../lib/store/store.ts";
import type { QuotaState } from "../../lib/model/engine/state.ts";
import { countFinalDays, finalUntil } from "../../lib/read/settled.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, utc } from "../support/readings.ts";

const KEY = "acme/work";
const NOW = utc("2026-11-21 13:00");
const TODAY = utc("2026-11-21");

/** The days up to today, in time order. */
function daysBefore(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const from = TODAY - (count - 1 - index) * DAY_MS;
    return { label: "", from, to: from + DAY_MS };
  });
}

Deno.test("all days but today and yesterday are final", () => {
  assertEquals([0, 1, 2, 3, 10].map((count) => countFinalDays(daysBefore(count), Infinity)), [0, 0, 0, 1, 8]);
});

Deno.test("from the first day on that may still be corrected, none is final", () => {
  const days = daysBefore(6);
  const final = (correctable: number) => countFinalDays(days, correctable);
  const { from, to } = days[1]!;
  // A day that ends when corrections begin is over.
  assertEquals([final(to), final(to - 1), final(from), final(from - 1)], [2, 1, 1, 0]);
  assertEquals([final(-Infinity), final(TODAY)], [0, 4]);
});

Deno.test("nothing of an account changes before yesterday, or before what may still be corrected", async () => {
  /** Quotas that were read at an instant; of those in doubt since then, the next reading decides. */
  const quota = (at: number, isHeld: boolean) => ({ at, ...isHeld && { held: {} } }) as unknown as QuotaState;
  const until = (quotas: readonly QuotaState[], zone = "UTC") =>
    finalUntil(
      {
        latest: () => Promise.resolve([{ state: { quotas: Object.fromEntries(quotas.entries()) } }]),
      } as unknown as Store,
      KEY,
      NOW,
      zone,
    );
  const yesterday = TODAY - DAY_MS;
  const old = TODAY - 30 * DAY_MS;
  assertEquals(await until([]), yesterday);
  // In Tokyo it is 22:00 of the 21st, and the 20th began at 15:00 UTC.
  assertEquals(await until([], "Asia/Tokyo"), utc("2026-11-19 15:00"));
  assertEquals(await until([quota(old, false), quota(NOW, true)]), yesterday);
  assertEquals(await until([quota(NOW, false), quota(old, true)]), old);
  const none = { latest: () => Promise.resolve([]) } as unknown as Store;
  assertEquals(await finalUntil(none, KEY, NOW, "UTC"), yesterday);
});
