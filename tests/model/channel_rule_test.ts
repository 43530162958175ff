/** What a channel accepts and when, in words and as programs read it, and which page an alert is about. */
import { ALERT_KINDS, alertPath } from "../../lib/model/alerts/alert.ts";
import {
  CHANNEL_KINDS,
  channelKinds,
  emptyRuleProblem,
  unknownKind,
} from "../../lib/model/alerts/channel_kinds.ts";
import { decideRelease } from "../../lib/model/alerts/decide_release.ts";
import { type ChannelRule, parseQuietHours } from "../../lib/model/alerts/delivery.ts";
import { renameRules, renameSnoozes } from "../../lib/model/alerts/rename.ts";
import { channelTimes, takesWords } from "../../lib/model/alerts/rule_words.ts";
import { WEEK_MS } from "../../lib/model/duration.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a channel chooses among all kinds but a test and a summary, which it gets otherwise", () => {
  assertEquals([...CHANNEL_KINDS, "summary", "test"].sort(), [...ALERT_KINDS].sort());
  assertEquals(unknownKind(["threshold", "back"]), undefined);
  assertEquals([unknownKind(["threshold", "none", "nothing"]), unknownKind(["test"])], ["none", "test"]);
});

Deno.test("chosen kinds are kept in their order, and all of them stand for later ones too", () => {
  assertEquals(channelKinds(["back", "threshold"]), ["threshold", "back"]);
  assertEquals(channelKinds([]), []);
  assertEquals(channelKinds(CHANNEL_KINDS), undefined);
  assertEquals(channelKinds(CHANNEL_KINDS.slice(1))?.length, CHANNEL_KINDS.length - 1);
});

Deno.test("a channel takes at least one kind, or one summary", () => {
  const isEmpty = (rule: ChannelRule) => emptyRuleProblem(rule) !== null;
  const daily = { minute: 480 };
  const weekly = { minute: 480, weekday: 0 };
  const cases: readonly (readonly [ChannelRule, boolean])[] = [
    [{}, false],
    [{ kinds: ["back"] }, false],
    [{ kinds: [] }, true],
    [{ kinds: [], summaries: {} }, true],
    [{ kinds: [], summaries: { daily } }, false],
    [{ kinds: [], summaries: { weekly } }, false],
    [{ kinds: [], summaries: { daily, weekly } }, false],
  ];
  for (const [rule, expected] of cases) assertEquals(isEmpty(rule), expected, JSON.stringify(rule));
});

Deno.test("what a channel takes is described: its summaries, its kinds, and its quiet hours", () => {
  const quiet = parseQuietHours("22:00-07:00")!;
  const kinds = CHANNEL_KINDS;
  const cases: readonly (readonly [ChannelRule, readonly string[]])[] = [
    [{}, ["every kind"]],
    [{ least: "info" }, ["every kind"]],
    [{ least: "warning" }, ["every kind from warning on"]],
    [{ kinds: [] }, ["no alerts"]],
    [{ kinds: [], least: "warning" }, ["no alerts"]],
    [{ kinds: ["back"] }, ["back"]],
    [{ kinds: ["back"], least: "critical" }, ["back from critical on"]],
    [{ kinds: kinds.slice(0, 4) }, ["threshold, used-up, blocked, runs-out"]],
    [{ kinds: kinds.slice(0, 5) }, [`5 of ${kinds.length} kinds`]],
    [{ quiet }, ["every kind", "quiet 22:00-07:00"]],
    [{ quiet, urgent: "critical" }, ["every kind", "quiet 22:00-07:00"]],
    [{ quiet, urgent: "warning" }, ["every kind", "quiet 22:00-07:00 but for warnings"]],
    [{ quiet, urgent: "none" }, ["every kind", "quiet 22:00-07:00 for everything"]],
    [{ summaries: { daily: { minute: 485 } } }, ["daily 08:05", "every kind"]],
  ];
  for (const [rule, words] of cases) assertEquals(takesWords(rule), words, JSON.stringify(rule));
});

Deno.test("programs read the schedule of a channel as they write it", () => {
  assertEquals(channelTimes({}), { urgent: "critical", quiet: null, daily: null, weekly: null });
  assertEquals(
    channelTimes({
      urgent: "none",
      quiet: { from: 0, to: 450 },
      summaries: { daily: { minute: 0 }, weekly: { minute: 1439, weekday: 6 } },
    }),
    { urgent: "none", quiet: "00:00-07:30", daily: "00:00", weekly: "sun-23:59" },
  );
});

Deno.test("quiet hours have one begin and one end", () => {
  assertEquals(parseQuietHours("22:00-07:00"), { from: 1320, to: 420 });
  for (const wrong of ["22:00", "22:00-07:00-08:00", "-07:00", ""]) {
    assertEquals(parseQuietHours(wrong), null, wrong);
  }
});

Deno.test("an alert links to the page of its quota or account, or of alerts if it is about the program", () => {
  assertEquals(alertPath({ account: "acme/my team", quota: null }), "/accounts/acme/my%20team");
  assertEquals(alertPath({ account: "acme/work", quota: "a&b" }), "/accounts/acme/work?quota=a%26b");
  assertEquals(alertPath({ account: "syntrack/update", quota: null }), "/alerts");
});

Deno.test("rules and snoozes move with the account they are about, and no other", () => {
  const targets = [
    "acme/old",
    "acme/old/weekly",
    "acme/older",
    "acme/older/weekly",
    "other/acme/old",
  ] as const;
  const moved = ["acme/new", "acme/new/weekly", "acme/older", "acme/older/weekly", "other/acme/old"];
  const rule = { balanceBelow: 1 };
  const rules = { off: ["back"] as const, only: Object.fromEntries(targets.map((key) => [key, rule])) };
  assertEquals(renameRules(rules, "acme/old", "acme/new"), {
    off: ["back"],
    only: Object.fromEntries(moved.map((key) => [key, rule])),
  });
  assertEquals(renameRules({}, "acme/old", "acme/new"), { only: {} });
  const snoozes = [...targets, "*" as const].map((target) => ({ target, until: 1 }));
  assertEquals(
    renameSnoozes(snoozes, "acme/old", "acme/new").map(({ target }) => target),
    [...moved, "*"] as never,
  );
});

Deno.test("a newer version is worth a message for a week, and is compared with the running one", () => {
  const decide = (newest: string | null, isNewer: boolean) =>
    decideRelease({ running: "1.0.0", newest, isNewer }, [], [], 1000).decisions[0]!;
  const raised = decide("1.1.0", true);
  assertEquals([raised.reason, raised.figure], ["raised", "1.1.0, running 1.0.0"]);
  assertEquals(raised.alert?.expiresAt, 1000 + WEEK_MS);
  const unknown = decide(null, false);
  assertEquals([unknown.reason, unknown.figure], ["figure-unknown", "1.0.0"]);
});
