/** `syntrack guard` at its bounds: how old a reading may be, how long it waits, and what it says. */
import { guard } from "../../lib/cli/commands/guard.ts";
import { CliError, ClosedPipe } from "../../lib/cli/io.ts";
import { loadPart } from "../../lib/cli/lazy.ts";
import type { Tools } from "../../lib/cli/tools.ts";
import type { QuotaState } from "../../lib/model/engine/state.ts";
import { LOCAL_READINGS, type Outcome } from "../../lib/model/outcome.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { AccountRecord } from "../../lib/store/store.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { HOUR_MS, MINUTE_MS, reading, SECOND_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 13:00");

interface Quota extends Partial<Reading> {
  readonly at?: number;
  readonly distances?: readonly number[];
}

/** A record of `acme/<name>` with the quotas, by default read at this moment. */
function record(name: string, quotas: readonly Quota[], outcome: Partial<Outcome> = {}): AccountRecord {
  const account = `acme/${name}` as const;
  const states = quotas.map(({ at = NOW, distances = [], ...fields }) =>
    ({ at, distances, reading: reading(fields), recent: [], open: [] }) as unknown as QuotaState
  );
  const polled = { at: NOW, kind: "ok", nextAt: NOW + MINUTE_MS, nextReason: "interval", ...outcome };
  return {
    account,
    state: {
      account,
      at: Math.max(0, ...states.map(({ at }) => at)),
      plan: null,
      quotas: Object.fromEntries(states.map((state) => [state.reading.quota, state])),
    },
    outcome: polled as Outcome,
    okAt: NOW,
  };
}

interface Setup {
  readonly options?: Readonly<Record<string, string | boolean>>;
  readonly clock?: FakeClock;
  readonly isTty?: boolean;
  readonly json?: boolean;
  readonly print?: (line: string) => void;
}

/** @param found what is stored at an instant, or the error of reading it */
function run(found: (now: number) => readonly AccountRecord[], setup: Setup = {}) {
  const { options = {}, clock = new FakeClock(NOW), isTty = false, json = false } = setup;
  const printed: string[] = [];
  const told: string[] = [];
  const progress: string[] = [];
  const tools = {
    typed: { options },
    clock,
    json,
    width: Infinity,
    io: {
      env: {},
      stderr: { isTty, write: (text: string) => void progress.push(text) },
      onStop: () => () => {},
    },
    records: () => Promise.resolve().then(() => found(clock.now())),
    print: setup.print ?? ((line: string) => void printed.push(line)),
    printJson: (value: unknown) => void printed.push(JSON.stringify(value)),
    report: (line: string) => void told.push(line),
  } as unknown as Tools;
  return { code: guard(tools), printed, told, progress, clock };
}

async function answer(records: readonly AccountRecord[], setup: Setup = {}) {
  const { code, printed, told } = run(() => records, setup);
  return { code: await code, printed, told };
}

Deno.test("without readings it says what to do, and of accounts without any nothing is judged", async () => {
  const unknown = {
    code: 69,
    printed: [],
    told: [
      "syntrack: Cannot tell whether enough is left",
      "  No readings yet: run `syntrack collect` or `syntrack serve`",
    ],
  };
  assertEquals(await answer([]), unknown);
  assertEquals(await answer([record("work", [])]), unknown);
  const open = await answer([], { options: { "fail-open": true } });
  assertEquals([open.code, open.told[0]], [
    0,
    "syntrack: Cannot tell whether enough is left, and --fail-open lets it pass",
  ]);
});

Deno.test("of accounts that were never read it names the failures, each with its account, instead of asking for a poll", async () => {
  const failed = { kind: "auth", hint: "Key refused by Acme" } as const;
  const remark = { kind: "ok", hint: "A remark" } as const;
  const { code, told } = await answer([record("work", [], failed), record("new", [], remark)]);
  assertEquals([code, told], [69, [
    "syntrack: Cannot tell whether enough is left",
    "  acme/work: never read. Key refused by Acme",
  ]]);
  // Of ten, nine are named.
  const many = await answer(Array.from({ length: 10 }, (_, index) => record(`n${index}`, [], failed)));
  assertEquals([many.told.length, many.told.at(-1)], [11, "  1 more: see syntrack status --long"]);
});

Deno.test("a window that no quota has is a usage error, as soon as any quota was read", async () => {
  const options = { window: "week" };
  await assertRejects(() => answer([record("work", [{}])], { options }), /No quota has a window of this/);
  await assertRejects(
    () => answer([record("new", []), record("work", [{}])], { options: { ...options, "fail-open": true } }),
    /No quota has a window of this/,
  );
  assertEquals((await answer([record("new", [])], { options })).code, 69);
});

Deno.test("readings count for 30 minutes, or longer if they are rarer or local", async () => {
  const isUsed = async (age: number, quota: Quota = {}, outcome: Partial<Outcome> = {}, options = {}) =>
    (await answer([record("work", [{ at: NOW - age, ...quota }], outcome)], { options })).code === 0;
  const half = 30 * MINUTE_MS;
  assertEquals([await isUsed(half), await isUsed(half + 1)], [true, false]);
  // Two and a half intervals of 20 minutes.
  const rare = { distances: Array(8).fill(20 * MINUTE_MS) };
  assertEquals([await isUsed(50 * MINUTE_MS, rare), await isUsed(50 * MINUTE_MS + 1, rare)], [true, false]);
  // The vendor of local readings is polled every half hour, and may be late.
  const local = { nextReason: LOCAL_READINGS };
  assertEquals(
    [await isUsed(35 * MINUTE_MS, {}, local), await isUsed(35 * MINUTE_MS + 1, {}, local)],
    [true, false],
  );
  const set = { "max-age": "90s" };
  assertEquals(
    [await isUsed(90 * SECOND_MS, {}, {}, set), await isUsed(90 * SECOND_MS + 1, {}, {}, set)],
    [true, false],
  );
  // An account that was never polled, with figures that were imported.
  const imported = async (age: number) =>
    (await answer([{ ...record("work", [{ at: NOW - age }]), outcome: null }])).code;
  assertEquals([await imported(half), await imported(half + 1)], [0, 69]);
});

Deno.test("it names the fullest quota first: blocked ones before all, those without figures last", async () => {
  const records = [
    record("most", [{ used: 60 }]),
    record("unknown", [{ used: null, limit: null }]),
    record("least", [{ used: 95 }]),
    record("blocked", [{ used: 1, allowed: false }]),
    record("empty", [{ used: 100 }]),
  ];
  const { printed } = await answer(records, { json: true });
  const { quotas } = JSON.parse(printed[0]!) as { quotas: readonly { account: string }[] };
  assertEquals(quotas.map(({ account }) => account), ["blocked", "empty", "least", "most", "unknown"]);
  assertEquals(await answer(records), {
    code: 1,
    printed: [
      "Blocked: its vendor blocks acme/blocked/five-hour",
      "Too little: 0% left of acme/empty/five-hour (10% needed)",
      "Too little: 5% left of acme/least/five-hour (10% needed)",
    ],
    told: [],
  });
});

Deno.test("of enough it names one quota, of too little nine, and counts the others", async () => {
  const records = (count: number, used: number) =>
    Array.from({ length: count }, (_, index) => record(`a${index}`, [{ used: used + index / 10 }]));
  const lines = async (count: number, used: number) => (await answer(records(count, used))).printed;
  assertEquals(await lines(3, 20), ["Enough: 80% left of acme/a2/five-hour (10% needed)"]);
  assertEquals((await lines(9, 95)).length, 9);
  const ten = await lines(10, 95);
  assertEquals([ten.length, ten[9]], [10, "Too little: 1 more, which --json lists"]);
  assertEquals((await lines(12, 95)).at(-1), "Too little: 3 more, which --json lists");
});

Deno.test("a coming reset is named, a past or unknown one is not, and neither is when a pool is full again", async () => {
  const line = async (resetsAt: number | null, kind: "fixed" | "rolling" = "fixed") =>
    (await answer([record("work", [{ used: 20, resetsAt, window: { kind, seconds: 18_000 } }])])).printed[0];
  const plain = "Enough: 80% left of acme/work/five-hour (10% needed)";
  assertEquals([await line(null), await line(NOW), await line(NOW - 1)], [plain, plain, plain]);
  assertEquals(
    await line(NOW + 2 * HOUR_MS),
    "Enough: 80% left of acme/work/five-hour, resets in 2h (10% needed)",
  );
  assertEquals(await line(NOW + 2 * HOUR_MS, "rolling"), plain);
});

Deno.test("each quota that leaves it open is named with its age and reason", async () => {
  const { code, told } = await answer([
    record("work", [{ at: NOW - 42 * MINUTE_MS }]),
    record("home", [{ used: 20 }]),
    record("blank", [{ used: null }]),
  ]);
  assertEquals([code, told], [69, [
    "syntrack: Cannot tell whether enough is left",
    "  acme/work/five-hour: read 42m ago, too old",
    "  acme/blank/five-hour: read just now, its vendor does not report how much is left",
  ]]);
});

Deno.test("a reader that has gone does not change the answer, another fault does", async () => {
  const fault = (error: Error) =>
    run(() => [record("work", [{ used: 20 }])], {
      print: () => {
        throw error;
      },
    }).code;
  assertEquals(await fault(new ClosedPipe()), 0);
  await assertRejects(() => fault(new Error("No space left")), /No space left/);
});

Deno.test("--fail-open lets every fault pass but usage errors", async () => {
  const fault = (error: Error, options = {}) => {
    const { code, told } = run(() => {
      throw error;
    }, { options });
    return code.then((code) => [code, told]);
  };
  const open = { "fail-open": true };
  await assertRejects(() => fault(new Error("The database is locked")), /The database is locked/);
  assertEquals(await fault(new Error("The database is locked"), open), [0, [
    "syntrack: Cannot decide: The database is locked",
  ]]);
  assertEquals(await fault(new CliError(69, "No such file"), open), [0, [
    "syntrack: Cannot decide: No such file",
  ]]);
  await assertRejects(() => fault(new CliError(2, "Unknown account"), open), /Unknown account/);
  await assertRejects(() => fault(new CliError(2, "Unknown account")), /Unknown account/);
});

/** Runs `guard --wait`, and returns after how many seconds it ended, and how. */
async function waitFor(found: (seconds: number) => readonly AccountRecord[], setup: Setup = {}) {
  // A module that loads meanwhile takes as long as the machine needs, and the clock of the test would not wait for it.
  await loadPart("showProgress");
  const clock = new FakeClock(NOW);
  const checked: number[] = [];
  const ran = run((now) => {
    const seconds = (now - NOW) / SECOND_MS;
    checked.push(seconds);
    return found(seconds);
  }, { ...setup, clock, options: { wait: true, ...setup.options } });
  let code: number | null = null;
  void ran.code.then((ended) => code = ended);
  await clock.settle();
  for (let turn = 0; code === null && turn < 400; turn++) await clock.advance(SECOND_MS);
  return { code, seconds: (clock.now() - NOW) / SECOND_MS, checked, progress: ran.progress };
}

const FULL = { used: 100, resetsAt: NOW + MINUTE_MS };

Deno.test("--wait checks every ten seconds until there is enough", async () => {
  const { code, seconds, checked } = await waitFor((seconds) => [
    record("work", [seconds < 25 ? FULL : { used: 5, at: NOW + 25 * SECOND_MS }]),
  ]);
  assertEquals([code, seconds, checked], [0, 30, [0, 10, 20, 30]]);
});

Deno.test("--wait ends five minutes after the last reset of what is used up, with the last answer", async () => {
  const later = { ...FULL, resetsAt: NOW + 70 * SECOND_MS, quota: "later" };
  const enough = { used: 5, resetsAt: NOW + 90 * MINUTE_MS, quota: "enough" };
  const work = (seconds: number) => {
    const at = NOW + seconds * SECOND_MS;
    // A vendor whose figures do not fall at the reset: read again, still used up, with a later reset.
    const reset = seconds < 70 ? {} : { at, resetsAt: at + HOUR_MS };
    return [record("work", [later, FULL, enough].map((one) => ({ ...one, at, ...reset })))];
  };
  const { code, seconds } = await waitFor(work);
  assertEquals([code, seconds], [1, 70 + 300]);
});

Deno.test("--wait ends at once if something that lacks enough never resets", async () => {
  for (const resetsAt of [null, NOW, NOW - 1]) {
    const { code, seconds } = await waitFor(() => [
      record("work", [FULL, {
        used: 99,
        quota: "other",
        resetsAt,
        window: { kind: "rolling", seconds: 60 },
      }]),
    ]);
    assertEquals([code, seconds], [1, 0]);
  }
  // A moment is enough to wait for.
  const { checked } = await waitFor(() => [record("work", [{ used: 99, resetsAt: NOW + 1 }])]);
  assert(checked.length > 1);
});

Deno.test("--wait ends after five minutes in a row without an answer", async () => {
  const stale = { at: NOW - HOUR_MS };
  assertEquals((await waitFor(() => [record("work", [stale])])).seconds, 300);
  assertEquals((await waitFor(() => [])).code, 69);
  // An answer in between begins the five minutes anew.
  const { code, seconds } = await waitFor((seconds) => [
    record("work", [seconds === 50 ? { ...FULL, at: NOW + 50_000, resetsAt: NOW + 9 * HOUR_MS } : stale]),
  ]);
  assertEquals([code, seconds], [69, 60 + 300]);
});

Deno.test("--wait shows in one line of a terminal what it waits for, and clears it at the end", async () => {
  const shown = async (quota: Quota | null) => {
    const { progress } = await waitFor(
      (seconds) =>
        seconds < 10 ? quota === null ? [] : [record("work", [quota])] : [record("work", [{ used: 5 }])],
      {
        isTty: true,
      },
    );
    assertEquals([progress.length, progress[1]], [2, "\r\x1b[K"]);
    return progress[0];
  };
  assertEquals(await shown(FULL), "\r\x1b[KWaiting: 0% left of acme/work/five-hour, resets in 1m");
  assertMatch(
    await shown({ at: NOW - HOUR_MS }) ?? "",
    /Waiting: acme\/work\/five-hour: read 1h ago, too old$/,
  );
  assertMatch(await shown(null) ?? "", /Waiting: no readings yet$/);
  const { progress } = await waitFor((seconds) => [record("work", [seconds < 10 ? FULL : { used: 5 }])]);
  assertEquals(progress, []);
});

Deno.test("--wait names what lacks enough, not what is known to be enough or not known", async () => {
  const { progress } = await waitFor(
    () => [record("work", [{ used: 5, quota: "enough" }, { ...FULL, quota: "lacking" }])],
    { isTty: true },
  );
  assertMatch(progress[0]!, /Waiting: 0% left of acme\/work\/lacking/);
});
