/** The status line: what is read, shown and stored. */
import fc from "fast-check";
import { statuslineOptions } from "../../lib/statusline/arguments.ts";
import {
  AGAIN_MS,
  parseFeed,
  type Report,
  serializeFeed,
  type SessionFeed,
  withReport,
} from "../../lib/statusline/feed.ts";
import { statusInput } from "../../lib/statusline/input.ts";
import { sessionLogin, tokenIn } from "../../lib/statusline/login.ts";
import {
  DEFAULT_LINE,
  leftFigure,
  type LineOptions,
  shareFigure,
  statusLine,
} from "../../lib/statusline/line.ts";
import { formatLeft, formatShare } from "../../lib/model/view/format.ts";
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

Deno.test("the line says what is used and when each window resets", () => {
  assertEquals(line(input(42.9, 61)), "Opus | 5h 43% used resets in 2h 59m | 7d 61% used resets in 3d 4h");
  assertEquals(
    line(input(42.9, 61), { ...PLAIN, parts: ["folder", "five-hour"], display: "left" }),
    "project | 5h 57% left resets in 2h 59m",
  );
});

Deno.test("a nearly used-up share is marked by a sign and not by colour alone", () => {
  assertEquals(
    line(input(81, 96), { ...PLAIN, parts: ["five-hour", "seven-day"] }),
    "5h !81% used resets in 2h 59m | 7d !!96% used resets in 3d 4h",
  );
});

Deno.test("figures from before a reset are not shown as current, and old ones show their age", () => {
  const hours = 4 * 3_600_000;
  const read = statusInput(input(42, 61));
  const then = statusLine(read, { at: NOW, credential: null, windows: read.windows }, NOW + hours, PLAIN);
  assertEquals(then, "Opus | 5h ? since its reset | 7d 61% used resets in 3d 0h | 4h 0m ago");
});

Deno.test("parts that do not fit are dropped from the end", () => {
  assertEquals(line(input(42, 61), { ...PLAIN, columns: 40 }), "Opus | 5h 42% used resets in 2h 59m");
});

