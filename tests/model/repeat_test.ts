/** Repeated alerts: only if a rule requests it, only so often, and only while the condition holds. */
import fc from "fast-check";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { openAlerts } from "../../lib/model/alerts/open.ts";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import { decideRepeats, hasRepeatRule } from "../../lib/model/alerts/repeat.ts";
import { type AlertRules, DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { at, createEvaluator, ZONE } from "../support/alerting.ts";
import type { AccountKey, QuotaKey } from "../../lib/model/quota.ts";
import type { AccountView } from "../../lib/model/view/view.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

type Raised = Alert & { readonly raisedAt: number };

const HOURLY: AlertRules = { ...DEFAULT_ALERT_RULES, repeatEveryMs: HOUR_MS, repeatMost: 2 };
/** Makes the quota's window outlast the test. */
const LATER = { resetsAt: READ_AT + 40 * HOUR_MS };

/** A quota that crossed its highest threshold at minute 5, and its alerts minute by minute. */
function full(rules: AlertRules) {
  const { see } = createEvaluator(rules);
  see(...at(0, 50, LATER));
  const [account, now] = at(5, 96, LATER);
  let raised: readonly Raised[] = see(account, now).map((one) => ({ ...one, raisedAt: now }));
  assertEquals(raised.length, 1);
  return (minute: number, used = 96, snoozes: Parameters<typeof decideRepeats>[0]["snoozes"] = []) => {
    const [account, now] = at(minute, used, LATER);
    const decisions = decideRepeats({ raised, accounts: [account], snoozes, rules, now, zone: ZONE });
    const alerts = decisions.flatMap(({ alert }) => alert ?? []);
    raised = [...alerts.map((one) => ({ ...one, raisedAt: now })), ...raised];
    return {
      alerts,
      reasons: decisions.map(({ reason }) => reason),
      figures: decisions.map(({ figure }) => figure),
    };
  };
}

Deno.test("nothing is repeated unless a rule requests it", () => {
  const look = full(DEFAULT_ALERT_RULES);
  for (const minute of [6, 65, 600]) assertEquals(look(minute).reasons, []);
  const [account] = at(0, 50);
  const asks = (target: AccountKey | QuotaKey | "*/5h", repeatEveryMs = HOUR_MS) =>
    hasRepeatRule({ ...DEFAULT_ALERT_RULES, only: { [target]: { repeatEveryMs } } as never }, account);
  assert(!hasRepeatRule(DEFAULT_ALERT_RULES, account) && hasRepeatRule(HOURLY, account));
  assert(asks("acme/default") && asks("acme/default/five-hour") && asks("*/5h"));
  // However short.
  assert(asks("acme/default", 1) && asks("acme/default/five-hour", 1));
  assert(!asks("acme/default", 0) && !asks("acme/default/five-hour", 0));
  assert(!asks("acme/other") && !asks("acme/default/weekly"));
  // For one of several quotas, and for an account without any.
  const several = accountViewOf([quotaViewOf({ quota: "weekly" }), quotaViewOf()]);
  assert(
    hasRepeatRule(
      { ...DEFAULT_ALERT_RULES, only: { "acme/default/five-hour": { repeatEveryMs: 1 } } },
      several,
    ),
  );
  assert(hasRepeatRule({ ...DEFAULT_ALERT_RULES, repeatEveryMs: 1 }, accountViewOf([])));
});

Deno.test("a lasting alert is repeated with current figures, and only as often as set", () => {
  const look = full(HOURLY);
  assertEquals(look(64), {
    alerts: [],
    reasons: ["repeat-later"],
    figures: ["0 of 2, next at 15:05 (in 1m)"],
  });
  const { alerts: [first], figures } = look(65, 97);
  assertEquals(figures, ["repeated 1 of 2"]);
  assertEquals(first!.figures?.used, 97);
  assertEquals([first!.title, first!.severity], ["Acme 5-hour quota: still 97% used", "critical"]);
  assertEquals(first!.text, "97% used, still the case after 1h, resets on 2026-11-21 at 06:00 (in 1d 14h).");
  assertEquals(first!.repeats, `threshold|acme/default/five-hour|0.95|${READ_AT - HOUR_MS}`);
  assertEquals(look(124).reasons, ["repeat-later"]);
  assertEquals(look(125).alerts.length, 1);
  assertEquals(look(500), { alerts: [], reasons: ["repeated-enough"], figures: ["repeated 2 of 2"] });
});

Deno.test("an alert is repeated three times unless a rule says otherwise, however short the interval", () => {
  const look = full({ ...DEFAULT_ALERT_RULES, repeatEveryMs: 1 });
  const told = [6, 7, 8, 9].map((minute) => look(minute).figures[0]);
  assertEquals(told, ["repeated 1 of 3", "repeated 2 of 3", "repeated 3 of 3", "repeated 3 of 3"]);
});

Deno.test("ended, snoozed and disabled alerts are not repeated", () => {
  assertEquals(full(HOURLY)(70, 20).reasons, []);
  const snooze = { target: "*", until: READ_AT + 200 * MINUTE_MS } as const;
  const look = full(HOURLY);
  assertEquals(look(70, 96, [snooze]).reasons, []);
  assertEquals(look(201, 96, [snooze]).alerts.length, 1);
  const ofOne = full({ ...HOURLY, repeatEveryMs: 0, only: { "acme/default": { repeatEveryMs: HOUR_MS } } });
  assertEquals(ofOne(70).alerts.length, 1, "of this account only");
  const { see } = createEvaluator();
  see(...at(0, 50, LATER));
  const [account, now] = at(70, 96, LATER);
  const raised = see(...at(5, 96, LATER)).map((one) => ({ ...one, raisedAt: READ_AT }));
  const rules: AlertRules = { ...HOURLY, only: { "acme/default/five-hour": { off: ["threshold"] } } };
  assertEquals(decideRepeats({ raised, accounts: [account], snoozes: [], rules, now, zone: ZONE }), []);
});

Deno.test("an old reading causes no repetition", () => {
  const { see } = createEvaluator(HOURLY);
  see(...at(0, 50, LATER));
  const [account, now] = at(5, 96, LATER);
  const raised = see(account, now).map((one) => ({ ...one, raisedAt: now }));
  const decisions = decideRepeats({
    raised,
    accounts: [account],
    snoozes: [],
    rules: HOURLY,
    now: now + 3 * HOUR_MS,
    zone: ZONE,
  });
  assertEquals(decisions.map(({ reason }) => reason), ["reading-old"]);
});

Deno.test("property: repetitions are as far apart as set, never more than allowed, each with its own id", () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 6, max: 2000 }), { maxLength: 60 });
  const every = fc.integer({ min: 15, max: 300 });
  fc.assert(fc.property(minutes, every, fc.integer({ min: 1, max: 5 }), (minutes, every, most) => {
    const look = full({ ...HOURLY, repeatEveryMs: every * MINUTE_MS, repeatMost: most });
    const told = minutes.sort((a, b) => a - b).flatMap((minute) =>
      look(minute).alerts.map(({ id }) => ({ minute, id }))
    );
    assert(told.length <= most);
    assertEquals(new Set(told.map(({ id }) => id)).size, told.length);
    const times = [5, ...told.map(({ minute }) => minute)];
    for (const [place, minute] of times.entries()) assert(place === 0 || minute - times[place - 1]! >= every);
  }));
});

