import { summarySentence } from "../../lib/ui/summary.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT, viewOf } from "../support/views.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const dry = (inMs: number) =>
  forecastOf({ state: "runs-dry", reason: "empty-before-reset", emptyAt: READ_AT + inMs });
const say = (...args: Parameters<typeof viewOf>) =>
  summarySentence(viewOf(...args), READ_AT, "Europe/Berlin");

Deno.test("the summary says what runs dry first, when, and how long before its reset", () => {
  const quotas = [
    quotaViewOf({ quota: "weekly", label: "Weekly", forecast: dry(90 * MINUTE) }),
    quotaViewOf({ forecast: dry(40 * MINUTE) }),
  ];
  assertEquals(
    say([accountViewOf(quotas)]),
    "Acme 5-hour quota runs dry at 14:40, 1h 20m before its reset. One more runs dry or is used up",
  );
});

Deno.test("what is used up comes before what will be", () => {
  const quotas = [
    quotaViewOf({ forecast: dry(40 * MINUTE) }),
    quotaViewOf({ quota: "day", label: "Daily", used: 100, forecast: forecastOf({ state: "exhausted" }) }),
  ];
  assertEquals(
    say([accountViewOf(quotas)]),
    "Acme Daily is used up, resets in 2h, at 16:00. One more runs dry or is used up",
  );
});

Deno.test("a forecast that has come true while nobody read is not told as the future", () => {
  const view = viewOf([accountViewOf([quotaViewOf({ forecast: dry(MINUTE) })])]);
  assertEquals(
    summarySentence(view, READ_AT + 2 * MINUTE, "UTC"),
    "Acme 5-hour quota is about to run dry",
  );
});

Deno.test("a balance has no reset to run dry before", () => {
  const quota = quotaViewOf({
    label: "Credits",
    window: { kind: "balance", seconds: null },
    resetsAt: null,
    forecast: dry(50 * HOUR),
  });
  assertEquals(say([accountViewOf([quota])]), "Acme Credits runs dry on Sat 16:00");
});

Deno.test("where all is well the summary says so, and what is the tightest as it is set to be shown", () => {
  const quotas = [
    quotaViewOf({ used: 62, forecast: forecastOf() }),
    quotaViewOf({ quota: "weekly", label: "Weekly", used: 12, forecast: forecastOf() }),
  ];
  assertEquals(
    say([accountViewOf(quotas)]),
    "All last until their resets. Acme 5-hour quota is the tightest: 62% used, resets in 2h",
  );
  assertEquals(
    say([accountViewOf(quotas)], { display: "left" }),
    "All last until their resets. Acme 5-hour quota is the tightest: 38% left, resets in 2h",
  );
});

Deno.test("figures that are old lead to no sentence about the future", () => {
  const view = viewOf([accountViewOf([quotaViewOf({ forecast: dry(40 * MINUTE) })])]);
  assertEquals(
    summarySentence(view, READ_AT + HOUR, "UTC"),
    "All figures are old: no account has been read lately",
  );
});

Deno.test("without accounts, readings or figures the summary says which of them is missing", () => {
  assertEquals(say([]), "No account is configured yet");
  assertEquals(say([accountViewOf([], { at: null })]), "Waiting for the first reading");
  assertEquals(say([accountViewOf([])]), "No account states a quota");
  assertEquals(say([accountViewOf([quotaViewOf({ used: null })])]), "No quota states how full it is");
});

Deno.test("what its vendor blocks comes before everything, whatever share of it is used", () => {
  const blocked = quotaViewOf({
    quota: "weekly",
    label: "Weekly",
    used: 38,
    allowed: false,
    status: "blocked",
  });
  const full = quotaViewOf({ used: 100, forecast: forecastOf({ state: "exhausted" }) });
  assertEquals(
    say([accountViewOf([full, blocked])]),
    "Acme Weekly is blocked by its provider, resets in 2h, at 16:00. One more runs dry or is used up",
  );
});
