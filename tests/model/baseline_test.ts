/** What a reading is compared with after earlier ones were corrected, settled or stated in another unit. */
import { findMark } from "../../lib/model/engine/baseline.ts";
import type { QuotaState } from "../../lib/model/engine/state.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import {
  DAY_MS,
  type FakePoll,
  type Kept,
  MINUTE_MS,
  ONE_WEEK,
  reading,
  replay,
  ROLLING,
  utc,
} from "../support/readings.ts";

const START = utc("2026-11-21 10:00");
const OLD = START + DAY_MS;
/** Its window began four days ago, so it is no new one. */
const OTHER = OLD + 2 * DAY_MS;

function week(minutes: number, used: number, resetsAt: number, more: Partial<Reading> = {}): FakePoll {
  const fields = { quota: "weekly", window: ONE_WEEK, used, resetsAt };
  return { at: START + minutes * MINUTE_MS, readings: [reading({ ...fields, ...more })] };
}
const entriesOf = ({ entries }: Kept) =>
  (entries.get("weekly") ?? []).map(({ consumed, reset }) => [consumed, reset]);
const cyclesOf = ({ cycles }: Kept) =>
  (cycles.get("weekly") ?? []).map(({ startedAt, endedAt, consumed, peak, count }) => [
    (startedAt - START) / MINUTE_MS,
    endedAt === null ? null : (endedAt - START) / MINUTE_MS,
    consumed,
    peak,
    count,
  ]);

Deno.test("a fall that stays until the old reset has passed was a reset, and its use counts from there", () => {
  const passed = DAY_MS / MINUTE_MS;
  const polls = [week(0, 59, OLD), week(1, 60, OLD), week(5, 2, OTHER), week(10, 5, OTHER)];
  const kept = replay([...polls, week(passed, 6, OTHER)]);
  assertEquals(entriesOf(replay(polls)), [[0, false], [1, false], [0, false], [0, false]]);
  assertEquals(entriesOf(kept), [[0, false], [1, false], [2, true], [3, false], [1, false]]);
  assertEquals(cyclesOf(kept), [[0, 5, 1, 60, 2], [5, null, 6, 6, 3]]);
  const days = (kept.buckets.get("weekly") ?? []).filter(({ step }) => step === DAY_MS);
  assertEquals(days.map(({ consumed, resets }) => [consumed, resets]), [[6, 1], [1, 0]]);
  const used = kept.sessions.flatMap(({ quotas }) => quotas.map(({ consumed }) => consumed));
  assertEquals(used.reduce((sum, one) => sum + one), 7);
});

Deno.test("a fall to nothing is a reset without use, from which later use counts", () => {
  const polls = [week(0, 60, OLD), week(5, 0, OTHER), week(10, 0, OTHER), week(15, 4, OTHER)];
  const kept = replay([...polls, week(DAY_MS / MINUTE_MS, 4, OTHER)]);
  assertEquals(entriesOf(kept), [[0, false], [0, true], [0, false], [4, false], [0, false]]);
  assertEquals(cyclesOf(kept), [[0, 5, 0, 60, 1], [5, null, 4, 4, 4]]);
});

Deno.test("a confirmed early reset begins its session with nothing used and all left", () => {
  const amounts = (used: number) => ({ used, remaining: 100 - used });
  const next = START + 7 * DAY_MS;
  const { sessions } = replay([
    week(0, 60, OLD, amounts(60)),
    week(5, 2, next, amounts(2)),
    week(10, 5, next, amounts(5)),
  ]);
  assertEquals(sessions.map(({ quotas: [own] }) => own && [own.start, own.end, own.leftStart, own.leftEnd]), [
    [0, 5, 100, 95],
  ]);
});

Deno.test("in another unit, what was used so far is converted by the limits, and what is unknown stays so", () => {
  const credits = { unit: "credits", limit: 10 } as const;
  const used = replay([week(0, 20, OLD), week(1, 40, OLD), week(2, 3, OLD, credits)]);
  assertEquals(cyclesOf(used), [[0, null, 2, 4, 3]]);
  const left = (remaining: number) => ({ used: null, remaining });
  const unknown = replay([
    week(0, 0, OLD, left(80)),
    week(1, 0, OLD, left(60)),
    week(2, 0, OLD, { ...credits, ...left(6) }),
  ]);
  assertEquals(cyclesOf(unknown), [[0, null, 2, null, 3]]);
});

Deno.test("a state stored without a mark has counted up to the highest value of its cycle", () => {
  const mark = (
    used: number | null,
    peak: number | null,
    more: Partial<QuotaState> = {},
    window = ONE_WEEK,
  ) => findMark({ reading: reading({ used, window }), cycle: { peak }, ...more } as QuotaState).used;
  assertEquals([mark(30, 50), mark(30, 20), mark(30, null)], [50, 30, 30]);
  assertEquals([mark(null, 50), mark(30, 50, {}, ROLLING)], [null, 30]);
  assertEquals(mark(null, 50, { known: reading({ used: 40 }) }), 50);
  assertEquals(mark(null, null, { known: reading({ used: 40 }) }), 40);
});
