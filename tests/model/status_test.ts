import { STATUS_BOUNDS, statusOf } from "../../lib/model/status.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("statusOf() says the right word at each boundary", () => {
  const words = [
    [0, "healthy"],
    [0.4999, "healthy"],
    [0.5, "warning"],
    [0.7999, "warning"],
    [0.8, "danger"],
    [0.9499, "danger"],
    [0.95, "critical"],
    [1, "critical"],
    [1.2, "critical"],
  ] as const;
  for (const [share, word] of words) assertEquals(statusOf(share), word);
});

Deno.test("statusOf() says unknown where the share cannot be known", () => {
  assertEquals(statusOf(null), "unknown");
});

Deno.test("statusOf() never gets milder as more is used", () => {
  const rank = ["healthy", "warning", "danger", "critical"];
  fc.assert(fc.property(fc.double({ min: -1, max: 2 }), fc.double({ min: -1, max: 2 }), (a, b) => {
    const [less, more] = a < b ? [a, b] : [b, a];
    fc.pre(!Number.isNaN(a) && !Number.isNaN(b));
    assert(rank.indexOf(statusOf(less)) <= rank.indexOf(statusOf(more)));
  }));
});

Deno.test("the bounds of the words fall from one to the next", () => {
  const bounds = STATUS_BOUNDS.map(([bound]) => bound);
  assertEquals(bounds, [...bounds].sort((a, b) => b - a));
});
