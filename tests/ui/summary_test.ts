import type { AccountView, DashboardView } from "../../lib/model/view/view.ts";
import { createLane } from "../../lib/model/horizon/lane.ts";
import { laneSentence } from "../../lib/model/horizon/words.ts";
import { pageHeadline, type Pools, summarizeAccounts } from "../../lib/ui/summary.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT, viewOf } from "../support/views.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const POOLS: Pools = { acme: [{ counts: "use", quotas: ["weekly", "five-hour"] }] };

const dry = (inMs: number) =>
  forecastOf({ state: "runs-dry", reason: "empty-before-reset", emptyAt: READ_AT + inMs });

function said(view: DashboardView, at = READ_AT, pools = POOLS): string {
  const { answer, rest } = summarizeAccounts(view, pageHeadline(view, at, "Europe/Berlin", pools));
  return answer + rest;
}

function inUtc(accounts: readonly AccountView[]) {
  const view = viewOf(accounts);
  return summarizeAccounts(view, pageHeadline(view, READ_AT, "UTC", POOLS));
}

const say = (accounts: readonly AccountView[]) => said(viewOf(accounts));

Deno.test("the summary says whether work is possible, with what, what is left, and until when", () => {
  const quotas = [
    quotaViewOf({ quota: "weekly", label: "Weekly", used: 12, forecast: forecastOf() }),
    quotaViewOf({ used: 62, forecast: forecastOf() }),
  ];
  assertEquals(
    say([accountViewOf(quotas)]),
    "Yes, with Acme, 38% left of 5-hour quota, until it resets at 16:00 (in 2h).",
  );
  assertEquals(inUtc([accountViewOf(quotas)]).answer, "Yes");
});

Deno.test("dates and weekdays follow `on`, times of day follow `at`", () => {
  const until = (days: number) =>
    say([
      accountViewOf([
        quotaViewOf({ used: 62, resetsAt: READ_AT + days * 24 * HOUR, forecast: forecastOf() }),
      ]),
    ])
      .split(", until it resets ")[1];
  assertEquals([until(0.5), until(2), until(9)], [
    "on Fri 02:00 (in 12h).",
    "on Sat 14:00 (in 2d).",
    "on 28 Nov 14:00 (in 9d).",
  ]);
  const quota = quotaViewOf({ resetsAt: READ_AT + 20 * 24 * HOUR, forecast: dry(40 * MINUTE) });
  const later = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
  assertEquals(
    laneSentence(createLane(accountViewOf([quota]), quota, READ_AT), READ_AT, later),
    "60% left. Runs out on 2026-11-19 13:40, 19d 23h before its reset on 2026-12-09 13:00.",
  );
});

Deno.test("the next run-out is named with the time before its reset", () => {
  const quotas = [
    quotaViewOf({ quota: "weekly", label: "Weekly", forecast: dry(90 * MINUTE) }),
    quotaViewOf({ forecast: dry(40 * MINUTE) }),
  ];
  assertEquals(
    say([accountViewOf(quotas)]),
    "Yes, with Acme: 5-hour quota runs out at 14:40 (in 40m), 1h 20m before its reset.",
  );
});

Deno.test("a used-up or blocked account is no answer while another one is left", () => {
  const full = accountViewOf([quotaViewOf({ used: 100, forecast: forecastOf({ state: "exhausted" }) })]);
  assertEquals(
    say([full]),
    "No, not before 16:00 (in 2h): Acme, 5-hour quota, is used up.",
  );
  const blocked = accountViewOf(
    [quotaViewOf({ key: "other/work/five-hour", used: 38, allowed: false, status: "blocked" })],
    { key: "other/work", provider: "other", providerName: "Other", name: "work" },
  );
  const { state, answer } = inUtc([full, blocked]);
  assertEquals([state, answer], ["out", "No"]);
  const free = accountViewOf(
    [quotaViewOf({ key: "third/default/five-hour", used: 5 })],
    { key: "third/default", provider: "third", providerName: "Third" },
  );
  assertEquals(
    say([full, blocked, free]),
    "Yes, with Third, 95% left of 5-hour quota, until it resets at 16:00 (in 2h). Of 3 accounts: 1 ready, 2 out.",
  );
});

Deno.test("another day is named by its day, and no vendor is named twice", () => {
  const quota = quotaViewOf({
    label: "Grok credits",
    resetsAt: READ_AT + 50 * HOUR,
    used: 20,
    forecast: forecastOf(),
  });
  const grok = accountViewOf([quota], { provider: "grok", providerName: "Grok" });
  assertEquals(say([grok]), "Yes, with Grok, 80% left of credits, until it resets on Sat 16:00 (in 2d 2h).");
});

Deno.test("a disconnected page gives no answer about the future", () => {
  const view = viewOf([accountViewOf([quotaViewOf({ forecast: dry(40 * MINUTE) })])]);
  assertEquals(said(view, READ_AT + HOUR), "Unknown: the last reading is 1h ago.");
});

Deno.test("without accounts, readings or figures the summary says what is missing", () => {
  assertEquals(say([]), "No account is configured yet");
  assertEquals(say([accountViewOf([], { at: null })]), "Waiting for the first reading");
  const empty = "Unknown: Acme reports nothing that can run out.";
  assertEquals([say([accountViewOf([])]), say([accountViewOf([quotaViewOf({ used: null })])])], [
    empty,
    empty,
  ]);
});

Deno.test("a vendor with the name of an object property has no pools", () => {
  const odd = accountViewOf([quotaViewOf()], { provider: "constructor", providerName: "Odd" });
  assertEquals(say([odd]), "Yes, with Odd, 60% left of 5-hour quota, until it resets at 16:00 (in 2h).");
});