/** The alerts of one account minute by minute, with these open ones. */
function repeating(first: Raised, rules: AlertRules, fields: Partial<AccountView>) {
  let raised: readonly Raised[] = [first];
  return (minute: number, rulesNow = rules) => {
    const now = READ_AT + minute * MINUTE_MS;
    const accounts = [accountViewOf([quotaViewOf({ at: now, resetsAt: READ_AT + 40 * HOUR_MS })], fields)];
    const decisions = decideRepeats({ raised, accounts, snoozes: [], rules: rulesNow, now, zone: ZONE });
    const alerts = decisions.flatMap(({ alert }) => alert ?? []);
    raised = [...alerts.map((one) => ({ ...one, raisedAt: now })), ...raised];
    return { alerts, open: openAlerts(raised, accounts, [], now, rulesNow).map(({ id }) => id) };
  };
}

Deno.test("a repeated account alert still needs attention until its cause ends", () => {
  const endsAt = READ_AT + 30 * HOUR_MS;
  const told: Raised = {
    id: "credit-lapses|acme/default|reset|1",
    kind: "credit-lapses",
    severity: "warning",
    account: "acme/default",
    quota: null,
    at: READ_AT,
    raisedAt: READ_AT,
    title: "Acme: reset credit about to expire",
    text: "",
    details: "",
    expiresAt: endsAt,
  };
  const facts = [{ key: "reset", label: "reset credit", count: 1, expiresAt: endsAt }];
  const credit = repeating(told, HOURLY, { facts });
  const { alerts: [again], open } = credit(60);
  assertEquals(open, [`${told.id}|again|1`], "once, in its newest form");
  assertEquals(again!.text, "Still the case after 1h, the first expires on 2026-11-20 at 20:00 (in 1d 5h).");
  assertEquals(credit(31 * 60).open, []);
  const login = { ...told, id: "sign-in-expires|acme/default|1", kind: "sign-in-expires" as const };
  const account = repeating(login, HOURLY, { expiresAt: endsAt });
  assertEquals(account(60).open, [`${login.id}|again|1`]);
  assertEquals(account(31 * 60).open, []);
});

