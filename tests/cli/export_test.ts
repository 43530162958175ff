/** Exports can be imported again, completely or not at all. */
import { join } from "node:path";
import fc from "fast-check";
import { type Cell, rowFormat, textOfCell } from "../../lib/formats/export.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { roundNoise } from "../../lib/base/text.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import { ONE_WEEK, utc } from "../support/readings.ts";
import { type CliHome, ORACLE_DAY, readContents, withCliHome } from "./support.ts";

const HEAD =
  "provider,account,key,label,unit,window,windowSeconds,plan,at,used,limit,remaining,resetsAt,consumed,reset,source,baseline\n";

/** Two accounts, with resets and odd names. */
async function someHistory(place: CliHome, label = '=cmd("x"),\nnext'): Promise<void> {
  await place.fill(ORACLE_DAY, { resetsAt: utc("2026-11-21 15:00"), label });
  await place.fill([["2026-11-21 12:00", 0.1], ["2026-11-21 12:10", 0.3]], {
    quota: "weekly",
    window: ONE_WEEK,
    label: "'=quoted",
  }, "acme/home");
  await place.fill(
    [["2026-11-21 12:20", null]],
    { quota: "weekly", window: ONE_WEEK, limit: null, remaining: -3 },
    "acme/home",
  );
}

const QUERIES = [
  ...["current", "today", "week", "burn-rate", "history", "daily", "weekly", "summary"].map((type) =>
    `query ${type} --account work`
  ),
  "forecast --json",
  "cycles --json",
  "sessions --json",
  "stats --json",
  "insights --json",
];

for (const format of ["csv", "json", "ndjson"]) {
  Deno.test(`an export as ${format}, imported into a new database, gives the same answers; twice changes nothing`, () =>
    withCliHome(async (place) => {
      await someHistory(place, '=cmd("x"), next');
      assertEquals((await place.run(`export -f ${format} -o all.txt`)).code, 0);
      const before = await Promise.all(QUERIES.map((query) => place.json(query)));
      const stored = await readContents(place.dbPath);

      const copy = join(place.folder, "copy.db");
      const first = await place.run(`import all.txt --db ${copy}`);
      assertEquals([first.code, first.stderr], [0, ""]);
      assertStringIncludes(first.stdout, "Imported 10 readings in 10 polls, of 2 accounts");
      const after = await Promise.all(QUERIES.map((query) => place.json(`${query} --db ${copy}`)));
      assertEquals(after, before);
      assertEquals(await readContents(copy), stored);

      const imported = await readContents(copy);
      const second = await place.run(`import all.txt --db ${copy}`);
      assertStringIncludes(second.stdout, "Imported 0 readings");
      assertStringIncludes(second.stdout, "10 readings already stored");
      assertEquals(await readContents(copy), imported);
      const { stdout } = await place.run(`export -f ${format} --db ${copy}`);
      assertEquals(stdout, await Deno.readTextFile(join(place.folder, "all.txt")));
    }));
}

Deno.test("an export rounds binary fractions, and its rows are recognized where they came from", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 11:00", 0.1], ["2026-11-21 12:00", 1.4 - 0.1], [
      "2026-11-21 12:30",
      100 / 3,
    ]], {
      unit: "percent",
      limit: 100,
      remaining: 100.30000000000001 - 1.6,
    });
    await place.run("export -f csv -o all.csv");
    const text = await Deno.readTextFile(join(place.folder, "all.csv"));
    assertEquals(text.match(/\d+\.\d{13,}/g), ["33.333333333333336", "32.03333333333334"], text);
    assertStringIncludes(text, ",0.1,100,98.7,");
    assertStringIncludes(text, ",1.3,100,98.7,");
    for (const what of ["buckets", "cycles"]) {
      const { stdout } = await place.run(`export -f csv --what ${what}`);
      for (const long of stdout.match(/\d+\.\d{13,}/g) ?? []) assertMatch(long, /333/);
    }
    const again = await place.run("import all.csv");
    assertEquals([again.code, again.stderr], [0, ""]);
    assertStringIncludes(again.stdout, "3 readings already stored");
  }));

