/** Commands cache what past cycles taught in files, which change no answer. */
import { join } from "node:path";
import { lessonFiles } from "../../lib/cli/lesson_files.ts";
import type { Lesson } from "../../lib/read/lessons.ts";
import { CURVE_STEPS } from "../../lib/model/forecast/past_cycles.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, utc } from "../support/readings.ts";
import { inPlace, NOW, type Place } from "./support.ts";

const QUOTA = "acme/work/five-hour";
const folderOf = (place: Place) => join(place.folder, ".syntrack", "cache", "past");
const filesOf = async (place: Place) =>
  (await Array.fromAsync(Deno.readDir(folderOf(place)))).map(({ name }) => join(folderOf(place), name));

/** Consecutive five-hour windows, up to now. */
async function someCycles(place: Place): Promise<void> {
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
  inPlace(async (place) => {
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

    for (const damage of [kept.slice(0, -8), kept.slice(0, 20), new Uint8Array(0), kept.map(() => 0x0a)]) {
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
  inPlace(async (place) => {
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
    const head = bytes.indexOf(0x0a) + 1;
    // Every past cycle now ends far over its limit, so that the rest of this one seems to run out.
    const values = new Float64Array(bytes.buffer, head);
    for (let at = 0; at < values.length; at++) values[at] = at % (CURVE_STEPS + 1) === CURVE_STEPS ? 9 : 0;
    const plain = (await place.run("status")).stdout;
    await Deno.writeFile(file, bytes);
    assert((await place.run("status")).stdout !== plain);
    assert((await place.run("forecast --json")).stdout !== present);
    assertEquals((await place.run(asOf)).stdout, before, "answers as of an instant read all of it");
  }));

Deno.test("a file of another quota, database, version or six hours ago is not used", () =>
  inPlace(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack"));
    const files = (fields: { dbPath?: string; now?: number } = {}) =>
      lessonFiles({ home: place.folder, dbPath: "/a.db", now: NOW, ...fields });
    files().keep(QUOTA, lesson(0.25));
    const [past] = files().recall(QUOTA)!.past;
    assertEquals([...Array.from(past!.curve)], [...Array.from(lesson(0.25).past[0]!.curve)]);
    assertEquals(files().recall("acme/work/weekly"), null);
    assertEquals(files({ dbPath: "/b.db" }).recall(QUOTA), null);
    assertEquals(files({ now: NOW + 6 * HOUR_MS }).recall(QUOTA), null);
    assertEquals(files({ now: NOW - 1 }).recall(QUOTA), null, "the clock was set back");
    const [file = ""] = await filesOf(place);
    const bytes = await Deno.readFile(file);
    const text = new TextDecoder("latin1").decode(bytes);
    await Deno.rename(file, join(folderOf(place), "other.bin"));
    await Deno.writeFile(
      file,
      Uint8Array.from(text.replace('"version":"0', '"version":"9'), (c) => c.charCodeAt(0)),
    );
    assertEquals(files().recall(QUOTA), null);
  }));

Deno.test({
  name:
    "a link in the place of a file is neither read nor followed, and without a folder of the program nothing is kept",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inPlace(async (place) => {
      const files = lessonFiles({ home: place.folder, dbPath: "/a.db", now: NOW });
      files.keep(QUOTA, lesson(0.25));
      assertEquals([...Deno.readDirSync(place.folder)], []);
      await Deno.mkdir(join(place.folder, ".syntrack"));
      files.keep(QUOTA, lesson(0.25));
      const [file = ""] = await filesOf(place);
      const elsewhere = join(place.folder, "elsewhere");
      await Deno.rename(file, elsewhere);
      await Deno.symlink(elsewhere, file);
      assertEquals(files.recall(QUOTA), null);
      const before = await Deno.readFile(elsewhere);
      files.keep(QUOTA, lesson(0.5));
      assertEquals(await Deno.readFile(elsewhere), before);
      assertEquals((await Deno.lstat(file)).isSymlink, false);
      assertEquals(files.recall(QUOTA)?.past[0]?.curve[0], 0.5);
    }),
});
