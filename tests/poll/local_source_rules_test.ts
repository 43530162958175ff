/** What is new in local readings, and their effect on the next poll: each bound. */
import { LOCAL_READINGS, LOCAL_READINGS_WAITING, type Outcome } from "../../lib/model/outcome.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { localOutcome, nextDueAfterLocal, pickNewReadings } from "../../lib/poll/local_source.ts";
import { assertEquals } from "../support/assert.ts";
import { MINUTE, NOW, reading } from "./support.ts";

const RESET = NOW + 120 * MINUTE;
const ROUND = 10 * MINUTE;

const stateOf = (known: Reading | null, at: number | null = NOW - 5 * MINUTE) =>
  ({ at, quotas: known === null ? {} : { [known.quota]: { reading: known } } }) as unknown as AccountState;
const outcome = (fields: Partial<Outcome> = {}): Outcome => ({
  account: "acme/default",
  at: NOW - 5 * MINUTE,
  durationMs: 80,
  kind: "ok",
  failures: 0,
  nextAt: NOW + MINUTE,
  nextReason: "interval",
  credential: "one",
  ...fields,
});

Deno.test("a reading is new if its window is later, or the same with at least as much used", () => {
  const isNew = (local: Partial<Reading>, known: Partial<Reading> | null) => {
    const of = (fields: Partial<Reading>): Reading => ({ ...reading(50), resetsAt: RESET, ...fields });
    const news = pickNewReadings({ at: NOW, readings: [of(local)] }, stateOf(known && of(known)), null, NOW);
    return news !== null;
  };
  assertEquals([isNew({ used: 50 }, {}), isNew({ used: 49 }, {})], [true, false]);
  assertEquals([isNew({ used: null }, {}), isNew({ used: 1 }, { used: null }), isNew({ used: 1 }, null)], [
    true,
    true,
    true,
  ]);
  // Sources round a reset differently, by at most ten minutes.
  const moved = (ms: number, used: number) => isNew({ used, resetsAt: RESET + ms }, {});
  assertEquals([moved(ROUND, 49), moved(ROUND + 1, 49)], [false, true]);
  assertEquals([moved(-ROUND, 50), moved(-ROUND - 1, 99)], [true, false]);
  // A finished window says nothing about the current one.
  assertEquals([
    isNew({ used: 99, resetsAt: NOW }, {}),
    isNew({ used: 99, resetsAt: NOW }, { resetsAt: null }),
  ], [
    false,
    false,
  ]);
  assertEquals(isNew({ resetsAt: NOW + 1 }, { resetsAt: null }), true);
  // Without a reset it may belong to no current window.
  assertEquals([isNew({ resetsAt: null }, {}), isNew({ resetsAt: null }, { resetsAt: NOW + 1 })], [
    false,
    false,
  ]);
  assertEquals(
    [isNew({ resetsAt: null }, { resetsAt: NOW }), isNew({ resetsAt: null }, { resetsAt: null })],
    [
      true,
      true,
    ],
  );
  // Another unit, and windows that refill, have no such order.
  assertEquals(isNew({ used: 1, unit: "usd" }, {}), true);
  assertEquals(isNew({ used: 1, window: { kind: "rolling", seconds: 3600 } }, {}), true);
  assertEquals(isNew({ used: 1, window: { kind: "calendar", seconds: null } }, {}), false);
});

Deno.test("readings count if they are later than known ones and the last poll, or shortly before a failed one", () => {
  const local = (at: number) => ({ at, readings: [reading(50)] });
  const news = (at: number, last: Outcome | null, takenAt: number | null = null, now = NOW) =>
    pickNewReadings(local(at), stateOf(null, takenAt), last, now)?.at ?? null;
  assertEquals([news(NOW, null), news(NOW + 1, null)], [NOW, null]);
  assertEquals([news(NOW, null, NOW - 1), news(NOW, null, NOW)], [NOW, null]);
  const polled = outcome();
  assertEquals([news(polled.at + 1, polled), news(polled.at, polled)], [polled.at + 1, null]);
  const failed = outcome({ kind: "unavailable" });
  assertEquals([news(failed.at - MINUTE, failed), news(failed.at - MINUTE - 1, failed)], [
    failed.at + 1,
    null,
  ]);
  assertEquals(news(failed.at - 1, failed, null, failed.at), null);
});

Deno.test("the outcome of local readings has no duration and is no failure", () => {
  const ask = { account: "acme/default", at: NOW, credential: "one" } as const;
  const next = (last: Outcome | null) => {
    const { nextAt, nextReason } = localOutcome({ ...ask, last });
    return [nextAt, nextReason];
  };
  assertEquals(localOutcome({ ...ask, last: outcome() }), {
    account: "acme/default",
    at: NOW,
    durationMs: 0,
    kind: "ok",
    failures: 0,
    nextAt: outcome().at + 30 * MINUTE,
    nextReason: LOCAL_READINGS,
    credential: "one",
  });
  assertEquals(next(null), [NOW, LOCAL_READINGS]);
  assertEquals(next(outcome({ credential: "another" })), [NOW, LOCAL_READINGS]);
  assertEquals(next(outcome({ kind: "rate_limited", nextAt: NOW + 9 })), [NOW + 9, LOCAL_READINGS_WAITING]);
  // A wait lasts until it is over, and one for a new credential until there is one.
  const fed = (nextAt: number | null, nextReason: string) => next(outcome({ nextAt, nextReason }));
  assertEquals(fed(NOW + 1, LOCAL_READINGS_WAITING), [NOW + 1, LOCAL_READINGS_WAITING]);
  assertEquals(fed(NOW, LOCAL_READINGS_WAITING), [NOW, LOCAL_READINGS]);
  assertEquals(fed(null, LOCAL_READINGS_WAITING), [null, LOCAL_READINGS_WAITING]);
  assertEquals(fed(NOW + 1, LOCAL_READINGS), [NOW + 1, LOCAL_READINGS]);
});

Deno.test("the vendor is due ten minutes after the last local readings, and no sooner than it asked for", () => {
  const due = (nextAt: number | null, nextReason: string) =>
    nextDueAfterLocal(outcome({ at: NOW, nextAt, nextReason }));
  assertEquals(due(NOW + 30 * MINUTE, LOCAL_READINGS), NOW + 10 * MINUTE);
  assertEquals(due(NOW + 3 * MINUTE, LOCAL_READINGS), NOW + 3 * MINUTE);
  assertEquals(due(NOW + 90 * MINUTE, LOCAL_READINGS_WAITING), NOW + 90 * MINUTE);
  assertEquals([due(null, LOCAL_READINGS), due(null, LOCAL_READINGS_WAITING)], [null, null]);
});
