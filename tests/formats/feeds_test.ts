/** Calendars and feeds: no name can change a line or an element. */
import fc from "fast-check";
import { atomFeed } from "../../lib/formats/atom_feed.ts";
import { calendarFeed } from "../../lib/formats/calendar_feed.ts";
import { calendarInstant, calendarValue, foldLine, MAX_LINE_BYTES } from "../../lib/formats/icalendar.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

const AT = utc("2026-11-21 10:00");
const EVIL = '</title><b>&"\u202eevil\u0007\r\nDTSTART:19700101T000000Z;,\\n';
const bytes = (text: string) => new TextEncoder().encode(text).length;

function hasAny(text: string, ...signs: readonly string[]): boolean {
  return signs.some((sign) => text.includes(sign));
}

/** How a reader of RFC 5545 unfolds a line. */
function unfold(text: string): string {
  return text.replaceAll(/\r\n[ \t]/g, "");
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, sign) => sign === "n" || sign === "N" ? "\n" : sign);
}

/** The elements of XML in order, with their text; throws if it is not well-formed. */
function parseXml(text: string): readonly (readonly [name: string, text: string])[] {
  const part = /<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>|([^<&]+)|(&#(\d+);)/y;
  const found: [string, string][] = [];
  const open: [string, string][] = [];
  part.lastIndex = text.indexOf("?>") + 2;
  while (part.lastIndex < text.length) {
    const at = part.lastIndex;
    const match = part.exec(text);
    if (!match) throw new SyntaxError(`no XML at ${JSON.stringify(text.slice(at, at + 60))}`);
    const [, close, name, , empty, plain, , code] = match;
    if (name === undefined) {
      const last = open.at(-1);
      if (last) last[1] += plain ?? String.fromCodePoint(Number(code));
    } else if (close) assertEquals(open.pop()?.[0], name);
    else {
      const element: [string, string] = [name, ""];
      found.push(element);
      if (!empty) open.push(element);
    }
  }
  assertEquals(open.length, 0);
  return found;
}

Deno.test("any line is folded into lines of at most 75 bytes, and unfolds to the original", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
    const line = text.replaceAll(/[\r\n]/g, "").toWellFormed();
    const folded = foldLine(line);
    for (const one of folded.split("\r\n")) {
      assert(bytes(one) <= MAX_LINE_BYTES, one);
      assert(!one.includes("\ufffd") || line.includes("\ufffd"));
    }
    assertEquals(unfold(folded), line);
  }));
});

Deno.test("any escaped text is one value of a calendar, and reads as its harmless part", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const value = calendarValue(text);
    assert(!hasAny(value, "\r", "\n", "\u202e", "\u0007"));
    assert(!/(?<!\\)(?:\\\\)*[;,]/.test(value), value);
    assertEquals(calendarValue(unescape(value)), value);
  }));
  assertEquals(calendarValue("a;b,c\\d"), "a\\;b\\,c\\\\d");
  assertEquals(calendarInstant(AT), "20261121T100000Z");
});

function calendarOf(fields: Partial<QuotaView>): readonly string[] {
  const view = { at: AT, accounts: [accountViewOf([quotaViewOf({ at: AT, ...fields })], { at: AT })] };
  const text = calendarFeed({ view, zone: "Europe/Berlin", runOutProbability: 0.6 });
  assert(text.endsWith("\r\n") && !/[^\r]\n/.test(text));
  return unfold(text).split("\r\n");
}

const RUNS_DRY = {
  state: "runs-dry",
  emptyAt: AT + 40 * MINUTE_MS,
  runOutProbability: 0.82,
  confidence: "high",
} as NonNullable<QuotaView["forecast"]>;

Deno.test("a calendar contains the next reset and the expected run-out, each with a stable id", () => {
  const resetsAt = AT + 2 * HOUR_MS + 17_000;
  const lines = calendarOf({ resetsAt, forecast: RUNS_DRY });
  const of = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
  assertEquals(of("DTSTART"), ["20261121T104000Z", "20261121T120000Z"], "whole minutes, the nearest first");
  assertEquals(of("BEGIN"), ["VCALENDAR", "VEVENT", "VEVENT"]);
  assertEquals(of("END"), ["VEVENT", "VEVENT", "VCALENDAR"]);
  assertEquals(of("DTSTAMP"), ["20261121T100000Z", "20261121T100000Z"]);
  assertEquals(new Set(of("UID")).size, 2);
  assert(of("UID").every((uid) => uid.endsWith("@syntrack")));
  assertEquals(
    of("UID"),
    calendarOf({ resetsAt: resetsAt + 30_000, forecast: RUNS_DRY })
      .filter((line) => line.startsWith("UID:")).map((line) => line.slice(4)),
  );
  assertStringIncludes(unescape(of("DESCRIPTION")[0]!), "with a probability of 82%");
});

