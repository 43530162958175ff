/** The line in the bar: what is read, what is shown, what is kept. */
import fc from "fast-check";
import { statuslineOptions } from "../../lib/statusline/arguments.ts";
import { feedIn, feedText, isNews } from "../../lib/statusline/feed.ts";
import { statusInput } from "../../lib/statusline/input.ts";
import { DEFAULT_LINE, type LineOptions, statusLine } from "../../lib/statusline/line.ts";
import { assert, assertEquals } from "../support/assert.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const PLAIN: LineOptions = { ...DEFAULT_LINE, ascii: true, colour: false };

function input(five: number, seven: number) {
  return JSON.stringify({
    model: { display_name: "Opus" },
    workspace: { current_dir: "/home/ann/project" },
    rate_limits: {
      five_hour: { used_percentage: five, resets_at: NOW / 1000 + 10_740 },
      seven_day: { used_percentage: seven, resets_at: NOW / 1000 + 273_600 },
    },
  });
}

function line(text: string, options: LineOptions = PLAIN): string {
  const read = statusInput(text);
  return statusLine(read, { at: NOW, credential: null, windows: read.windows }, NOW, options);
}

Deno.test("the line says what is used and when each window begins anew", () => {
  assertEquals(line(input(42.9, 61)), "Opus | 5h 42% used resets in 2h 59m | 7d 61% used resets in 3d 4h");
  assertEquals(
    line(input(42.9, 61), { ...PLAIN, parts: ["folder", "five-hour"], display: "left" }),
    "project | 5h 58% left resets in 2h 59m",
  );
});

Deno.test("a share that is nearly used up is marked by a sign and not by colour alone", () => {
  assertEquals(
    line(input(81, 96), { ...PLAIN, parts: ["five-hour", "seven-day"] }),
    "5h !81% used resets in 2h 59m | 7d !!96% used resets in 3d 4h",
  );
});

Deno.test("figures from before a reset are not shown as those of now, and old ones say how old they are", () => {
  const hours = 4 * 3_600_000;
  const read = statusInput(input(42, 61));
  const then = statusLine(read, { at: NOW, credential: null, windows: read.windows }, NOW + hours, PLAIN);
  assertEquals(then, "Opus | 5h ? since its reset | 7d 61% used resets in 3d 0h | 4h 0m ago");
});

Deno.test("parts that do not fit are left out from the end", () => {
  assertEquals(line(input(42, 61), { ...PLAIN, columns: 40 }), "Opus | 5h 42% used resets in 2h 59m");
});

Deno.test("whatever stands on stdin there is a line, without anything a terminal would act on", () => {
  const shaped = fc.jsonValue().map((value) =>
    JSON.stringify({ rate_limits: { five_hour: value }, model: { display_name: value } })
  );
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), shaped), (text) => {
    const shown = line(text);
    assert(shown.length > 0);
    // deno-lint-ignore no-control-regex -- that is what is looked for
    assert(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(shown), JSON.stringify(shown));
    assert(!/NaN|Infinity/.test(shown) || /NaN|Infinity/.test(text), shown);
  }));
});

Deno.test("flags that are not understood change nothing", () => {
  assertEquals(statuslineOptions(["--parts", "nothing", "--warning=x", "--unknown"], {}), {
    ...DEFAULT_LINE,
    chain: null,
  });
  const args = ["--display=left", "--warning", "60%", "--chain", "date"];
  assertEquals(statuslineOptions(args, { NO_COLOR: "1", COLUMNS: "70" }), {
    ...DEFAULT_LINE,
    display: "left",
    warning: 60,
    colour: false,
    columns: 70,
    chain: "date",
  });
});

Deno.test("what is kept is read back, by folder; a broken file is none", () => {
  const { windows } = statusInput(input(42, 61));
  const fed = { at: NOW, credential: "0123456789ab", windows };
  const text = feedText(feedIn(null), "", fed);
  assertEquals(feedIn(text)[""], fed);
  const both = feedIn(feedText(feedIn(text), "/work", { ...fed, at: NOW + 1 }));
  assertEquals(Object.keys(both).sort(), ["", "/work"]);
  for (const broken of ["", "{", "[]", `{"homes":{"":{"at":"x"}}}`, `{"homes":null}`]) {
    assertEquals(feedIn(broken), {});
  }
});

Deno.test("the same figures are not written again within a minute", () => {
  const { windows } = statusInput(input(42, 61));
  const fed = { at: NOW, credential: null, windows };
  assert(isNews(undefined, windows, NOW));
  assert(!isNews(fed, windows, NOW + 30_000));
  assert(isNews(fed, windows, NOW + 60_000));
  assert(isNews(fed, statusInput(input(43, 61)).windows, NOW + 1));
  assert(!isNews(undefined, {}, NOW));
});
