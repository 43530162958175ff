/** Histories of several machines are merged, and data that outlives its readings can be moved. */
import { join } from "node:path";
import fc from "fast-check";
import { createStaging } from "../../lib/transfer/import_apply.ts";
import { createImportCheck } from "../../lib/transfer/import_check.ts";
import type { ImportedReading } from "../../lib/formats/import_rows.ts";
import { DEFAULT_RULES } from "../../lib/model/engine/advance.ts";
import type { Unit } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Poll, Store } from "../../lib/store/store.ts";
import { commitAll, minutes, pollsOf, START } from "../store/polls.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { spoolInput } from "../../lib/cli/spooled_input.ts";
import {
  ACCOUNT,
  DAY_MS,
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  ONE_WEEK,
  reading,
} from "../support/readings.ts";
import { assertFast } from "../support/speed.ts";
import { type CliHome, readContents, withCliHome } from "./support.ts";

const OLD = START + 5 * DAY_MS;
const NEW = START + 7 * DAY_MS;

/** A vendor that goes back and forth, so that corrections are needed now and then. */
const pollsArbitrary: fc.Arbitrary<readonly (FakePoll & { readonly mine: boolean })[]> = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 90 }),
    used: fc.constantFrom(0, 3, 4, 30, 33, 60),
    reset: fc.constantFrom(OLD, NEW, START + 2 * DAY_MS, null),
    five: fc.integer({ min: 0, max: 100 }),
    // Usually the terms stay unchanged.
    terms: fc.constantFrom({}, {}, {}, {}, { plan: "plus" }, { unit: "credits", limit: 300 }, { limit: 500 }),
    source: fc.constantFrom({}, {}, {}, { source: "statusline" }),
    mine: fc.boolean(),
  }),
  { minLength: 2, maxLength: 25 },
).map((steps) => {
  let at = START;
  return steps.map(({ minutes, used, reset, five, terms, source, mine }) => ({
    mine,
    at: at += minutes * MINUTE_MS,
    plan: "plan" in terms ? terms.plan : "pro",
    readings: [
      reading({
        quota: "weekly",
        window: ONE_WEEK,
        used,
        resetsAt: reset,
        ..."limit" in terms && { limit: terms.limit },
        ..."unit" in terms && { unit: terms.unit as Unit },
        ...source,
      }),
      reading({ used: five, resetsAt: Math.ceil(at / (5 * HOUR_MS)) * 5 * HOUR_MS }),
    ],
  }));
});

async function database(path: string, polls: readonly Poll[]): Promise<string> {
  await using store = await openSqliteStore(path);
  await store.commitAll(polls);
  return path;
}

/** Runs `work` in new databases of one place, again and again. */
async function holds(
  place: CliHome,
  work: (
    path: (name: string) => string,
    polls: readonly (FakePoll & { readonly mine: boolean })[],
  ) => Promise<void>,
): Promise<void> {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(pollsArbitrary, async (polls) => {
      round++;
      await work((name) => join(place.folder, `${name}-${round}.db`), polls);
    }),
    { numRuns: 20 },
  );
}

Deno.test("two machines merged into one database give the same as one that had read everything", () =>
  withCliHome((place) =>
    holds(place, async (path, polls) => {
      const mine = await database(path("mine"), pollsOf(polls.filter((poll) => poll.mine)));
      const theirs = await database(path("theirs"), pollsOf(polls.filter((poll) => !poll.mine)));
      const all = await readContents(await database(path("all"), pollsOf(polls)));
      const file = path("export");
      assertEquals((await place.run(`export -f ndjson --db ${theirs} -o ${file}`)).code, 0);
      if ((await Deno.stat(file)).size === 0) return;
      const { code, stderr } = await place.run(`import ${file} --db ${mine}`);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(await readContents(mine), all);
      const again = await place.run(`import ${file} --db ${mine}`);
      assertStringIncludes(again.stdout, "Imported 0 readings");
      assertEquals(await readContents(mine), all);
    })
  ));

Deno.test("an import continues at the end of the database as if the polls had been its own, including corrections", () =>
  withCliHome((place) =>
    holds(place, async (path, polls) => {
      const half = polls.length >> 1;
      const mine = await database(path("mine"), pollsOf(polls.slice(0, half)));
      const whole = await database(path("whole"), pollsOf(polls));
      const file = path("export");
      assertEquals((await place.run(`export --db ${whole} -o ${file}`)).code, 0);
      const { code, stderr } = await place.run(`import ${file} --db ${mine}`);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(await readContents(mine), await readContents(whole));
    })
  ));

