import fc from "fast-check";
import { Cache } from "../../lib/base/cache.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";

/** A promise and the functions that settle it. */
function held<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { promise, resolve, reject };
}

Deno.test("a cache returns a value only for the mark it was computed from", () => {
  const cache = new Cache<string, number>({ max: 2 });
  cache.set("a", 1, "one");
  assertEquals([cache.get("a", "one"), cache.get("a", "two"), cache.get("a")], [1, undefined, undefined]);
  assertEquals(cache.last("a"), 1);
  cache.set("a", 2, "two");
  assertEquals([cache.get("a", "one"), cache.get("a", "two"), cache.size], [undefined, 2, 1]);
});

Deno.test("a cache never exceeds its size, and drops the least recently used value", () => {
  const cache = new Cache<string, number>({ max: 2 });
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assertEquals(["a", "b", "c"].map((key) => cache.get(key)), [1, undefined, 3]);
});

Deno.test("a cache that measures its values stays within their sum, whatever is added", () => {
  const keys = fc.constantFrom("a", "b", "c", "d", "e");
  fc.assert(fc.property(fc.array(fc.tuple(keys, fc.nat(12))), (all) => {
    const cache = new Cache<string, number>({ max: 10, sizeOf: (size) => size });
    for (const [key, size] of all) {
      cache.set(key, size);
      assertEquals(cache.get(key), size > 10 ? undefined : size);
      const held = ["a", "b", "c", "d", "e"].map((key) => cache.last(key) ?? 0);
      assert(held.reduce((sum, size) => sum + size, 0) <= 10);
    }
  }));
});

Deno.test("a cache returns nothing that has reached its maximum age, or is newer than the clock", () => {
  const time = { now: 1000 };
  const cache = new Cache<string, number>({ max: 2, maxAgeMs: 100, now: () => time.now });
  const at = (now: number) => {
    time.now = 1000;
    cache.set("a", 1);
    time.now = now;
    return [cache.get("a"), cache.last("a")];
  };
  assertEquals(at(1099), [1, 1]);
  assertEquals(at(1100), [undefined, undefined]);
  assertEquals(at(999), [undefined, undefined]);
  time.now = 1000;
  cache.set("a", 1, "", 950);
  time.now = 1049;
  assertEquals(cache.get("a"), 1);
  time.now = 1050;
  assertEquals(cache.get("a"), undefined);
});

Deno.test("a value in progress is computed once for all callers", async () => {
  const cache = new Cache<string, number>({ max: 2 });
  const slow = held<number>();
  let made = 0;
  const load = () => cache.load("a", 1, () => (made++, slow.promise));
  const asked = [load(), load(), load()];
  slow.resolve(7);
  assertEquals(await Promise.all(asked), [7, 7, 7]);
  assertEquals([await load(), made], [7, 1]);
});

Deno.test("a request with a newer mark computes the value again, and an older one never replaces it", async () => {
  const cache = new Cache<string, string>({ max: 2 });
  const [slow, fast] = [held<string>(), held<string>()];
  const before = cache.load("a", 1, () => slow.promise);
  const after = cache.load("a", 2, () => fast.promise);
  fast.resolve("new");
  assertEquals(await after, "new");
  slow.resolve("old");
  assertEquals([await before, cache.get("a", 2), cache.last("a")], ["old", "new", "new"]);
});

Deno.test("the age of a value counts from the start of its computation", async () => {
  const time = { now: 0 };
  const cache = new Cache<string, number>({ max: 2, maxAgeMs: 100, now: () => time.now });
  const slow = held<number>();
  const asked = cache.load("a", 1, () => slow.promise);
  time.now = 60;
  slow.resolve(7);
  await asked;
  time.now = 99;
  assertEquals(cache.get("a", 1), 7);
  time.now = 100;
  assertEquals(cache.get("a", 1), undefined);
});

Deno.test("failures and undefined values go to the waiting callers, and are computed again for the next one", async () => {
  const cache = new Cache<string, number>({ max: 2 });
  const make = () => Promise.reject<number>(new Error("no disk"));
  const asked = [cache.load("a", 1, make), cache.load("a", 1, make)];
  await assertRejects(() => asked[0]!, /no disk/);
  await assertRejects(() => asked[1]!, /no disk/);
  assertEquals(await cache.load("a", 1, () => Promise.resolve<number | undefined>(undefined)), undefined);
  assertEquals(await cache.load("a", 1, () => Promise.resolve(3)), 3);
});

Deno.test("a cache requires a size, and a clock if it has an age", () => {
  assertThrows(() => new Cache({ max: 0 }), /0 values/);
  assertThrows(() => new Cache({ max: 1, maxAgeMs: 5 }), /clock/);
});
