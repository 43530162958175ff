/** The sentence that answers "can I work now, with what, until when", for each state of the best account. */
import { createHeadline, type HeadlineContext } from "../../lib/model/view/headline.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

const context: HeadlineContext = {
  now: READ_AT,
  zone: () => "UTC",
  poolsOf: () => [],
  words: {
    account: ({ name }) => name,
    quota: ({ label }) => label,
    hint: () => "",
    again: "",
  },
};

function say(accounts: readonly AccountView[], more: Partial<HeadlineContext> = {}): string {
  return createHeadline(accounts, { ...context, ...more }).text;
}

/** An account with one quota; two hours before its reset. */
function one(fields: Partial<QuotaView>, account: Partial<AccountView> = {}): AccountView {
  return accountViewOf([quotaViewOf({ label: "5-hour quota", ...fields })], { name: "work", ...account });
}

const dry = (inMs: number, fields: Partial<QuotaView> = {}) =>
  one({ used: 80, forecast: forecastOf({ state: "runs-dry", emptyAt: READ_AT + inMs }), ...fields });
const withWords = (words: Partial<HeadlineContext["words"]>) => ({ words: { ...context.words, ...words } });

Deno.test("a ready account states what is left and when that is reset", () => {
  assertEquals(
    say([one({ used: 40 })]),
    "Yes, with work, 60% left of 5-hour quota, until it resets at 15:00 (in 2h).",
  );
  assertEquals(
    say([one({ used: 40, resetsAt: READ_AT + 1000 })]),
    "Yes, with work, 60% left of 5-hour quota, until it resets at 13:00 (in 1s).",
  );
  // A reset that is due now is not ahead, though the figures are from after it.
  for (const resetsAt of [READ_AT, null]) {
    assertEquals(say([one({ used: 40, resetsAt })]), "Yes, with work, 60% left of 5-hour quota.");
  }
  const bare = { used: null, limit: null, remaining: 5, status: "healthy", resetsAt: null } as const;
  assertEquals(say([one(bare)]), "Yes, with work.");
});

Deno.test("an account at risk states when it runs out, and how long before its reset that is", () => {
  assertEquals(
    say([dry(HOUR_MS)]),
    "Yes, with work: 5-hour quota runs out at 14:00 (in 1h), 1h before its reset.",
  );
  assertEquals(
    say([dry(2 * HOUR_MS - MINUTE_MS)]),
    "Yes, with work: 5-hour quota runs out at 14:59 (in 1h 59m), 1m before its reset.",
  );
  // At the reset, or without one, there is no time before it.
  assertEquals(say([dry(2 * HOUR_MS)]), "Yes, with work: 5-hour quota runs out at 15:00 (in 2h).");
  assertEquals(
    say([dry(HOUR_MS, { resetsAt: null })]),
    "Yes, with work: 5-hour quota runs out at 14:00 (in 1h).",
  );
  for (const inMs of [0, -MINUTE_MS]) {
    assertEquals(say([dry(inMs)]), "Yes, with work, but 5-hour quota is about to run out.");
  }
});

Deno.test("an account that is out states why, and when it is back if that is known", () => {
  assertEquals(
    say([one({ used: 100 })]),
    "No, not before 15:00 (in 2h): work, 5-hour quota, is used up.",
  );
  assertEquals(
    say([one({ status: "blocked", allowed: false })]),
    "No, not before 15:00 (in 2h): work, 5-hour quota, is blocked by its vendor.",
  );
  assertEquals(say([one({ used: 100, resetsAt: null })]), "No: work, 5-hour quota, is used up.");
});

Deno.test("an instant of another day has its date, unless the surface names instants in its own way", () => {
  const tomorrow = one({ used: 100, resetsAt: READ_AT + DAY_MS });
  assertEquals(
    say([tomorrow]),
    "No, not before 2026-11-20 13:00 (in 1d): work, 5-hour quota, is used up.",
  );
  // Two hours ahead it is midnight in Tokyo.
  assertEquals(
    say([one({ used: 100 })], { zone: () => "Asia/Tokyo" }),
    "No, not before 2026-11-20 00:00 (in 2h): work, 5-hour quota, is used up.",
  );
  assertEquals(
    say([tomorrow], { when: () => "Fri 13:00" }),
    "No, not before Fri 13:00 (in 1d): work, 5-hour quota, is used up.",
  );
});

