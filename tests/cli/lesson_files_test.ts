/** Commands cache what past cycles taught in files, which change no answer. */
import fc from "fast-check";
import { join } from "node:path";
import { lessonFiles } from "../../lib/cli/lesson_files.ts";
import type { Lesson } from "../../lib/read/lessons.ts";
import { CURVE_STEPS } from "../../lib/model/forecast/past_cycles.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, utc } from "../support/readings.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const QUOTA = "acme/work/five-hour";
const folderOf = (place: CliHome) => join(place.folder, ".syntrack", "cache", "past");
const filesOf = async (place: CliHome) =>
  (await Array.fromAsync(Deno.readDir(folderOf(place)))).map(({ name }) => join(folderOf(place), name));

/** Consecutive five-hour windows, up to now. */
async function someCycles(place: CliHome): Promise<void> {
  const start = utc("2026-11-20 00:00");
  for (let at = start; at <= NOW; at += HOUR_MS / 2) {
    const since = (at - start) % (5 * HOUR_MS);
    const used = Math.round(since / HOUR_MS * 20);
    await place.fill([[new Date(at).toISOString().slice(0, 19), used]], {
      resetsAt: at - since + 5 * HOUR_MS,
    });
  }
}

function lesson(curve: number): Lesson {
  const line = new Array<number>(CURVE_STEPS + 1).fill(curve);
  const window = { kind: "fixed", seconds: 18_000 } as const;
  return { openedAt: NOW, window, from: 0, mark: "m", past: [{ startedAt: NOW - 1, curve: line }] };
}

Deno.test("status gives the same answer with earlier lessons, and stores them privately", () =>
  withCliHome(async (place) => {
    await someCycles(place);
    const ask = () => place.run("status --format json");
    const first = await ask();
    const [file = "", ...more] = await filesOf(place);
    assertEquals(more, []);
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
      assertEquals((await Deno.stat(folderOf(place))).mode! & 0o777, 0o700);
    }
    const kept = await Deno.readFile(file);
    assertEquals(await ask(), first);
    assertEquals(await Deno.readFile(file), kept, "it was used, not written again");

    const withHead = (length: string) => {
      const changed = kept.slice();
      changed.set(new TextEncoder().encode(length.padEnd(15)));
      return changed;
    };
    /** The file as another version wrote it. */
    const fromOther = (field: string, value: string) => {
      const text = new TextDecoder("latin1").decode(kept);
      const changed = text.replace(new RegExp(`("${field}":)("[^"]*"|\\d+)`), `$1${value}`);
      assert(changed !== text && changed.length === text.length, `${field} is in the head`);
      return Uint8Array.from(changed, (letter) => letter.charCodeAt(0));
    };
    for (
      const damage of [
        fromOther("learning", "1"),
        kept.slice(0, -8),
        kept.slice(0, 20),
        new Uint8Array(0),
        kept.map(() => 0x0a),
        withHead("7"),
        withHead("-1"),
        withHead("999999999999999"),
      ]
    ) {
      await Deno.writeFile(file, damage);
      assertEquals(await ask(), first);
      assertEquals(await Deno.readFile(file), kept, "and is whole again");
    }
    await place.fill([["2026-11-21 12:59", 3]]);
    const late = (await place.run("export --account work")).stdout;
    await place.run("import -", { stdin: late.replaceAll(",work,", ",home,") });
    const withIt = await ask();
    await Deno.remove(folderOf(place), { recursive: true });
    assertEquals(await ask(), withIt);
  }));

Deno.test("lessons are used: a later status shows what the file says", () =>
  withCliHome(async (place) => {
    await someCycles(place);
    const present = (await place.run("forecast --json")).stdout;
    const { at } = JSON.parse(present);
    const asOf = `forecast --json --now ${at}`;
    const before = (await place.run(asOf)).stdout;
    const [file = ""] = await (async () => {
      await place.run("status");
      return await filesOf(place);
    })();
    const bytes = await Deno.readFile(file);
    const first = bytes.indexOf(0x0a) + 1;
    const length = Number(new TextDecoder().decode(bytes.subarray(0, first)));
    const [{ cycles }] = JSON.parse(new TextDecoder().decode(bytes.subarray(first, first + length))).lessons;
    assert(cycles >= 3);
    // Every past cycle now ends far over its limit, so that the rest of this one seems to run out.
    const ends = new Float64Array(cycles).fill(9);
    bytes.set(new Uint8Array(ends.buffer), first + length + ends.byteLength);
    const steps = first + length + 2 * ends.byteLength;
    assertEquals(bytes.length - steps, CURVE_STEPS * ends.byteLength);
    bytes.fill(0, steps);
    const plain = (await place.run("status")).stdout;
    await Deno.writeFile(file, bytes);
    assert((await place.run("status")).stdout !== plain);
    assert((await place.run("forecast --json")).stdout !== present);
    assertEquals((await place.run(asOf)).stdout, before, "answers as of an instant read all of it");
  }));

