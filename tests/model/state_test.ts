import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { isGoneSince, lastListedAt, wholeSnapshotAt } from "../../lib/model/engine/state.ts";
import type { Snapshot } from "../../lib/model/quota.ts";
import { accountView, listVisibleQuotas } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

Deno.test("by default, use of the last hour is recent", () => {
  const { state } = replayOne(
    Array.from({ length: 121 }, (_, minute) => ({ at: START + minute * MINUTE_MS, used: minute })),
  );
  const recent = state.quotas["five-hour"]!.recent;
  assertEquals([recent[0]!.from, recent.at(-1)!.to], [START + HOUR_MS, START + 2 * HOUR_MS]);
});

Deno.test("the last full snapshot is that of the state, unless later ones were partial", () => {
  assertEquals(wholeSnapshotAt({ at: null }), null);
  assertEquals(wholeSnapshotAt({ at: START }), START);
  assertEquals(wholeSnapshotAt({ at: START, wholeAt: START - 1 }), START - 1);
});

/** The state after polls at the given hours, each with its quotas and what it could not read. */
function polled(polls: readonly (readonly [hour: number, quotas: string, more?: Partial<Snapshot>])[]) {
  return polls.reduce((state, [hour, quotas, more]) => {
    const readings = quotas.split(" ").map((quota) => reading({ quota, used: 10 }));
    return advance(state, { account: "acme/work", at: START + hour * HOUR_MS, readings, ...more }).state;
  }, emptyState("acme/work"));
}

const goneIn = (state: ReturnType<typeof polled>) =>
  Object.entries(state.quotas).filter(([, quota]) => isGoneSince(wholeSnapshotAt(state), quota))
    .map(([name]) => name);

Deno.test("a quota that a poll could not read is not gone, and as old as its last reading", () => {
  const state = polled([[0, "a b c"], [1, "a", { unread: ["b"] }]]);
  assertEquals(goneIn(state), ["c"]);
  assertEquals(state.quotas.b?.at, START);
  assertEquals(lastListedAt(state.quotas.b!), START + HOUR_MS);
  // As long as reading it fails, it stays; once the poll is complete without it, it is gone.
  assertEquals(goneIn(polled([[0, "a b"], [1, "a", { unread: ["b"] }], [2, "a", { unread: ["b"] }]])), []);
  assertEquals(goneIn(polled([[0, "a b"], [1, "a", { unread: ["b"] }], [2, "a"]])), ["b"]);
  const again = polled([[0, "a b"], [1, "a", { unread: ["b"] }], [2, "a b"]]);
  assertEquals([goneIn(again), again.quotas.b?.unreadAt], [[], undefined]);
});

Deno.test("a quota that was gone already, was read, or was never known does not become unread", () => {
  const gone = polled([[0, "a b"], [1, "a"], [2, "a", { unread: ["b"] }]]);
  assertEquals(goneIn(gone), ["b"]);
  const read = polled([[0, "a b"], [1, "a b", { unread: ["b", "never", "constructor"] }]]);
  assertEquals([Object.keys(read.quotas), read.quotas.b?.unreadAt], [["a", "b"], undefined]);
});

Deno.test("an unread quota stays visible however long, and a quota that is gone for a day does not", () => {
  const names = (state: ReturnType<typeof polled>) =>
    listVisibleQuotas(state).map((one) => one.reading.quota);
  assertEquals(names(polled([[0, "a b"], [48, "a", { unread: ["b"] }]])), ["a", "b"]);
  assertEquals(names(polled([[0, "a b"], [24, "a"]])), ["a", "b"]);
  assertEquals(names(polled([[0, "a b"], [25, "a"]])), ["a"]);
});

Deno.test("a quota is outdated once the readings have left it out for 35 minutes, or for longer if it is read rarely", () => {
  const outdated = (state: ReturnType<typeof polled>) =>
    accountView(
      { account: "acme/work", state, outcome: null, okAt: null, providerName: "Acme", configured: true },
      state.at!,
    ).quotas.filter((quota) => quota.outdated).map(({ quota }) => quota);
  const after = (minutes: number) => polled([[0, "a b"], [minutes / 60, "a", { unread: ["b"] }]]);
  assertEquals([outdated(after(35)), outdated(after(36))], [[], ["b"]]);
  // Read every hour: two and a half hours are no gap.
  const hourly = (last: number) =>
    polled([[0, "b"], [1, "b"], [2, "b"], [3, "a b"], [3 + last, "a", { unread: ["b"] }]]);
  assertEquals([outdated(hourly(2.5)), outdated(hourly(2.6))], [[], ["b"]]);
});

Deno.test("a poll with a failed part keeps the plan and the facts it does not state", () => {
  const fact = (key: string, count: number) => ({ key, label: key, count, expiresAt: null });
  const first = [0, "a", { plan: "Pro", facts: [fact("x", 1), fact("y", 2)] }] as const;
  const state = polled([first, [1, "a", { unread: [], facts: [fact("y", 3)] }]]);
  assertEquals([state.plan, state.facts?.map(({ key, count }) => `${key} ${count}`)], ["Pro", [
    "y 3",
    "x 1",
  ]]);
  assertEquals(polled([first, [1, "a", { unread: [], plan: "Max" }]]).plan, "Max");
  // A complete one says that there is none.
  const complete = polled([first, [1, "a"]]);
  assertEquals([complete.plan, complete.facts], [null, undefined]);
  assertEquals(polled([[0, "a"], [1, "a", { unread: [] }]]).facts, undefined);
});
