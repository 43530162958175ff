import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import {
  previousPeriodMs,
  previousPeriodRange,
  previousPeriodText,
  shiftLines,
} from "../../lib/model/history/earlier.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";

const TO = Date.UTC(2026, 10, 19, 12);

Deno.test("the previous period begins whole days back, so that the same times of day are aligned", () => {
  for (const [hours, days] of [[1, 1], [6, 1], [24, 1], [25, 2], [7 * 24, 7], [30 * 24, 30]] as const) {
    assertEquals(previousPeriodMs(TO - hours * HOUR_MS, TO), days * DAY_MS);
  }
  assertEquals(previousPeriodText(TO - HOUR_MS, TO), "a day before");
  assertEquals(previousPeriodText(TO - 7 * DAY_MS, TO), "7 days before");
});

Deno.test("it is read as far as the chart can show, including the space of the forecast", () => {
  const { from, to } = previousPeriodRange(TO - 10 * DAY_MS, TO);
  assertEquals([from, to], [TO - 20 * DAY_MS, TO - 10 * DAY_MS + 1.8 * DAY_MS]);
  assertEquals(previousPeriodRange(HOUR_MS, 2 * HOUR_MS).from, 0);
});

Deno.test("its lines move into this period with their gaps, and empty ones are omitted", () => {
  const key = "acme/default/weekly" as QuotaKey;
  const lines = [{ key, points: [[10, 0.5], [20, null]] }, { key, points: [] }, {
    key,
    points: [[7, 0.2]],
  }] as const;
  assertEquals(shiftLines(lines, 5), [{ key, points: [[15, 0.5], [25, null]] }, {
    key,
    points: [[12, 0.2]],
  }]);
});