Deno.test("a file of another quota, database, version or six hours ago is not used", () =>
  withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack"));
    const files = ({ dbPath = "/a.db", now = NOW } = {}) =>
      lessonFiles({ home: place.folder, dbPath, now: () => now });
    const recall = (fields?: { dbPath?: string; now?: number }, quota: QuotaKey = QUOTA) => {
      const lessons = files(fields);
      const found = lessons.recall(quota);
      lessons.close();
      return found;
    };
    const lessons = files();
    lessons.keep(QUOTA, lesson(0.25));
    lessons.close();
    assert(recall());
    assertEquals(recall({}, "acme/work/weekly"), null);
    assertEquals(recall({ dbPath: "/b.db" }), null);
    assertEquals(recall({ now: NOW + 6 * HOUR_MS }), null);
    assertEquals(recall({ now: NOW - 1 }), null, "the clock was set back");
    const [file = ""] = await filesOf(place);
    const bytes = await Deno.readFile(file);
    const text = new TextDecoder("latin1").decode(bytes);
    await Deno.writeFile(
      file,
      Uint8Array.from(text.replace('"version":"0', '"version":"9'), (c) => c.charCodeAt(0)),
    );
    assertEquals(recall(), null);
  }));

Deno.test({
  name:
    "a link in the place of a file is neither read nor followed, and without a folder of the program nothing is kept",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const files = lessonFiles({ home: place.folder, dbPath: "/a.db", now: () => NOW });
      const keep = (curve: number) => {
        files.keep(QUOTA, lesson(curve));
        files.close();
      };
      keep(0.25);
      assertEquals([...Deno.readDirSync(place.folder)], []);
      await Deno.mkdir(join(place.folder, ".syntrack"));
      keep(0.25);
      const [file = ""] = await filesOf(place);
      const elsewhere = join(place.folder, "elsewhere");
      await Deno.rename(file, elsewhere);
      await Deno.symlink(elsewhere, file);
      assertEquals(files.recall(QUOTA), null);
      const before = await Deno.readFile(elsewhere);
      keep(0.5);
      assertEquals(await Deno.readFile(elsewhere), before);
      assertEquals((await Deno.lstat(file)).isSymlink, false);
      assertEquals(files.recall(QUOTA)?.past[0]?.curve.at(0), 0.5);
      files.close();
    }),
});

Deno.test("kept curves come back exactly, those of other quotas too, in whatever order they are read", () =>
  withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack"));
    const share = fc.double({ min: 0, max: 1.5, noNaN: true, noDefaultInfinity: true });
    const curve = fc.array(share, { minLength: CURVE_STEPS + 1, maxLength: CURVE_STEPS + 1 });
    const curves = fc.array(curve, { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), curves, { minKeys: 1 }),
        curves,
        fc.array(fc.nat(CURVE_STEPS), { minLength: 1, maxLength: 8 }),
        (all, changed, steps) => {
          const dbPath = `/${crypto.randomUUID()}.db`;
          const files = () => lessonFiles({ home: place.folder, dbPath, now: () => NOW });
          const keep = (kept: readonly (readonly [string, readonly number[][]])[]) => {
            const lessons = files();
            for (const [name, list] of kept) {
              const past = list.map((curve, i) => ({ startedAt: NOW - i, curve }));
              lessons.keep(`acme/work/${name}`, { ...lesson(0), past });
            }
            lessons.close();
          };
          keep(Object.entries(all));
          keep([["b", changed]]);
          const lessons = files();
          for (const [name, list] of Object.entries({ ...all, b: changed })) {
            const past = lessons.recall(`acme/work/${name}`)!.past;
            assertEquals(past.map(({ startedAt }) => startedAt), list.map((_, i) => NOW - i));
            for (const step of steps) {
              assertEquals(past.map(({ curve }) => curve.at(step)), list.map((curve) => curve[step]));
            }
          }
          lessons.close();
        },
      ),
      { numRuns: 40 },
    );
  }));

Deno.test("a quota that does not fit any more is left out, and the others stay", () =>
  withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack"));
    const files = lessonFiles({ home: place.folder, dbPath: "/a.db", now: () => NOW });
    const [cycle] = lesson(0.5).past;
    const many = { ...lesson(0.5), past: new Array(12_000).fill(cycle) };
    for (const name of ["a", "b", "c"]) files.keep(`acme/work/${name}`, many);
    files.close();
    const names = ["a", "b", "c"].filter((name) => files.recall(`acme/work/${name}`) !== null);
    files.close();
    assertEquals(names, ["a", "b"]);
  }));