for (const format of ["csv", "json", "ndjson"]) {
  Deno.test(`an export as ${format} contains the vendor's refusals, window starts, refills and currencies`, () =>
    withCliHome(async (place) => {
      const said = { startedAt: utc("2026-11-20 00:00"), refillPerHour: 2.5, currency: "CNY" };
      await place.fill([["2026-11-21 11:30", 4]]);
      await place.fill([["2026-11-21 11:45", 4]], { ...said, allowed: true });
      await place.fill([["2026-11-21 12:00", 5], ["2026-11-21 12:30", 6]], { ...said, allowed: false });
      await place.run(`export -f ${format} -o all.txt`);
      const copy = join(place.folder, "copy.db");
      assertEquals((await place.run(`import all.txt --db ${copy}`)).code, 0);
      assertEquals(await readContents(copy), await readContents(place.dbPath));
      const verdicts = async (db: string) => {
        await using store = await openSqliteStore(db);
        return (await store.readings({ quota: "acme/work/five-hour" })).map(({ allowed }) => allowed);
      };
      assertEquals(await verdicts(copy), [undefined, true, false, false]);
      assertStringIncludes((await place.run(`status --long --db ${copy}`)).stdout, "blocked");
      const then = `status --long --db ${copy} --now 2026-11-21T12:10:00Z`;
      assertStringIncludes((await place.run(then)).stdout, "blocked");
    }));
}

Deno.test("an import refuses an invalid verdict or currency by name", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 5]], { allowed: false, currency: "CNY" });
    const text = (await place.run("export -f csv")).stdout;
    for (
      const [right, wrong, field] of [["CNY", "=HYPERLINK", "currency"], [
        ",false,CNY",
        ",maybe,CNY",
        "allowed",
      ]]
    ) {
      await Deno.writeTextFile(join(place.folder, "wrong.csv"), text.replace(right!, wrong!));
      const refused = await place.run(`import wrong.csv --db ${join(place.folder, "wrong.db")}`);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, `"${field}"`);
    }
  }));

Deno.test("an export keeps its format, in every format and kind", () =>
  withCliHome(async (place) => {
    await someHistory(place);
    const shapes: Record<string, string[]> = {};
    for (const what of ["readings", "buckets", "cycles", "sessions"]) {
      for (const format of ["csv", "json", "ndjson"]) {
        const { code, stdout } = await place.run(`export --what ${what} -f ${format}`);
        assertEquals(code, 0);
        shapes[`${what} ${format}`] = stdout.split("\n").slice(0, 5);
        if (format === "json") JSON.parse(stdout);
        if (format === "ndjson") stdout.trimEnd().split("\n").forEach((line) => JSON.parse(line));
      }
    }
    await assertGolden("export", shapes);
  }));

Deno.test("an export accepts filters, a range, and every reading if there is more than one batch", () =>
  withCliHome(async (place) => {
    await someHistory(place);
    const rows = async (args: string) =>
      (await place.run(`export ${args}`)).stdout.trimEnd().split("\n").length - 1;
    assertEquals(await rows("--account home"), 3);
    assertEquals(await rows("--account home --from 2026-11-21T12:05:00Z"), 2);
    assertEquals(await rows("--account home --to 2026-11-21T12:10:00Z"), 1);
    assertEquals(await rows("--account home --now 2026-11-21T12:10:00Z"), 2);
    assertEquals(
      (await place.run("export --provider synthetic")).stdout,
      HEAD.replace("\n", ",startedAt,refillPerHour,allowed,currency\n"),
    );
    const many = Array.from({ length: 9001 }, (_, i): [string, number] => [
      new Date(utc("2026-11-10 00:00") + i * 60_000).toISOString().slice(0, 19),
      i % 100,
    ]);
    await place.fill(many, {}, "acme/busy");
    assertEquals(await rows("--account busy"), 9001);
    assertEquals((await place.run("export --account busy -o busy.csv")).code, 0);
    const copied = await place.run(`import busy.csv --db ${join(place.folder, "busy.db")}`);
    assertStringIncludes(copied.stdout, "Imported 9,001 readings");
  }));

