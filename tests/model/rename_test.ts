/** A renamed account keeps its state: every key in it names the new account, and nothing else changes. */
import { renameState } from "../../lib/model/engine/rename.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, MINUTE_MS, ONE_WEEK, reading, replay, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

/** A state with an open cycle, a session, a pending reset, and names that only look like keys. */
function stateWith(plan: string, source: string): AccountState {
  const week = START + 2 * DAY_MS;
  const polls = [[10, week], [12, week], [1, START + 7 * DAY_MS]].map(([used = 0, resetsAt = 0], i) => ({
    at: START + i * MINUTE_MS,
    plan,
    readings: [
      reading({ quota: "weekly", window: ONE_WEEK, label: "acme/work", used, resetsAt, source }),
      reading({ quota: "work", label: "acme/work/weekly", used: null }),
    ],
  }));
  return replay(polls).state;
}

/** Every text of a state with its path. */
function textsOf(value: unknown, path = ""): readonly string[] {
  if (typeof value === "string") return [`${path}: ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => textsOf(member, `${path}/${name}`));
}

Deno.test("a renamed state has the new account in its keys, and everything else as before", () => {
  const before = stateWith("pro", "statusline");
  const after = renameState(before, "acme/home");
  const expected = textsOf(before).map((text) =>
    text.replace(/(\/account: )acme\/work$/, "$1acme/home").replace(/(\/quota: )acme\/work\//, "$1acme/home/")
  );
  assertEquals(textsOf(after), expected);
  assertEquals(after.account, "acme/home");
  assertEquals(after.quotas.weekly?.cycle.quota, "acme/home/weekly");
  assertEquals(after.quotas.weekly?.held?.before.cycle.quota, "acme/home/weekly");
  assertEquals(after.quotas.weekly?.reading.label, "acme/work");
  assertEquals(after.sessions?.last?.account, "acme/home");
  assertEquals(renameState(after, "acme/work"), before);
});

Deno.test("a plan and a source called like the account keep their names", () => {
  const before = stateWith("acme/work", "acme/work");
  const after = renameState(before, "acme/home");
  assertEquals(after.plan, "acme/work");
  assertEquals(after.quotas.weekly?.reading.source, "acme/work");
});

Deno.test("an account whose name begins like the renamed one keeps its keys", () => {
  const before = stateWith("pro", "statusline");
  const other = {
    ...before.quotas.weekly!,
    cycle: { ...before.quotas.weekly!.cycle, quota: "acme/work-2/weekly" },
  };
  const after = renameState({ ...before, quotas: { weekly: other as never } }, "acme/home");
  assertEquals(after.quotas.weekly?.cycle.quota, "acme/work-2/weekly");
});
