/** When a quota is announced as available again without a reset: once, and never while it is of little use. */
import fc from "fast-check";
import { DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { at, createEvaluator, cycleAt, listKinds } from "../support/alerting.ts";
import { READ_AT } from "../support/views.ts";

type Step = readonly [used: number, limit: number, plan?: string | null, fields?: Partial<QuotaView>];

/** Returns the listKinds that readings a minute apart raise, one list for each. */
function tell(steps: readonly Step[], rules = DEFAULT_ALERT_RULES) {
  const { see } = createEvaluator(rules);
  return steps.map(([used, limit, plan, fields], minute) =>
    listKinds(
      see(...at(minute, used, { unit: "requests", limit, ...fields }, { plan: plan ?? null })),
    )
  );
}

/** The same for percentages, which a larger plan or bought credits lower. */
function tellPercent(levels: readonly number[]) {
  return tell(levels.map((used) => [used, 100, null, { unit: "percent" }]));
}

Deno.test("a used-up quota whose limit is raised before its reset is available again once two readings agree", () => {
  assertEquals(tell([[50, 100], [100, 100], [100, 150], [100, 150], [101, 150]]), [
    [],
    ["used-up"],
    [],
    ["back"],
    [],
  ]);
});

Deno.test("a used-up quota is available again when use falls within its cycle, as after bought credits", () => {
  assertEquals(tellPercent([50, 100, 60, 61, 62]), [[], ["used-up"], [], ["back"], []]);
  // One lower reading may be a slip.
  assertEquals(tellPercent([50, 100, 60, 100, 60, 100]), [[], ["used-up"], [], [], [], []]);
});

Deno.test("little more than nothing is not announced as available again", () => {
  // 5 of 105 are left: still nearly used up.
  assertEquals(tell([[50, 100], [100, 100], [100, 105], [100, 105]]).flat(), ["used-up"]);
  assertEquals(tell([[50, 100], [100, 100], [100, 106], [100, 106]]).flat(), ["used-up", "back"]);
});

Deno.test("a lifted block is announced at once at any level with something left, and once per cycle", () => {
  const says = (allowed: boolean): Partial<QuotaView> => ({ allowed });
  const told = [true, false, true, true, false, true].map((
    allowed,
  ): Step => [90, 100, null, says(allowed)]);
  assertEquals(tell(told), [[], ["blocked"], ["back"], [], ["blocked"], []]);
});

Deno.test("after the highest threshold, use has to be clearly below all thresholds again", () => {
  assertEquals(tellPercent([50, 96, 75, 75, 75]).flat(), ["threshold"]);
  assertEquals(tellPercent([50, 96, 69, 69, 69]), [[], ["threshold"], [], ["back"], []]);
});

Deno.test("what is used up once more after it was available again is told once more", () => {
  const { see } = createEvaluator();
  const told = [[50, 100], [100, 100], [100, 200], [100, 200], [200, 200], [200, 200]].flatMap(
    ([used, limit], minute) => see(...at(minute, used!, { unit: "requests", limit: limit! })),
  );
  assertEquals(listKinds(told), ["used-up", "back", "used-up"]);
  // What is stored under one id is sent once.
  assertEquals(new Set(told.map(({ id }) => id)).size, 3);
  assertEquals(told[1]?.resolves, told[0]?.id);
});

Deno.test("a vendor that goes back and forth between two limits is announced once, and ends as used up", () => {
  const turns: Step[] = [[75, 100]];
  for (let turn = 0; turn < 6; turn++) turns.push([75, 50], [75, 50], [75, 100], [75, 100]);
  turns.push([75, 50]);
  assertEquals(tell(turns).flat(), ["used-up", "back", "used-up"]);
});

Deno.test("a second raise and another plan are announced again, but not each of many limits", () => {
  const bought: Step[] = [[50, 100], [100, 100], [100, 200], [100, 200], [200, 200], [200, 300], [200, 300]];
  assertEquals(tell(bought).flat(), ["used-up", "back", "used-up", "back"]);
  const changed: Step[] = [[50, 100, "Pro"], [100, 100, "Pro"], [20, 100, "Max"], [20, 100, "Max"]];
  assertEquals(tell(changed).flat(), ["used-up", "back"]);
  const many = Array.from({ length: 20 }, (_, n): Step[] => {
    const limit = 100 * (n + 1);
    return [[limit, limit], [limit, limit + 100], [limit, limit + 100]];
  }).flat();
  const backs = tell([[0, 100], ...many], { ...DEFAULT_ALERT_RULES, thresholds: [] }).flat()
    .filter((kind) => kind === "back");
  assertEquals(backs.length, 3);
});

Deno.test("the next reset is announced whatever was announced before it", () => {
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  const { see } = createEvaluator();
  const cycle = { unit: "requests", resetsAt } as const;
  const next = { unit: "requests", resetsAt: resetsAt + 300 * MINUTE_MS, cycle: cycleAt(70) } as const;
  const told = [
    see(...at(0, 50, cycle)),
    see(...at(1, 100, cycle)),
    see(...at(2, 100, { ...cycle, limit: 200 })),
    see(...at(3, 100, { ...cycle, limit: 200 })),
    see(...at(4, 200, { ...cycle, limit: 200 })),
    see(...at(11, 1, { ...next, limit: 200 })),
  ];
  assertEquals(told.map(listKinds), [[], ["used-up"], [], ["back"], ["used-up"], ["back"]]);
});

Deno.test("property: nothing is announced as available again that was not announced as low since, and nothing twice", () => {
  const step = fc.record({
    used: fc.integer({ min: 0, max: 220 }),
    limit: fc.constantFrom(100, 150, 200),
    cycle: fc.integer({ min: 0, max: 2 }),
    allowed: fc.constantFrom(true, false, undefined),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { see } = createEvaluator();
      const told = steps.flatMap(({ used, limit, cycle, allowed }, minute) => {
        const alerts = see(...at(minute, used, {
          unit: "requests",
          limit,
          cycle: cycleAt(cycle * 10),
          ...allowed !== undefined && { allowed },
        }));
        // Of a quota that is used up or blocked nothing is available.
        if (used >= limit || allowed === false) assert(!listKinds(alerts).includes("back"));
        return alerts;
      });
      const low = new Set<string>();
      const ended = new Map<string, string>();
      for (const { kind, id, resolves = "" } of told) {
        if (["threshold", "used-up", "blocked"].includes(kind)) {
          assert(!low.has(id), `${id} twice`);
          low.add(id);
        }
        if (kind === "back") {
          assert(low.delete(resolves), `${resolves} is not low`);
          ended.set(id, resolves);
        }
        // The vendor took the reset back: what was over holds again.
        if (kind === "withdrawn" && ended.has(resolves)) low.add(ended.get(resolves)!);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});