Deno.test("an import says how many readings were merged into the past, and a dry run merges none", () =>
  withCliHome(async (place) => {
    const path = (name: string) => join(place.folder, `${name}.db`);
    const polls = minutes([1, 2, 3, 4, 5]);
    const some = pollsOf([0, 2, 4].map((i) => polls[i]!.snapshot));
    await database(path("mine"), some);
    await database(path("theirs"), polls);
    await place.run(`export --db ${path("theirs")} -o all.csv`);
    const before = await readContents(path("mine"));
    const dry = await place.run(`import all.csv --dry-run --db ${path("mine")}`);
    assertMatch(dry.stdout, /Would import 2 readings.*\n3 readings already stored/);
    assertMatch(dry.stdout, /2 readings older than the newest stored: the history of acme\/work would be/);
    assertEquals(await readContents(path("mine")), before);
    const { merged, imported, alreadyStored } = await place.json(
      `import all.csv --json --db ${path("mine")}`,
    ) as Record<string, unknown>;
    assertEquals([merged, imported, alreadyStored], [2, 2, 3]);
    assertEquals(await readContents(path("mine")), await readContents(path("theirs")));
  }));

/** Rows that were validated against stored ones, ready to be adopted. */
async function staged(store: Store, stage: Store, rows: readonly ImportedReading[]) {
  const check = createImportCheck(store, START + DAY_MS);
  const staging = createStaging({
    store,
    stage: () => Promise.resolve(stage),
    rules: DEFAULT_RULES,
    onProgress: () => {},
  });
  for (const row of rows) {
    await staging.before(row);
    assertEquals(await check.problemOf(row), null);
    staging.take(row, check.planOf(row.account));
  }
  return staging;
}

Deno.test("an import includes concurrent polls of a server, and the server waits only for the copying", async () => {
  const polls = minutes([1, 2, 3, 4, 5, 6, 7]);
  const mine = pollsOf([0, 2, 5, 6].map((i) => polls[i]!.snapshot));
  await using store = await openSqliteStore(":memory:");
  await using stage = await openSqliteStore(":memory:");
  await using wanted = await openSqliteStore(":memory:");
  await commitAll(wanted, pollsOf([0, 1, 2, 3, 5, 6].map((i) => polls[i]!.snapshot)));
  await commitAll(store, mine.slice(0, 2));
  const rows: readonly ImportedReading[] = [1, 3].map((i) => ({
    what: "readings",
    account: ACCOUNT,
    plan: null,
    at: polls[i]!.snapshot.at,
    reading: polls[i]!.snapshot.readings[0]!,
  }));
  const later = [...mine.slice(2)];
  const busy = {
    recall: store.recall.bind(store),
    adopt: async (...args: Parameters<typeof store.adopt>) => {
      const poll = later.shift();
      if (poll) await store.commit(poll);
      return await store.adopt(...args);
    },
  };
  const staging = await staged(store, stage, rows);
  assertEquals(await staging.end(), 2);
  await staging.adoptInto(busy);
  assertEquals(await store.recall(ACCOUNT), await wanted.recall(ACCOUNT));
  assertEquals(
    await store.cycles({ quota: `${ACCOUNT}/five-hour`, limit: 9 }),
    await wanted.cycles({ quota: `${ACCOUNT}/five-hour`, limit: 9 }),
  );
});

Deno.test("newer data is not imported over a concurrent poll of a server", async () => {
  const polls = minutes([1, 2, 3]);
  await using store = await openSqliteStore(":memory:");
  await using stage = await openSqliteStore(":memory:");
  await store.commit(polls[0]!);
  const { snapshot } = polls[2]!;
  const row: ImportedReading = {
    what: "readings",
    account: ACCOUNT,
    plan: null,
    at: snapshot.at,
    reading: snapshot.readings[0]!,
  };
  const staging = await staged(store, stage, [row]);
  assertEquals(await staging.end(), 1);
  await store.commit(polls[1]!);
  const error = await assertRejects(() => staging.adoptInto(store));
  assertMatch(String(error), /changed during the import/);
  assertEquals((await store.recall(ACCOUNT)).at, polls[1]!.snapshot.at);
});

Deno.test("late readings of an account whose readings were pruned are refused, stating since when they are kept", () =>
  withCliHome(async (place) => {
    const path = join(place.folder, "mine.db");
    const polls = minutes([1, 2, 3, 4, 5, 6]);
    {
      await using store = await openSqliteStore(path);
      await commitAll(store, pollsOf([0, 1, 3, 5].map((i) => polls[i]!.snapshot)));
      const now = START + 5 * MINUTE_MS;
      await store.prune({ readingsMs: 3 * MINUTE_MS, fiveMinutesMs: 0, outcomesMs: 0 }, now);
    }
    await database(join(place.folder, "theirs.db"), polls);
    await place.run(`export --db ${join(place.folder, "theirs.db")} -o all.csv`);
    const before = await readContents(path);
    const { code, stderr } = await place.run(`import all.csv --db ${path}`);
    assertEquals(code, 1);
    assertMatch(stderr, /line 2 .*08:00:00.000Z, older than the newest stored one .*08:05:00/);
    assertMatch(stderr, /cannot be merged.*only those since 2026-03-10T08:03:00.000Z are still stored/);
    assertEquals(await readContents(path), before);
  }));