Deno.test("no text cell can be taken for a formula, and every text is restored unchanged", () => {
  const { row } = rowFormat("csv", "readings", ["text"], 0);
  const odd = fc.string({
    unit: fc.constantFrom("=", "+", "-", "@", "\uff1d", "\uff20", "'", '"', ",", "\t", "\r", "\n", "a", "1"),
  });
  fc.assert(fc.property(fc.oneof(odd, fc.string()), (text) => {
    const cell = row([text] as readonly Cell[]).slice(0, -1);
    const plain = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    // Some spreadsheets take the wide forms of East Asian keyboards for the signs themselves.
    assert(!/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(plain), cell);
    assertEquals(textOfCell(plain), text);
  }));
});

Deno.test("an export never overwrites a file and leaves none behind when it fails", () =>
  withCliHome(async (place) => {
    await someHistory(place);
    await Deno.writeTextFile(join(place.folder, "there.csv"), "mine");
    const { code, stderr } = await place.run("export -o there.csv");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "exists already");
    assertEquals(await Deno.readTextFile(join(place.folder, "there.csv")), "mine");
    assertEquals((await place.run("export -o no/such/folder.csv")).code, 1);
    const names = [...Deno.readDirSync(place.folder)].map(({ name }) => name).sort();
    assertEquals(names, [".syntrack", "there.csv"]);
  }));

Deno.test("an interrupted import or export ends with 130 and leaves nothing behind", () =>
  withCliHome(async (place) => {
    const atOnce = (stop: () => void) => stop();
    const read = await place.run("import -", { stdin: HEAD + ROW, onStop: atOnce });
    assertEquals([read.code, read.stderr], [130, "syntrack: Interrupted: nothing was imported\n"]);
    assertEquals([...Deno.readDirSync(place.folder)], []);
    await place.fill(ORACLE_DAY);
    const written = await place.run("export -o all.csv", { onStop: atOnce });
    assertEquals([written.code, written.stderr], [130, "syntrack: Interrupted: nothing was written\n"]);
    assertEquals([...Deno.readDirSync(place.folder)].map(({ name }) => name), [".syntrack"]);
  }));

/** Lines of a file that cannot be imported, with their errors. */
const ROW =
  "acme,work,five-hour,Five hours,requests,fixed,18000,,2026-11-21T12:00:00.000Z,5,135,130,,0,false,,\n";
const at = (time: string) => ROW.replace("12:00:00.000", `${time}:00.000`);
const BROKEN: readonly (readonly [file: string, says: RegExp])[] = [
  ["", /line 1 is missing: the file is empty/],
  ["hello\n", /line 1 is not a header of exported readings: "provider"/],
  ["id,name\n1,x\n", /line 1 is not a header/],
  [
    HEAD + ROW.replace("5,135", "many,135"),
    /line 2 has an invalid "used": expected a number of at least 0.*"many"/,
  ],
  [HEAD + ROW.replace("5,135", "-5,135"), /line 2 has an invalid "used"/],
  [HEAD + ROW.replace("5,135", "NaN,135"), /line 2 has an invalid "used"/],
  [HEAD + ROW.replace("5,135", "1e999,135"), /line 2 has an invalid "used": .*, got Infinity/],
  [HEAD + ROW + at("12:01").replace("requests", "apples"), /line 3 has an invalid "unit": expected percent/],
  [HEAD + ROW.replace("work", "wo/rk"), /line 2 has an invalid "account"/],
  [HEAD + ROW.replace("2026-11-21T12", "2026-11-21 12"), /line 2 has an invalid "at"/],
  [HEAD + ROW.replace("2026-11-21T12", "2027-11-21T12"), /line 2 is in the future/],
  [HEAD + at("12:01") + ROW, /line 3 is out of order/],
  [HEAD + ROW + ROW, /line 3 has a second reading of "five-hour"/],
  [HEAD + ROW + at("12:01").slice(0, -20), /line 3 is incomplete: the file is truncated/],
  [HEAD + ROW + ROW.replace("Five hours", '"Five'), /is missing: a quote is not closed/],
  [HEAD + ROW.replace(",false,,", ",false,,,1"), /line 2 has 18 cells, expected 17/],
  [`${HEAD}x\n`, /line 2 has 1 cell, expected 17/],
  ['{"provider":"acme"}\n', /line 1 is not an exported reading: "account"/],
  ['{"schemaVersion":1,"what":"apples","at":"x","rows":[\n]}\n', /line 1 says it contains apples/],
  ['{"schemaVersion":1,"what":"readings","at":"x","rows":[\n', /line 2 is missing: the file is truncated/],
  ["[1,2]\n", /line 1 is not a header/],
  ["x".repeat(1_200_000), /line 1 is longer than any line/],
];

