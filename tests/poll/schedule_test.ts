import {
  DEFAULT_SCHEDULE,
  expectedIntervalMs,
  nextOccurrence,
  type Schedule,
  scheduleProblem,
} from "../../lib/poll/schedule.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function cron(expression: string, zone = "UTC"): Schedule & { kind: "cron" } {
  return { kind: "cron", expression, zone };
}

Deno.test("DEFAULT_SCHEDULE is once a minute", () => {
  assertEquals(DEFAULT_SCHEDULE, { kind: "every", ms: MINUTE });
});

const KEPT: readonly Schedule[] = [
  { kind: "every", ms: 10_000 },
  { kind: "every", ms: HOUR },
  cron("*/5 * * * *"),
  cron("0 9-17 * * MON-FRI", "Europe/Berlin"),
  cron("@hourly"),
];
for (const schedule of KEPT) {
  Deno.test(`scheduleProblem() accepts ${JSON.stringify(schedule)}`, () => {
    assertEquals(scheduleProblem(schedule), null);
  });
}

const REFUSED: readonly (readonly [Schedule, string])[] = [
  [{ kind: "every", ms: 9_999 }, "10 to 3600 seconds, got 9.999"],
  [{ kind: "every", ms: HOUR + 1 }, "10 to 3600 seconds"],
  [{ kind: "every", ms: NaN }, "10 to 3600 seconds"],
  [cron("*/5 * * *"), 'got "*/5 * * *"'],
  [cron("* * * * * *"), "five fields"],
  [cron("61 * * * *"), "five fields"],
  [cron("soon"), "five fields"],
  [cron(""), "five fields"],
  [cron("0 0 31 2 *"), "matches some day"],
  [cron("* * * * *", "Mars/Olympus"), 'got "Mars/Olympus"'],
];
for (const [schedule, part] of REFUSED) {
  Deno.test(`scheduleProblem() refuses ${JSON.stringify(schedule)}`, () => {
    assertStringIncludes(scheduleProblem(schedule) ?? "", part);
  });
}

Deno.test("nextOccurrence() is the first time after the given one", () => {
  const at = (text: string) => Date.parse(`2026-03-02T${text}Z`);
  const schedule = cron("*/5 * * * *");
  assertEquals(nextOccurrence(schedule, at("12:00:00.000")), at("12:05:00.000"));
  assertEquals(nextOccurrence(schedule, at("12:04:59.999")), at("12:05:00.000"));
  assertEquals(nextOccurrence(schedule, at("12:05:00.001")), at("12:10:00.000"));
});

Deno.test("nextOccurrence() follows the zone through both clock changes", () => {
  const schedule = cron("30 2 * * *", "Europe/Berlin");
  const spring = nextOccurrence(schedule, Date.parse("2026-03-28T20:00:00Z"));
  // Half past two does not exist on that day; the poll is not lost.
  assert(
    spring !== null && spring >= Date.parse("2026-03-29T00:59:59Z") &&
      spring <= Date.parse("2026-03-29T01:31:00Z"),
  );
  const autumn = nextOccurrence(schedule, Date.parse("2026-10-24T20:00:00Z"));
  assertEquals(autumn, Date.parse("2026-10-25T00:30:00Z"));
  assertEquals(nextOccurrence(schedule, autumn ?? 0), Date.parse("2026-10-26T01:30:00Z"));
});

Deno.test("nextOccurrence() of an invalid expression is null", () => {
  assertEquals(nextOccurrence(cron("soon"), 0), null);
});

Deno.test("expectedIntervalMs() is the interval, unless the provider requires a longer one", () => {
  assertEquals(expectedIntervalMs({ kind: "every", ms: MINUTE }, 0, 0), MINUTE);
  assertEquals(expectedIntervalMs({ kind: "every", ms: MINUTE }, 5 * MINUTE, 0), 5 * MINUTE);
});

Deno.test("expectedIntervalMs() of a cron expression covers its pauses", () => {
  const office = cron("0 9-17 * * *");
  assertEquals(expectedIntervalMs(office, 0, Date.parse("2026-03-02T10:00:01Z")), HOUR);
  const evening = Date.parse("2026-03-02T17:00:00Z");
  assertEquals(expectedIntervalMs(office, 0, evening), 16 * HOUR);
});

Deno.test("expectedIntervalMs() of a cron expression that never matches is a day", () => {
  assertEquals(expectedIntervalMs(cron("0 0 31 2 *"), 0, 0), 24 * HOUR);
});