Deno.test("there is a line whatever is on stdin, without anything a terminal would execute", () => {
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

Deno.test("unknown flags change nothing", () => {
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

Deno.test("stored figures are read back, by folder and by token; a broken file counts as empty", () => {
  const { windows } = statusInput(input(42, 61));
  const fed = withReport(undefined, { ...RESTING, windows, session: "a", answeredMs: 5 })!;
  const text = serializeFeed(parseFeed(null), { kind: "homes", name: "" }, fed);
  assertEquals(parseFeed(text).homes[""], fed);
  const both = parseFeed(
    serializeFeed(parseFeed(text), { kind: "homes", name: "/work" }, { ...fed, at: NOW + 1 }),
  );
  assertEquals(Object.keys(both.homes).sort(), ["", "/work"]);
  const token = parseFeed(serializeFeed(both, { kind: "tokens", name: "0123456789ab" }, fed));
  assertEquals([Object.keys(token.homes).length, token.tokens["0123456789ab"]], [2, fed]);
  for (const broken of ["", "{", "[]", "null", `{"homes":{"":{"at":"x"}}}`, `{"homes":null}`]) {
    assertEquals(parseFeed(broken), { homes: {}, tokens: {} });
  }
});

const RESTING: Report = { at: NOW, credential: "0123456789ab", windows: {}, session: null, answeredMs: null };

/** A report of a five-hour window that ends this many hours from now. */
function said(session: string, usedPercent: number, hours: number, more: Partial<Report> = {}): Report {
  const windows = { five_hour: { usedPercent, resetsAt: NOW + hours * 3_600_000 } };
  return { ...RESTING, session, windows, ...more };
}

const after = (reports: readonly Report[]) =>
  reports.reduce<SessionFeed | undefined>((fed, report) => withReport(fed, report), undefined);

Deno.test("an idle session that repeats figures from an hour ago neither lowers a figure nor makes it new", () => {
  const known = after([said("a", 54, 2), said("b", 40, 2, { at: NOW + 1_000 })])!;
  assertEquals([known.windows.five_hour?.usedPercent, known.at, known.seen?.five_hour?.session], [
    54,
    NOW,
    "a",
  ]);
  const later = { at: NOW + 3_600_000 };
  for (const report of [said("b", 40, 2, later), said("a", 54, 2, later)]) {
    assertEquals(withReport(known, report), known);
  }
  assertEquals(withReport(known, said("a", 58, 2, later))?.windows.five_hour?.usedPercent, 58);
  assertEquals(withReport(known, { ...RESTING, ...later }), known);
});

Deno.test("an unchanged figure is confirmed when its session got an answer, at most once a minute", () => {
  const known = after([said("a", 54, 2, { answeredMs: 10 })])!;
  const soon = withReport(known, said("a", 54, 2, { answeredMs: 20, at: NOW + 1_000 }))!;
  assertEquals(soon.at, NOW);
  // That answer was a second after the first, not an hour later.
  const hour = { at: NOW + 3_600_000 };
  assertEquals(withReport(soon, said("a", 54, 2, { answeredMs: 20, ...hour })), soon);
  const still = withReport(soon, said("a", 54, 2, { answeredMs: 30, at: NOW + AGAIN_MS }))!;
  assertEquals(still.at, NOW + AGAIN_MS);
  // An answer to a session with lower figures was older all the same.
  const other = after([said("a", 54, 2), said("b", 40, 2, { answeredMs: 1 })])!;
  const lower = withReport(other, said("b", 41, 2, { answeredMs: 9, ...hour }))!;
  assertEquals([lower.windows.five_hour?.usedPercent, lower.at], [54, NOW]);
});

Deno.test("figures from a clock that was ahead give way to the next answer, and date nothing in the future", () => {
  const both = (five: number, answeredMs: number, at: number): Report => ({
    ...RESTING,
    session: "a",
    at,
    answeredMs,
    windows: {
      five_hour: { usedPercent: five, resetsAt: NOW + 2 * 3_600_000 },
      seven_day: { usedPercent: 50, resetsAt: NOW + 72 * 3_600_000 },
    },
  });
  for (const aheadMs of [2 * 60_000, 3_600_000, 400 * 86_400_000]) {
    const ahead = after([both(30, 100, NOW + aheadMs)])!;
    assertEquals(ahead.at, NOW + aheadMs);
    // A repetition is no evidence of anything, also now.
    assertEquals(withReport(ahead, both(30, 100, NOW)), ahead);
    const healed = withReport(ahead, both(31, 200, NOW))!;
    assertEquals([healed.at, healed.windows.five_hour?.usedPercent, healed.seen?.seven_day?.at], [
      NOW,
      31,
      NOW,
    ]);
    // What another session has from before is recognized as a repetition.
    const idle = after([said("b", 12, 2, { at: NOW + aheadMs }), both(30, 100, NOW + aheadMs)])!;
    const later = withReport(withReport(idle, both(31, 200, NOW)), said("b", 12, 2, { at: NOW + 1_000 }))!;
    assertEquals([later.at, later.windows.five_hour?.usedPercent], [NOW, 31]);
  }
});

Deno.test("a new window counts although less of it is used, and the previous one does not return", () => {
  const next = after([said("a", 97, 1), said("b", 3, 6, { at: NOW + 2 * 3_600_000 })])!;
  assertEquals(next.windows.five_hour?.usedPercent, 3);
  const old = withReport(next, said("c", 98, 1, { at: NOW + 3 * 3_600_000 }))!;
  assertEquals([old.windows.five_hour?.usedPercent, old.at], [3, next.at]);
  // Before a window has begun there is no reset: such a report is old during a window, and new after it.
  const none = { five_hour: { usedPercent: 0, resetsAt: null } };
  const idle = (at: number) => ({ ...RESTING, session: "d", windows: none, at });
  assertEquals(withReport(next, idle(NOW + 3 * 3_600_000))?.windows.five_hour?.usedPercent, 3);
  assertEquals(withReport(next, idle(NOW + 7 * 3_600_000))?.windows.five_hour, none.five_hour);
});

Deno.test("figures from another login stay that login's until the session gets new ones", () => {
  const known = after([said("a", 54, 2)])!;
  const other = { credential: "ba9876543210", at: NOW + 60_000 };
  assertEquals(withReport(known, said("a", 54, 2, other)), known);
  const switched = withReport(known, said("b", 12, 3, other))!;
  assertEquals([switched.credential, switched.windows.five_hour?.usedPercent], ["ba9876543210", 12]);
  assertEquals(withReport(switched, said("a", 54, 2, { ...other, at: NOW + 90_000 })), switched);
});

Deno.test("the order and number of repetitions by sessions change no result", () => {
  const figure = fc.record({
    usedPercent: fc.integer({ min: 0, max: 200 }).map((half) => half / 2),
    hours: fc.constantFrom(1, 6, 11),
  });
  const sessions = fc.array(fc.record({ session: fc.constantFrom("a", "b", "c", "d"), figure }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(sessions, fc.infiniteStream(fc.nat()), (all, random) => {
    const shuffled = all.map((one) => [random.next().value, one] as const)
      .toSorted(([a], [b]) => a - b).map(([, one]) => one);
    const mergeReports = (list: typeof all) =>
      after(list.map(({ session, figure: { usedPercent, hours } }) => said(session, usedPercent, hours)))
        ?.windows.five_hour;
    const last = Math.max(...all.map((one) => one.figure.hours));
    const most = all.filter((one) => one.figure.hours === last).map((one) => one.figure.usedPercent);
    assertEquals(mergeReports(all), { usedPercent: Math.max(...most), resetsAt: NOW + last * 3_600_000 });
    assertEquals(mergeReports([...shuffled, ...all]), mergeReports(all));
  }));
});

Deno.test("a session started with another login is distinguished from the one in the file", () => {
  const kinds = (env: Readonly<Record<string, string>>) => sessionLogin(env).kind;
  assertEquals(kinds({ PATH: "/bin", CLAUDE_CODE_USE_BEDROCK: "0", ANTHROPIC_API_KEY: "" }), "file");
  assertEquals(
    kinds({ ANTHROPIC_BASE_URL: "https://api.anthropic.com", ANTHROPIC_CUSTOM_HEADERS: "x-a: b" }),
    "file",
  );
  assertEquals(sessionLogin({ CLAUDE_CODE_OAUTH_TOKEN: " sk-b " }), { kind: "token", token: "sk-b" });
  assertEquals(sessionLogin({ CLAUDE_CODE_OAUTH_TOKEN: "b", ANTHROPIC_AUTH_TOKEN: "c" }), {
    kind: "token",
    token: "c",
  });
  const unknown: readonly Readonly<Record<string, string>>[] = [
    { ANTHROPIC_API_KEY: "sk-ant-api03-x" },
    { ANTHROPIC_BASE_URL: "https://gateway.example", CLAUDE_CODE_OAUTH_TOKEN: "b" },
    { CLAUDE_CODE_USE_BEDROCK: "1" },
    { CLAUDE_CODE_USE_VERTEX: "true" },
    { CLAUDE_CODE_USE_FOUNDRY: "1" },
    { ANTHROPIC_BEDROCK_BASE_URL: "http://127.0.0.1:1" },
    { ANTHROPIC_CUSTOM_HEADERS: "X-Team: a\nAuthorization: Bearer b" },
    { CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR: "3" },
    { CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: "1" },
  ];
  for (const env of unknown) assertEquals(kinds(env), "unknown", JSON.stringify(env));
});

Deno.test("a truncated login file means an unknown login, not that there is none", () => {
  const text = JSON.stringify({ claudeAiOauth: { accessToken: "sk-a" } });
  assertEquals([tokenIn(null), tokenIn("{}"), tokenIn(text)], [null, null, "sk-a"]);
  for (const cut of ["", text.slice(0, 20), "null {"]) assertEquals(tokenIn(cut), undefined);
});

Deno.test("the line rounds a share like every other surface", () => {
  assertEquals(line(input(42.5, 7.25), { ...PLAIN, parts: ["five-hour"] }), "5h 43% used resets in 2h 59m");
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
      assertEquals(`${shareFigure(percent)}%`, formatShare(percent / 100));
    }),
    { examples: [[42.5], [99.96], [99.5], [9.95], [0.04], [100], [57.1]] },
  );
  const left = { ...PLAIN, parts: ["five-hour"], display: "left" } as const;
  assertEquals(line(input(42.5, 7.25), left), "5h 57% left resets in 2h 59m");
  assertEquals(line(input(99.96, 7.25), left), "5h !!0.1% left resets in 2h 59m");
  fc.assert(
    fc.property(fc.double({ min: 0, max: 120, noNaN: true }), (percent) => {
      assertEquals(`${leftFigure(percent)}%`, formatLeft(1 - percent / 100));
    }),
    { examples: [[42.5], [99.96], [99.5], [90.05], [0.04], [100], [57.1], [101]] },
  );
});
