import fc from "fast-check";
import { parseEdge, resolveSpan } from "../../lib/model/history/time_range.ts";
import { isoInstant, wallText } from "../../lib/model/time.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { utc } from "../support/readings.ts";

const NOW = utc("2026-11-19 13:17");
const ZONE = "Europe/Berlin";
const ask = (words: Partial<Record<"range" | "from" | "to", string>>) =>
  resolveSpan({ range: null, from: null, to: null, ...words }, ZONE, NOW);

Deno.test("parseEdge() reads dates and times in the zone, and timestamps as they are", () => {
  const read = (text: string, isEnd = false) => isoInstant(parseEdge(text, ZONE, isEnd));
  assertEquals(read("2026-11-18"), "2026-11-17T23:00:00.000Z");
  assertEquals(read("2026-11-18", true), "2026-11-18T23:00:00.000Z");
  assertEquals(read("2026-11-18T12:30"), "2026-11-18T11:30:00.000Z");
  assertEquals(read("2026-07-18 12:30"), "2026-07-18T10:30:00.000Z");
  assertEquals(read("2026-11-18T12:30:00Z"), "2026-11-18T12:30:00.000Z");
  assertEquals(read("2026-11-18T12:30:00-05:00"), "2026-11-18T17:30:00.000Z");
  assertEquals(read("1763468400000"), "2025-11-18T12:20:00.000Z");
});

Deno.test("parseEdge() reads from the earliest possible time to the last day of the year 9999", () => {
  assertEquals(parseEdge("1970-01-01", "UTC"), 0);
  assertEquals(parseEdge("1970-01-01T00:00:00+00:01", "UTC"), null);
  assertEquals(parseEdge("1970-01-01", ZONE), null);
  assertEquals(isoInstant(parseEdge("9999-12-31", "UTC")), "9999-12-31T00:00:00.000Z");
  assertEquals(parseEdge("9999-12-31T00:01", "UTC"), null);
  assertEquals(parseEdge("2026-11-18T23:59", "UTC"), utc("2026-11-18 23:59"));
});

Deno.test("parseEdge() accepts nothing else", () => {
  for (
    const text of [
      "",
      "yesterday",
      "2026-02-30",
      "2026-13-01",
      "2026-11-18T24:00",
      "2026-11-18T12:60",
      "1969-12-31",
      "99999-01-01",
      "-1",
      "2026-11-18T12:30Zx",
    ]
  ) {
    assertEquals(parseEdge(text, ZONE), null, text);
  }
});

Deno.test("local times read by parseEdge() are those shown in the zone", () => {
  const zones = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
  );
  fc.assert(fc.property(fc.integer({ min: utc("2020-01-01 00:00"), max: NOW }), zones, (at, zone) => {
    const text = wallText(at, zone);
    const read = parseEdge(text, zone);
    assert(read !== null && wallText(read, zone) === text, `${text} ${zone}`);
  }));
});

Deno.test("edges take precedence over a range, and an end of today is no later than now", () => {
  assertEquals(ask({ range: "7d", from: "2026-11-18" }).span, { from: utc("2026-11-17 23:00"), to: NOW });
  assertEquals(ask({ from: "2026-11-18", to: "2026-11-19" }).span, {
    from: utc("2026-11-17 23:00"),
    to: NOW,
  });
  assertEquals(ask({ to: "2026-11-17" }).span, {
    from: utc("2026-11-16 23:00"),
    to: utc("2026-11-17 23:00"),
  });
  assertEquals(ask({ range: "1d" }).span, { range: "24h" });
  assertEquals(ask({}), { span: { range: "6h" }, problems: [] });
  assertEquals(ask({ range: "", from: "", to: "" }), { span: { range: "6h" }, problems: [] });
});

Deno.test("a range is at least five minutes long, and at most 3660 days", () => {
  const spanFrom = (from: number, to = NOW) => ask({ from: isoInstant(from)!, to: isoInstant(to)! });
  const [minute, day] = [60_000, 86_400_000];
  assertEquals(spanFrom(NOW - 5 * minute - 1).span, { from: NOW - 5 * minute - 1, to: NOW });
  assertEquals(spanFrom(NOW - 5 * minute + 1).span, { from: NOW - 5 * minute, to: NOW });
  assertEquals(spanFrom(NOW - 3660 * day), { span: { from: NOW - 3660 * day, to: NOW }, problems: [] });
  assertEquals(spanFrom(NOW - 3660 * day - 1).span, { range: "6h" });
  // There is nothing before 1970.
  assertEquals(spanFrom(0, minute).span, { from: 0, to: minute });
});

Deno.test("invalid edges give the default range and the reason", () => {
  for (
    const [words, why] of [
      [{ range: "2y" }, /no range "2y"/],
      [{ from: "then" }, /"then" as a start/],
      [{ to: "later" }, /"later" as an end/],
      [{ from: "2026-11-18", to: "2026-11-17" }, /has to be before/],
      [{ from: "2027-01-01" }, /in the past/],
      [{ from: "1999-01-01" }, /ten years/],
    ] as const
  ) {
    const { span, problems } = ask(words);
    assertEquals(span, { range: "6h" });
    assertMatch(problems.join(), why);
  }
});

Deno.test("no input gives a range that is empty, reversed or in the future", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("2026-11-18", "2026-11-19T14:17", "1763468400000"));
  fc.assert(fc.property(word, word, (from, to) => {
    const { span } = ask({ from, to });
    assert("range" in span || (span.to - span.from >= 5 * 60_000 && span.to <= NOW));
  }));
});
