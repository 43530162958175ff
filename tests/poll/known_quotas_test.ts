/** Which quotas make room for new ones, and which new ones do not fit. */
import fc from "fast-check";
import { emptyState } from "../../lib/model/engine/advance.ts";
import type { QuotaState } from "../../lib/model/engine/state.ts";
import { boundKnownQuotas } from "../../lib/poll/known_quotas.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, reading, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 10:00");
const GONE_MS = 2 * DAY_MS;
/** As many as the 200 of one answer, and 200 that are no longer named. */
const MAX_KNOWN_QUOTAS = 400;

/** An account whose quotas `k0`, `k1` ... were named so long ago, and an answer that names others. */
function bound(ages: readonly number[], named: readonly string[]) {
  const quotas = Object.fromEntries(ages.map((age, i) => [`k${i}`, { at: NOW - age } as QuotaState]));
  const { before, snapshot } = boundKnownQuotas({ ...emptyState(ACCOUNT), quotas }, {
    account: ACCOUNT,
    at: NOW,
    readings: named.map((quota) => reading({ quota })),
  });
  return {
    known: Object.keys(before.quotas),
    named: snapshot.readings.map(({ quota }) => quota),
    dropped: snapshot.dropped?.map(({ what }) => what),
  };
}

const fresh = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
const full = (...first: readonly number[]) => [
  ...first,
  ...Array<number>(MAX_KNOWN_QUOTAS - first.length).fill(0),
];

Deno.test("up to the maximum nothing makes room", () => {
  const old = full(9 * DAY_MS, 9 * DAY_MS).slice(0, -2);
  assertEquals([bound(old, fresh(2)).known.length, bound(old, fresh(2)).named.length], [old.length, 2]);
  assertEquals(bound(full(9 * DAY_MS), ["k1"]).known.length, MAX_KNOWN_QUOTAS);
});

Deno.test("of quotas not named for more than two days the oldest make room, as many as are needed", () => {
  const ages = full(GONE_MS + 1, GONE_MS + 3, GONE_MS + 2);
  const gone = (count: number) => {
    const { known } = bound(ages, fresh(count));
    return ["k0", "k1", "k2"].filter((id) => !known.includes(id));
  };
  assertEquals([gone(1), gone(2), gone(3)], [["k1"], ["k1", "k2"], ["k0", "k1", "k2"]]);
  assertEquals(bound(full(GONE_MS), fresh(1)), {
    known: full().map((_, i) => `k${i}`),
    named: [],
    dropped: ["1 quota"],
  });
});

Deno.test("one that is named again stays, however old, and new ones that do not fit are reported", () => {
  const { known, named, dropped } = bound(full(9 * DAY_MS, 8 * DAY_MS), ["k0", ...fresh(3)]);
  assert(known.includes("k0") && !known.includes("k1"));
  assertEquals([named, dropped], [["k0", "n0"], ["2 quotas"]]);
});

Deno.test("afterwards there are at most as many as the maximum, and no more have gone than had to", () => {
  const ages = fc.array(fc.integer({ min: 0, max: 5 * DAY_MS }), {
    minLength: MAX_KNOWN_QUOTAS - 9,
    maxLength: MAX_KNOWN_QUOTAS,
    size: "max",
  });
  fc.assert(
    fc.property(ages, fc.nat(30), (ages, count) => {
      const { known, named } = bound(ages, fresh(count));
      const total = known.length + named.length;
      assert(total <= MAX_KNOWN_QUOTAS);
      if (known.length < ages.length || named.length < count) assertEquals(total, MAX_KNOWN_QUOTAS);
    }),
    { numRuns: 30 },
  );
});
