import fc from "fast-check";
import { compareNames, sortByName } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** Names that begin alike and differ in numbers, zeros and case: the ones that are hard to sort. */
const name = fc.array(fc.constantFrom("a", "A", "team", "-", "/", "0", "00", "1", "9", "10", "é", "~"), {
  maxLength: 6,
}).map((parts) => parts.join(""));

Deno.test("accounts are in the order of their numbers, whatever the case of their letters", () => {
  const sorted = [
    "account-1",
    "Account-2",
    "account-9",
    "account-10",
    "account-10b",
    "beta",
    "Beta-1",
    "gamma",
  ];
  assertEquals(sorted.toReversed().sort(compareNames), sorted);
  assertEquals(
    sortByName(sorted.toReversed().map((key) => ({ key })), ({ key }) => key).map(({ key }) => key),
    sorted,
  );
});

Deno.test("the order of names is total: it is the same both ways, transitive, and equal only for the same name", () => {
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      assertEquals(Math.sign(compareNames(a, b)), -Math.sign(compareNames(b, a)) || 0);
      assertEquals(compareNames(a, b) === 0, a === b);
      if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) {
        assert(compareNames(a, c) <= 0, `${a} ${b} ${c}`);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("names that differ in one number are sorted by its value, of any length and with any zeros before it", () => {
  fc.assert(
    fc.property(
      name,
      fc.bigInt({ min: 0n, max: 10n ** 40n }),
      fc.nat(),
      fc.nat(3),
      name,
      (head, n, more, zeros, tail) => {
        const [before, after] = [head.replace(/\d+$/, ""), tail.replace(/^\d+/, "")];
        const smaller = `${before}${"0".repeat(zeros)}${n}${after}`;
        const larger = `${before.toUpperCase()}${n + BigInt(more) + 1n}${after}`;
        assert(compareNames(smaller, larger) < 0, `${smaller} ${larger}`);
      },
    ),
  );
});

Deno.test("sorting by name is comparing names", () => {
  fc.assert(fc.property(fc.array(name), (names) => {
    assertEquals(sortByName(names, (text) => text), names.toSorted(compareNames));
  }));
});