Deno.test("a broken or foreign file is refused with its line and the reason, and nothing of it is imported", () =>
  withCliHome(async (place) => {
    for (const dryRun of ["", " --dry-run"]) {
      for (const [file, says] of BROKEN) {
        const { code, stdout, stderr } = await place.run(`import -${dryRun}`, { stdin: file });
        assertEquals([file.slice(0, 200), code, stdout], [file.slice(0, 200), 1, ""]);
        assertMatch(stderr, says);
        assertStringIncludes(stderr, "Nothing was imported");
      }
    }
    assertEquals([...Deno.readDirSync(place.folder)], []);
    assertEquals((await place.run("import no-such.csv")).code, 1);
    assertEquals((await place.run("import")).code, 2);
  }));

Deno.test("a file of an older version, without later columns, is imported", () =>
  withCliHome(async (place) => {
    const old = (text: string) =>
      text.replaceAll(",source,baseline\n", "\n").replaceAll("false,,\n", "false\n");
    const { code, stdout } = await place.run("import -", { stdin: old(HEAD + ROW) });
    assertEquals([code, stdout], [0, "Imported 1 reading in 1 poll, of 1 account in the file\n"]);
  }));

Deno.test("a dry run says what would be done and does nothing", () =>
  withCliHome(async (place) => {
    const dry = await place.run("import - --dry-run", { stdin: HEAD + ROW + at("12:01") });
    assertEquals([dry.code, dry.stdout], [
      0,
      "Would import 2 readings in 2 polls, of 1 account in the file\n",
    ]);
    assertEquals([...Deno.readDirSync(place.folder)], []);
  }));

Deno.test("an import adds newer data, skips stored data, and refuses contradictory data", () =>
  withCliHome(async (place) => {
    const run = (...lines: readonly string[]) => place.run("import -", { stdin: HEAD + lines.join("") });
    assertEquals((await run(at("12:00"), at("12:10"))).code, 0);
    const grown = await run(at("12:00"), at("12:10"), at("12:20"));
    assertMatch(grown.stdout, /Imported 1 reading in 1 poll.*\n2 readings already stored/);
    const before = await readContents(place.dbPath);
    const other = await run(at("12:10").replace("5,135,130", "6,135,129"), at("12:30"));
    assertEquals(other.code, 1);
    assertMatch(other.stderr, /line 2 contradicts the stored reading/);
    assertEquals(await readContents(place.dbPath), before);
  }));

Deno.test("an import that fails while writing leaves the database unchanged", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const before = await readContents(place.dbPath);
    await using store = await openSqliteStore(place.dbPath);
    const reason = await store.together(async () => {
      const state = await store.recall("acme/work");
      const later = { account: "acme/work", at: utc("2026-11-21 13:30"), readings: [] } as const;
      const outcome = {
        account: "acme/work",
        at: later.at,
        durationMs: 0,
        kind: "ok",
        failures: 0,
        nextAt: null,
        nextReason: "imported",
        credential: null,
      } as const;
      assert(
        await store.commit({ snapshot: later, changes: [], state: { ...state, at: later.at }, outcome }),
      );
      throw new Error("in the middle");
    }).catch((error: unknown) => error);
    assertMatch(String(reason), /in the middle/);
    assertEquals(await readContents(place.dbPath), before);
    assertEquals((await store.recall("acme/work")).at, utc("2026-11-21 13:00"));
  }));

Deno.test("sums are exported without binary rounding noise, and values that need their digits keep them", () => {
  assertEquals([1.299999999999983, 0.1 + 0.2, 137.89999999999998].map(roundNoise), [1.3, 0.3, 137.9]);
  // A cent between two balances of some hundred dollars.
  assertEquals([284.5 - 284.49, 315 - 296.72].map(roundNoise), [0.01, 18.28]);
  for (const exact of [0, 1 / 3, 0.123456789012345, 290, 1e-9, 12345.678901234]) {
    assertEquals(roundNoise(exact), exact);
  }
});
