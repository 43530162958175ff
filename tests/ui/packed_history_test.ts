import fc from "fast-check";
import type { HistoryView } from "../../lib/model/history/history.ts";
import { packHistory, unpackHistory } from "../../lib/ui/chart/packed_history.ts";
import { assert, assertEquals } from "../support/assert.ts";

const points = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 3_600_000 }), fc.option(fc.double({ min: 0, max: 3, noNaN: true }))),
  { maxLength: 40 },
).map((steps) => {
  let at = Date.UTC(2026, 10, 21);
  return steps.map(([step, share]) => [at += step, share] as const);
});

Deno.test("a packed history is restored to the second and to a hundredth of a percent", () => {
  fc.assert(fc.property(fc.array(points, { maxLength: 4 }), (lines) => {
    const history: HistoryView = {
      range: "6h",
      from: 1,
      to: 2,
      lines: lines.map((points, i) => ({ key: `acme/work/q${i}` as const, points })),
    };
    // As transmitted: the other side has no memory of it.
    const travelled = unpackHistory(JSON.parse(JSON.stringify(packHistory(history))));
    assertEquals(travelled.lines.map(({ key }) => key), history.lines.map(({ key }) => key));
    travelled.lines.forEach((line, i) => {
      const original = history.lines[i]!.points;
      assertEquals(line.points.length, original.length);
      line.points.forEach(([at, share], j) => {
        const [wantedAt, wantedShare] = original[j]!;
        assert(at >= wantedAt && at - wantedAt < 1000, `${at} is not ${wantedAt}`);
        assertEquals(share === null, wantedShare === null);
        assert(Math.abs((share ?? 0) - (wantedShare ?? 0)) <= 0.00005 + 1e-9);
      });
    });
  }));
});

Deno.test("the packing side gets its own lines back", () => {
  const line = { key: "acme/work/five-hour", points: [[1234, 0.123456789]] } as const;
  const history = { range: "1h", from: 0, to: 1, lines: [line] } as const;
  assertEquals(unpackHistory(packHistory(history)).lines[0] === line, true);
});
