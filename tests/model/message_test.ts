/** The text of messages, and names in them and in lists. */
import { amountsWords, quotaName, timesWords, usedWords } from "../../lib/model/alerts/message.ts";
import { DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { fullTitle, listTitle } from "../../lib/ui/words.ts";
import { at, createEvaluator, cycleAt } from "../support/alerting.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

Deno.test("a vendor's name with which its quotas begin is shown once, in messages and lists", () => {
  const quota = quotaViewOf({ label: "Amp Free" });
  const amp = { provider: "amp", providerName: "Amp" };
  const named = (fields: object) => {
    const account = accountViewOf([quota], { ...amp, ...fields });
    return [quotaName(account, quota), listTitle(account, quota), fullTitle(account, quota)];
  };
  assertEquals(named({ name: "default" }), ["Amp Free", "Amp: Free", "Amp Free"]);
  assertEquals(named({ name: "work" }), ["Amp (work) Free", "Amp work: Free", "Amp work Free"]);
  // No part of a name chosen by users stands for the vendor.
  assertEquals(named({ label: "Robin" }), ["Robin Amp Free", "Robin: Amp Free", "Robin Amp Free"]);
  const other = quotaViewOf({ label: "Ampere hours" });
  assertEquals(quotaName(accountViewOf([other], { ...amp, name: "default" }), other), "Amp Ampere hours");
});

Deno.test("every message names the account, and its long text says what it means and what to do", () => {
  const rules = { ...DEFAULT_ALERT_RULES, off: [] };
  const { see } = createEvaluator(rules);
  const soon = READ_AT + 10 * MINUTE_MS;
  const next = { resetsAt: soon + 5 * HOUR_MS, cycle: cycleAt(10) };
  const dry = forecastOf({ state: "runs-dry", emptyAt: READ_AT + 3 * HOUR_MS, runOutProbability: 0.9 });
  const health = (state: "fresh" | "failing" | "expired" | "stale") =>
    ({
      health: { state, failure: null, hint: null, triedAt: READ_AT, okAt: READ_AT, nextAt: null },
    }) as const;
  const credit = { key: "banked-resets", label: "Banked resets", count: 2, expiresAt: READ_AT + HOUR_MS };
  const told = [
    ...see(...at(0, 10, { resetsAt: soon })),
    ...see(...at(1, 82, { resetsAt: soon, forecast: forecastOf({ state: "analysing" }) })),
    ...see(...at(2, 97, { resetsAt: soon, forecast: forecastOf({ state: "analysing" }) })),
    ...see(...at(3, 100, { resetsAt: soon })),
    ...see(...at(11, 1, next)),
    ...see(...at(12, 5, { ...next, allowed: false, status: "blocked" })),
    ...see(...at(13, 5, { ...next, allowed: true })),
    ...see(...at(14, 8, { ...next, limit: 200, allowed: true })),
    ...see(...at(15, 8, { ...next, forecast: dry, allowed: true })),
    ...see(...at(16, 8, { ...next, forecast: dry, allowed: true })),
    ...see(...at(17, 1, { cycle: cycleAt(17), resetsAt: soon + 9 * HOUR_MS, allowed: true })),
    ...see(...at(18, 8, next)),
    ...see(...at(19, 8, next, { facts: [credit] })),
    ...["expired", "fresh", "stale", "stale", "fresh", "failing", "failing"].flatMap((state, place) =>
      see(...at(20 + place * 30, 8, next, health(state as "fresh")))
    ),
  ];
  const seen = [...new Set(told.map(({ kind }) => kind))].sort();
  assertEquals(seen, [
    "back",
    "blocked",
    "credit-lapses",
    "early-reset",
    "failing",
    "limit-changed",
    "new-account",
    "recovered",
    "runs-out",
    "sign-in-expired",
    "silent",
    "threshold",
    "used-up",
    "withdrawn",
  ]);
  for (const { kind, title, text, details, quota } of told) {
    assert(title.startsWith("Acme"), `${kind}: ${title}`);
    assert(text.endsWith("."), `${kind}: ${text}`);
    assert(/^[A-Z0-9].*\.$/.test(details), `${kind}: ${details}`);
    if (quota !== null) assert(/ (used|left)|nothing is left/i.test(text), `${kind}: ${text}`);
    if (quota !== null) assert(/resets? at \d\d:\d\d/.test(text), `${kind}: ${text}`);
  }
});

const BALANCE = { kind: "balance", seconds: null } as const;
const UNKNOWN = { share: null, used: null, limit: null, remaining: null };

Deno.test("a level is a share, else what is used, else what is left; of a balance always what is left", () => {
  const cases = [
    [{}, "40% used"],
    [{ ...UNKNOWN, used: 40 }, "40 requests used"],
    [{ ...UNKNOWN, used: 40, remaining: 60 }, "40 requests used"],
    [{ ...UNKNOWN, remaining: 60 }, "60 requests left"],
    [UNKNOWN, ""],
    [{ window: BALANCE }, "60 requests left"],
    [{ ...UNKNOWN, used: 40, window: BALANCE }, ""],
  ] as const;
  for (const [fields, words] of cases) assertEquals(usedWords(quotaViewOf(fields)), words);
});

Deno.test("amounts are used and left of a limit; nothing when they are unknown, percentages or a balance", () => {
  const cases = [
    [{}, "40 of 100 requests used, 60 left."],
    [{ remaining: 55 }, "40 of 100 requests used, 55 left."],
    [{ remaining: null }, "40 of 100 requests used, 60 left."],
    [{ used: 120, remaining: null }, "120 of 100 requests used, 0 left."],
    [{ used: null }, ""],
    [{ limit: null }, ""],
    [{ unit: "percent" }, ""],
    [{ window: BALANCE }, ""],
  ] as const;
  for (const [fields, words] of cases) assertEquals(amountsWords(quotaViewOf(fields)), words);
});

Deno.test("how often rules would have alerted is a word up to once", () => {
  assertEquals([0, 1, 2, 12].map(timesWords), ["of nothing", "once", "2 times", "12 times"]);
});

Deno.test("a balance is shown in its own currency", () => {
  const { see } = createEvaluator();
  const purse = {
    window: { kind: "balance", seconds: null },
    unit: "credits",
    currency: "CNY",
    limit: null,
    share: null,
    used: null,
    resetsAt: null,
    status: "unknown",
  } as const;
  see(...at(0, 0, { ...purse, remaining: 20 }));
  const [low] = see(...at(1, 0, { ...purse, remaining: 4.5 }));
  assertEquals([low!.title, low!.text], [
    "Acme 5-hour quota: 4.50 CNY left",
    "The balance is below 5.00 CNY.",
  ]);
});