Deno.test("past, unlikely and gone quotas' events are in no calendar", () => {
  const events = (fields: Partial<QuotaView>) =>
    calendarOf(fields).filter((line) => line === "BEGIN:VEVENT").length;
  assertEquals(events({ resetsAt: AT - 1 }), 0);
  assertEquals(events({ resetsAt: null }), 0);
  assertEquals(events({ resetsAt: null, forecast: { ...RUNS_DRY, runOutProbability: 0.3 } }), 0);
  assertEquals(events({ resetsAt: null, forecast: { ...RUNS_DRY, emptyAt: AT - 1 } }), 0);
  assertEquals(events({ resetsAt: AT + HOUR_MS, gone: true }), 0);
  assertEquals(events({ resetsAt: AT + HOUR_MS }), 1);
});

Deno.test("no quota name can add a property to a calendar or control its text", () => {
  const lines = calendarOf({ label: EVIL, resetsAt: AT + HOUR_MS });
  assertEquals(lines.filter((line) => line.startsWith("DTSTART")).length, 1);
  assert(!hasAny(lines.join(""), "\u202e", "\u0007"));
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 120 }), (label) => {
    const names = calendarOf({ label, resetsAt: AT + HOUR_MS }).map((line) =>
      /^[A-Z-]+(?=[:;])/.exec(line)?.[0]
    );
    assertEquals(names.filter((name) => name === undefined).length, 1, "only the end has no name");
    assertEquals(names.filter((name) => name === "SUMMARY").length, 1);
  }));
});

function alertOf(
  fields: Partial<Alert & { readonly raisedAt: number }>,
): Alert & { readonly raisedAt: number } {
  return {
    id: "threshold|acme/work/five-hour|1",
    kind: "threshold",
    severity: "warning",
    account: "acme/work",
    quota: "five-hour",
    at: AT,
    title: "Acme: 90% used",
    text: "90% used.",
    details: "",
    expiresAt: AT + HOUR_MS,
    raisedAt: AT,
    ...fields,
  };
}

const FEED = {
  origin: "http://127.0.0.1:9211",
  version: "1.0",
  madeAt: AT - HOUR_MS,
  uuidOf: (id: string) => id,
};

Deno.test("a feed has everything RFC 4287 requires of a feed and its entries", () => {
  const text = atomFeed({
    ...FEED,
    alerts: [alertOf({}), alertOf({ id: "b", raisedAt: AT - 1, quota: null })],
  });
  const elements = parseXml(text);
  const count = (name: string) => elements.filter(([one]) => one === name).length;
  assertEquals([
    count("feed"),
    count("entry"),
    count("id"),
    count("title"),
    count("updated"),
    count("author"),
  ], [
    1,
    2,
    3,
    3,
    3,
    1,
  ]);
  assertEquals(elements.find(([name]) => name === "updated")?.[1], "2026-11-21T10:00:00.000Z");
  assertEquals(new Set(elements.filter(([name]) => name === "id").map(([, id]) => id)).size, 3);
  assertStringIncludes(text, 'href="http://127.0.0.1:9211/accounts/acme/work?quota=five-hour"');
  assertEquals(parseXml(atomFeed({ ...FEED, alerts: [] })).length, 8, "an empty feed is one as well");
  // A restart raises no alert, so readers have nothing to read again.
  const alerts = [alertOf({ raisedAt: AT })];
  assertEquals(atomFeed({ ...FEED, alerts, madeAt: AT + HOUR_MS }), atomFeed({ ...FEED, alerts }));
});

Deno.test("no text of an alert can break a feed", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (title) => {
    const elements = parseXml(atomFeed({ ...FEED, alerts: [alertOf({ title, text: title + EVIL })] }));
    assertEquals(elements.filter(([name]) => name === "entry").length, 1);
    assert(!hasAny(elements.map(([, text]) => text).join(""), "\u202e", "\u0007", "\ufffe", "\uffff"));
  }));
  const elements = parseXml(atomFeed({ ...FEED, alerts: [alertOf({ title: EVIL })] }));
  assertStringIncludes(elements.findLast(([name]) => name === "title")![1], '</title><b>&"evil');
});

Deno.test("the lists of a summary keep their lines in a feed", () => {
  const details = "From Monday to Tuesday.\n\nUsed:\n- Acme Weekly: 12%\n- Zai: 3%";
  const elements = parseXml(
    atomFeed({ ...FEED, alerts: [alertOf({ text: "Acme: 12%\nZai: 3%", details })] }),
  );
  const content = elements.find(([name]) => name === "content");
  assertEquals(content?.[1], `Acme: 12%\nZai: 3%\n${details}`);
});