Deno.test("without recent figures the answer is not known, and says how old the newest reading is", () => {
  const old = (name: string, at: number | null) => {
    const account = one({}, { name, at });
    return { ...account, health: { ...account.health, state: "stale" as const } };
  };
  assertEquals(say([]), "No readings yet");
  assertEquals(createHeadline([], context).best, null);
  assertEquals(say([old("work", null)]), "Unknown: no account has been read yet.");
  assertEquals(say([old("work", READ_AT - HOUR_MS)]), "Unknown: the last reading is 1h ago.");
  assertEquals(
    say([old("work", READ_AT - 2 * HOUR_MS), old("home", null), old("play", READ_AT - HOUR_MS)]),
    "Unknown: the last reading is 1h ago. Of 3 accounts: 3 unknown.",
  );
  assertEquals(
    say([old("work", READ_AT - HOUR_MS)], withWords({ again: "Run it again." })),
    "Unknown: the last reading is 1h ago. Run it again.",
  );
  // Nothing is read anew of accounts that are off.
  const off = { health: { ...old("work", null).health, state: "off" } } as const;
  const again = withWords({ again: "Run it again." });
  assertEquals(
    [[off], [off, {}]].map((all) =>
      say(all.map((own) => ({ ...old("work", READ_AT - HOUR_MS), ...own })), again)
    ),
    [
      "Unknown: the last reading is 1h ago.",
      "Unknown: the last reading is 1h ago. Run it again. Of 2 accounts: 2 unknown.",
    ],
  );
});

Deno.test("an account that reports nothing that can run out says so, with its vendor's hint", () => {
  const silent = one({ used: null, limit: null, remaining: null });
  assertEquals(say([silent]), "Unknown: work reports nothing that can run out.");
  assertEquals(
    say([silent], withWords({ hint: () => "Add a budget." })),
    "Unknown: work reports nothing that can run out. Add a budget.",
  );
});

Deno.test("a reset that has passed since the last reading leaves it open, and is named", () => {
  const used = one({ used: 100, resetsAt: READ_AT - 1, at: READ_AT - 60_000 });
  const text = "Unknown: the reset of work, 5-hour quota, has passed since the last reading.";
  assertEquals(say([used]), text);
  assertEquals(
    say([used], withWords({ again: "Run it again.", hint: () => "Add a budget." })),
    `${text} Run it again.`,
  );
});

Deno.test("several accounts are counted by their state, and the best one is named first", () => {
  const named = (name: string, account: AccountView) => ({ ...account, name });
  const ready = (name: string, used: number) => named(name, one({ used }));
  const accounts = [
    named("out", one({ used: 100 })),
    named("risky", dry(HOUR_MS)),
    ready("busy", 70),
    ready("calm", 10),
    named("silent", one({ used: null, limit: null, remaining: null })),
  ];
  const headline = createHeadline(accounts, context);
  assertEquals(
    headline.text,
    "Yes, with calm, 90% left of 5-hour quota, until it resets at 15:00 (in 2h). " +
      "Of 5 accounts: 2 ready, 1 at risk, 1 out, 1 unknown.",
  );
  assertEquals([headline.state, headline.best?.account.name], ["ready", "calm"]);
  assertEquals(headline.all.map(({ account }) => account.name), ["calm", "busy", "risky", "out", "silent"]);
  // Two are several, and one is not.
  assertEquals(
    say([ready("calm", 10), ready("busy", 70)]),
    "Yes, with calm, 90% left of 5-hour quota, until it resets at 15:00 (in 2h). Of 2 accounts: 2 ready.",
  );
});

Deno.test("an account that never had a login of its own is not counted, one that had is", () => {
  const ready = one({ used: 40 });
  const text = "Yes, with work, 60% left of 5-hour quota, until it resets at 15:00 (in 2h).";
  const failing = (at: number | null, failure: "missing" | "auth") => {
    const account = one({}, { name: "home", at });
    return { ...account, health: { ...account.health, state: "failing" as const, failure } };
  };
  assertEquals(say([ready, failing(null, "missing")]), text);
  for (const other of [failing(READ_AT - DAY_MS, "missing"), failing(null, "auth")]) {
    assertEquals(say([ready, other]), `${text} Of 2 accounts: 1 ready, 1 unknown.`);
  }
});
