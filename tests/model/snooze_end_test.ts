/** When a snooze until the reset ends, and times of day. */
import fc from "fast-check";
import { dayMinuteText, parseDayMinute } from "../../lib/model/alerts/day_minute.ts";
import { nextReset } from "../../lib/model/alerts/next_reset.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

Deno.test("the next reset is the nearest one ahead, of a quota, an account or all", () => {
  const quotas = (account: string, ...resets: readonly (number | null)[]) =>
    resets.map((ms, i) =>
      quotaViewOf({
        quota: `q${i}`,
        key: `${account}/q${i}`,
        resetsAt: ms === null ? null : READ_AT + ms,
      } as never)
    );
  const accounts = [
    accountViewOf(quotas("acme/a", 0, 5, 3, null), { key: "acme/a" }),
    accountViewOf(quotas("acme/b", 2, -9), { key: "acme/b" }),
  ];
  const next = (target: string) => {
    const at = nextReset(accounts, target as never, READ_AT);
    return at === null ? null : at - READ_AT;
  };
  assertEquals([next("*"), next("acme/a"), next("acme/b"), next("acme/c")], [2, 3, 2, null]);
  assertEquals([0, 1, 2, 3].map((i) => next(`acme/a/q${i}`)), [null, 5, 3, null]);
  assertEquals(next("acme/b/q1"), null);
});

Deno.test("times of day are read as they are written, up to 24:00, which begins the next day", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1439 }), (minute) => {
    assertEquals(parseDayMinute(dayMinuteText(minute)), minute);
  }));
  assertEquals(["7:05", " 07:05 ", "23:59", "24:00"].map(parseDayMinute), [425, 425, 1439, 0]);
  assertEquals(
    ["24:01", "25:00", "99:00", "7:60", "7", "", "07:5", "-1:00"].map(parseDayMinute),
    Array(8).fill(null),
  );
  assertEquals([0, 425, 1439].map(dayMinuteText), ["00:00", "07:05", "23:59"]);
});