/** Three weeks of use by the hour. */
function threeWeeks(): readonly Poll[] {
  return pollsOf(Array.from({ length: 21 * 24 }, (_, hour) => {
    const at = START + hour * HOUR_MS;
    const resetsAt = Math.floor(at / DAY_MS + 1) * DAY_MS;
    return {
      at,
      readings: [
        reading({
          used: (at % DAY_MS) / HOUR_MS * 4,
          remaining: 100 - (at % DAY_MS) / HOUR_MS * 4,
          resetsAt,
        }),
      ],
    };
  }));
}

for (const format of ["csv", "json", "ndjson"]) {
  Deno.test(`buckets, cycles and sessions as ${format} complete the past without exported readings; twice changes nothing`, () =>
    withCliHome(async (place) => {
      const source = await database(join(place.folder, "source.db"), threeWeeks());
      const copy = join(place.folder, "copy.db");
      const run = async (args: string) => {
        const ran = await place.run(args);
        assertEquals([args, ran.code, ran.stderr.replace(/^syntrack: Wrote.*\n|Wrote.*\n/, "")], [
          args,
          0,
          "",
        ]);
        return ran.stdout;
      };
      await run(`export -f ${format} --from 2026-03-25T00:00:00Z --db ${source} -o readings`);
      const files = ["buckets --step 5m", "buckets --step 1h", "buckets --step 1d", "cycles", "sessions"];
      for (const [i, what] of files.entries()) {
        await run(`export -f ${format} --what ${what} --db ${source} -o file-${i}`);
      }
      const early = await place.run(`import file-3 --db ${copy}`);
      assertEquals(early.code, 1);
      assertMatch(
        early.stderr,
        /line \d is of "acme\/work\/five-hour", of which no reading is stored: import the readings first/,
      );
      await run(`import readings --db ${copy}`);
      const before = await readContents(copy);
      for (const i of files.keys()) {
        assertMatch(await run(`import file-${i} --dry-run --db ${copy}`), /^Would import [1-9]/);
      }
      assertEquals(await readContents(copy), before);
      for (const i of files.keys()) await run(`import file-${i} --db ${copy}`);
      const filled = await readContents(copy);
      for (const i of files.keys()) {
        assertMatch(
          await run(`import file-${i} --db ${copy}`),
          /^Imported 0 .*\n[1-9]\d* \w+ already stored/,
        );
      }
      assertEquals(await readContents(copy), filled);
      // Only what was open when the readings begin differs, and that is reported.
      const queries = ["query daily --days 30 --json", "cycles --json --limit 15"];
      for (const query of queries) {
        assertEquals(typeof await place.json(`${query} --db ${copy}`), "object");
      }
      const counts = await Promise.all(
        files.map(async (_, i) => await place.json(`import file-${i} --json --db ${copy}`)),
      );
      assertEquals(
        counts.map((count) => (count as Record<string, unknown>).missing),
        [0, 0, 0, 0, 0],
      );
      await using store = await openSqliteStore(copy);
      await using whole = await openSqliteStore(source);
      const quota = `${ACCOUNT}/five-hour` as const;
      const days = { quota, step: DAY_MS as 86_400_000, from: 0, to: START + 15 * DAY_MS };
      assertEquals(
        (await store.series(days)).slice(0, -1),
        (await whole.series(days)).slice(0, -1),
      );
    }));
}

Deno.test("cycles and sessions that overlap stored ones are skipped and reported", () =>
  withCliHome(async (place) => {
    const mine = await database(join(place.folder, "mine.db"), threeWeeks());
    const shifted = threeWeeks().map(({ snapshot }) => ({
      ...snapshot,
      at: snapshot.at - 7 * MINUTE_MS,
      readings: snapshot.readings.map((one) => ({ ...one, resetsAt: one.resetsAt! - 7 * MINUTE_MS })),
    }));
    const theirs = await database(join(place.folder, "theirs.db"), pollsOf(shifted));
    const before = await readContents(mine);
    for (const what of ["cycles", "sessions"]) {
      await place.run(`export --what ${what} --db ${theirs} -o ${what}.csv`);
      const { code, stdout } = await place.run(`import ${what}.csv --db ${mine}`);
      assertEquals(code, 0);
      assertMatch(
        stdout,
        /^Imported 0 .*\n[1-9]\d* \w+ stored with other values or overlapping in time, stored version kept\n$/,
      );
    }
    assertEquals(await readContents(mine), before);
  }));

