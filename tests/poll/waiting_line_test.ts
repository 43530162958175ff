/** The queue for what the store rejects: its order, its retries and its limit. */
import { createWaitingLine } from "../../lib/poll/waiting_line.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { NOW, SECOND } from "./support.ts";

interface Entry {
  readonly account: "a" | "b";
  readonly name: string;
}

function open() {
  const clock = new FakeClock(NOW);
  /** Entries that the store takes; others are rejected. */
  let accepts: (entry: Entry) => boolean = () => false;
  const offered: (readonly [seconds: number, name: string])[] = [];
  const taken: string[] = [];
  const givenUp: string[] = [];
  const stop = new AbortController();
  const line = createWaitingLine<Entry, string>({
    clock,
    accountOf: ({ account }) => `acme/${account}`,
    offer(entry) {
      offered.push([(clock.now() - NOW) / SECOND, entry.name]);
      return Promise.resolve(accepts(entry) ? { ok: true, value: `stored ${entry.name}` } : { ok: false });
    },
    taken: ({ name }, result) => void taken.push(`${name}: ${result}`),
    givenUp: ({ name }) => void givenUp.push(name),
  });
  return {
    clock,
    offered,
    taken,
    givenUp,
    stop,
    flush: line.flush,
    put: (name: string, account: Entry["account"] = "a") => line.put({ account, name }, stop.signal),
    accept: (rule: typeof accepts) => void (accepts = rule),
    /** When something was offered since the last call. */
    times: () => offered.splice(0).map(([seconds]) => seconds),
  };
}

Deno.test("what the store takes at once does not wait", async () => {
  const { put, accept, taken, clock, flush } = open();
  accept(() => true);
  assertEquals(await put("one"), "stored one");
  assertEquals([taken, clock.sleeping, await flush()], [[], 0, true]);
});

Deno.test("what it rejects is offered again after 2 seconds, then twice as late each time, up to 30 seconds", async () => {
  const { put, clock, times, taken, accept } = open();
  assertEquals(await put("one"), null);
  await clock.advance(125 * SECOND);
  assertEquals(times(), [0, 2, 6, 14, 30, 60, 90, 120]);
  accept(() => true);
  await clock.advance(30 * SECOND);
  assertEquals([times(), taken], [[150], ["one: stored one"]]);
  // Then nothing is left to retry, and the next one begins with two seconds again.
  assertEquals(clock.sleeping, 0);
  accept(() => false);
  await put("two");
  await clock.advance(7 * SECOND);
  assertEquals(times(), [155, 157, 161]);
});

Deno.test("several rejected entries share the retries", async () => {
  const { put, clock, offered } = open();
  await put("one");
  await put("one of b", "b");
  offered.splice(0);
  await clock.advance(2 * SECOND);
  assertEquals(offered[0], [2, "one"]);
  assertEquals(clock.sleeping, 1);
});

Deno.test("entries are stored in order, before later ones of their account, and apart from other accounts", async () => {
  const { put, accept, taken, flush } = open();
  for (const name of ["one", "two", "three"]) await put(name);
  await put("one of b", "b");
  accept(({ name }) => name !== "two");
  // An entry that is still rejected keeps the ones behind it waiting.
  assertEquals(await put("four"), null);
  assertEquals(taken.splice(0), ["one: stored one"]);
  assertEquals(await put("two of b", "b"), "stored two of b");
  assertEquals(taken.splice(0), ["one of b: stored one of b"]);
  assertEquals(await flush(), false);
  accept(() => true);
  assertEquals(await flush(), true);
  assertEquals(taken, ["two: stored two", "three: stored three", "four: stored four"]);
});

Deno.test("an account whose entries are still rejected holds up no other account", async () => {
  const { put, accept, taken, clock, flush } = open();
  await put("one");
  await put("one of b", "b");
  accept(({ account }) => account === "b");
  await clock.advance(2 * SECOND);
  assertEquals(taken, ["one of b: stored one of b"]);
  assertEquals(await flush(), false);
  accept(() => true);
  await clock.advance(4 * SECOND);
  assertEquals(taken.slice(1), ["one: stored one"]);
});

Deno.test("up to 360 entries of an account wait, then the oldest is given up", async () => {
  const { put, givenUp, accept, taken, flush, stop } = open();
  stop.abort();
  for (let turn = 1; turn <= 360; turn++) await put(`${turn}`);
  assertEquals(givenUp, []);
  await put("361");
  await put("362");
  assertEquals(givenUp, ["1", "2"]);
  accept(() => true);
  await flush();
  assertEquals([taken.length, taken[0], taken.at(-1)], [360, "3: stored 3", "362: stored 362"]);
});

Deno.test("an entry that is given up while it is offered does not take another one with it", async () => {
  const { clock, stop } = open();
  stop.abort();
  const answer = Promise.withResolvers<{ readonly ok: true; readonly value: string }>();
  const taken: string[] = [];
  let mode: "reject" | "hold" | "take" = "reject";
  const line = createWaitingLine<Entry, string>({
    clock,
    accountOf: ({ account }) => `acme/${account}`,
    offer: ({ name }) =>
      mode === "reject"
        ? Promise.resolve({ ok: false })
        : mode === "hold" && name === "1"
        ? answer.promise
        : Promise.resolve({ ok: true, value: name }),
    taken: ({ name }) => void taken.push(name),
    givenUp: () => {},
  });
  const put = (name: string) => line.put({ account: "a", name }, stop.signal);
  for (let turn = 1; turn <= 360; turn++) await put(`${turn}`);
  mode = "hold";
  const flushing = line.flush();
  const last = put("361");
  await clock.settle();
  answer.resolve({ ok: true, value: "1" });
  assertEquals([await flushing, await last], [true, "361"]);
  assertEquals([taken.length, taken[0], taken[1], taken.at(-1)], [360, "1", "2", "360"]);
});

Deno.test("once everything stops nothing is retried", async () => {
  const { put, clock, times, stop } = open();
  await put("one");
  await clock.advance(3 * SECOND);
  stop.abort();
  await clock.settle();
  assertEquals([times(), clock.sleeping], [[0, 2], 0]);
});