Deno.test("a month over budget is repeated until it ends or the budget changes", () => {
  const [account, now] = at(0, 50);
  const rules: AlertRules = { ...HOURLY, budget: 50, repeatEveryMs: 24 * HOUR_MS, repeatMost: 9 };
  const spend = (amount: number) => ({ month: "2026-11", amount, currency: "USD" });
  const { memory } = decideAlerts({ account, memory: null, rules, now, zone: ZONE, spend: spend(40) });
  const { decisions } = decideAlerts({ account, memory, rules, now, zone: ZONE, spend: spend(60) });
  const [over] = decisions.flatMap(({ alert }) => alert ?? []);
  assertEquals([over!.kind, over!.expiresAt], ["over-budget", Date.parse("2026-12-01T00:00:00+01:00")]);
  const look = repeating({ ...over!, raisedAt: now }, rules, {});
  const days = (count: number) => count * 24 * 60;
  assertEquals(look(days(1)).alerts.length, 1);
  for (const budget of [100, 0]) {
    assertEquals(look(days(2), { ...rules, budget }), { alerts: [], open: [] });
  }
  assertEquals(look(days(3)).open, [`${over!.id}|again|2`]);
  assertEquals(look(days(12)).alerts, [], "another month");
});

Deno.test("a removed threshold is not repeated", () => {
  const { see } = createEvaluator(HOURLY);
  see(...at(0, 50, LATER));
  const raised = see(...at(5, 96, LATER)).map((one) => ({ ...one, raisedAt: READ_AT }));
  const [account, now] = at(70, 96, LATER);
  const again = (thresholds: AlertRules["thresholds"]) =>
    decideRepeats({
      raised,
      accounts: [account],
      snoozes: [],
      rules: { ...HOURLY, thresholds },
      now,
      zone: ZONE,
    }).map(({ reason }) => reason);
  assertEquals(again([0.95]), ["raised"]);
  assertEquals(again([0.8]), []);
});

Deno.test("a repetition is worth sending until the reset or the end of its cause, otherwise for some hours", () => {
  const first = { account: "acme/default", at: READ_AT, raisedAt: READ_AT, text: "", details: "" } as const;
  const [lasting, now] = at(70, 96, { ...LATER, allowed: false });
  const [rolling] = at(70, 96, { resetsAt: null, allowed: false });
  const until = (account: AccountView, alert: Pick<Alert, "kind" | "quota">, expiresAt: number) => {
    const raised = [{ ...first, ...alert, id: "1", severity: "critical", title: "", expiresAt }] as const;
    const decided = decideRepeats({
      raised,
      accounts: [account],
      snoozes: [],
      rules: HOURLY,
      now,
      zone: ZONE,
    });
    return decided.map(({ alert }) => alert!.expiresAt);
  };
  const blocked = { kind: "blocked", quota: "five-hour" } as const;
  assertEquals(until(lasting, blocked, now), [LATER.resetsAt]);
  assertEquals(until(rolling, blocked, now), [now + 6 * HOUR_MS]);
  const health = {
    state: "stale",
    failure: null,
    hint: null,
    triedAt: null,
    okAt: null,
    nextAt: null,
  } as const;
  assertEquals(until({ ...lasting, health }, { kind: "silent", quota: null }, now), [now + 24 * HOUR_MS]);
  const ends = { kind: "sign-in-expires", quota: null } as const;
  assertEquals(until(lasting, ends, now + 5 * HOUR_MS), [now + 5 * HOUR_MS]);
});

Deno.test("a repetition states what it is about, not only the figure", () => {
  const [account, now] = at(70, 96, { ...LATER, allowed: false });
  const first = { account: "acme/default", quota: "five-hour", at: READ_AT, text: "", details: "" } as const;
  const titleOf = (kind: Alert["kind"], words: string) => {
    const title = `Acme 5-hour quota: ${words}`;
    const alert = { ...first, id: kind, kind, severity: "critical", title, raisedAt: READ_AT } as const;
    const raised = [{ ...alert, expiresAt: READ_AT + 40 * HOUR_MS }];
    return decideRepeats({ raised, accounts: [account], snoozes: [], rules: HOURLY, now, zone: ZONE })
      .map(({ alert }) => alert?.title);
  };
  assertEquals(titleOf("blocked", "blocked by Acme"), ["Acme 5-hour quota: still blocked by Acme"]);
  assertEquals(titleOf("runs-out", "will run out"), ["Acme 5-hour quota: will still run out"]);
});