Deno.test("a broken file of buckets, cycles or sessions is refused with its line and the reason", () =>
  withCliHome(async (place) => {
    const mine = await database(join(place.folder, "mine.db"), threeWeeks());
    const before = await readContents(mine);
    const broken: readonly (readonly [what: string, from: string | RegExp, to: string, says: RegExp])[] = [
      ["buckets", /,3600,/, ",77,", /line 2 has an invalid "step": expected 300, 3600, 86400, got 77/],
      ["buckets", "T08:00:00.000Z,", "T08:00:01.000Z,", /line 2 has an invalid "start"/],
      ["cycles", ",false,", ",perhaps,", /line \d+ has an invalid "whole": expected true or false/],
      ["cycles", "reset-passed", "magic", /line \d+ has an invalid "endedBy".*"magic"/],
      ["sessions", "five-hour", "", /line 2 has an invalid "key"/],
      ["sessions", "leftEnd", "left", /line 1 is not a header of exported sessions: "leftEnd" missing/],
      ["sessions", /acme,work/, "acme,other", /line 2 is of "acme\/other\/five-hour", of which no reading/],
    ];
    for (const [what, from, to, says] of broken) {
      const { stdout } = await place.run(`export --what ${what} --db ${mine}`);
      const { code, stderr } = await place.run(`import - --db ${mine}`, { stdin: stdout.replace(from, to) });
      assertEquals([what, code], [what, 1]);
      assertMatch(stderr, says);
      assertStringIncludes(stderr, "Nothing was imported");
    }
    const { stdout } = await place.run(`export --what cycles -f ndjson --db ${mine}`);
    const twice = await place.run(`import - --db ${mine}`, { stdin: stdout + stdout });
    assertMatch(twice.stderr, /is a duplicate: an earlier row also starts at/);
    assertEquals(await readContents(mine), before);
  }));

Deno.test("an unclosed quote over very many lines is reported at once, by its line", () =>
  withCliHome(async (place) => {
    const file = join(place.folder, "open.csv");
    const head = "provider,account,key,label,unit,window,windowSeconds,plan,at,used,limit,remaining,resetsAt";
    await Deno.writeTextFile(file, `${head}\nsynthetic,default,k,"${"a\n".repeat(400_000)}`);
    // It took a minute before.
    await assertFast(20_000, async () => {
      const { code, stderr } = await place.run(`import ${file}`);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "a quote is not closed");
    });
  }));

Deno.test("a date that does not exist is refused with its line, not taken for another", () =>
  withCliHome(async (place) => {
    const file = join(place.folder, "day.csv");
    const head = "provider,account,key,label,unit,window,windowSeconds,plan,at,used,limit,remaining,resetsAt";
    const row = (at: string, resetsAt: string) =>
      `synthetic,default,k,L,requests,fixed,18000,,${at},1,9,8,${resetsAt}`;
    for (
      const [at, resetsAt, field] of [
        ["2026-02-30T12:00:00.000Z", "2026-03-01T12:00:00.000Z", "at"],
        ["2026-02-27T12:00:00.000Z", "2026-02-29T12:00:00.000Z", "resetsAt"],
        ["2026-04-30T12:00:00.000Z", "2026-04-31T00:00:00.000Z", "resetsAt"],
      ] as const
    ) {
      await Deno.writeTextFile(file, `${head}\n${row(at, resetsAt)}\n`);
      const { code, stderr } = await place.run(`import ${file}`);
      assertEquals(code, 1, at);
      assertStringIncludes(stderr, `line 2 has an invalid "${field}"`);
    }
  }));

Deno.test("standard input is limited, and nothing of it is left behind", async () => {
  const chunks = (count: number) =>
    ReadableStream.from(Array.from({ length: count }, () => new Uint8Array(1000)));
  const { signal } = new AbortController();
  await using long = await spoolInput(chunks(11), signal, 10_000);
  const error = await assertRejects(() => new Response(long.bytes()).bytes());
  assertMatch(String(error), /more than 10000 bytes: nothing was imported/);
  await using source = await spoolInput(chunks(10), signal, 10_000);
  for (let twice = 0; twice < 2; twice++) {
    let length = 0;
    for await (const chunk of source.bytes()) length += chunk.length;
    assertEquals(length, 10_000);
  }
});

Deno.test("an error in the first line of standard input is reported before an end that never comes", () =>
  withCliHome(async (place) => {
    const line = new TextEncoder().encode("y\n".repeat(1000));
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(line.slice()),
    });
    const { code, stderr } = await place.run("import -", { stdin: endless });
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'Cannot import "-": line 1 is not a header');
  }));
