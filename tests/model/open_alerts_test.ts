/** Which alerts are open: those whose condition holds, each once. */
import fc from "fast-check";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { openAlerts } from "../../lib/model/alerts/open.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const AT = READ_AT;
const account = (quota: Partial<QuotaView> = {}, fields: Partial<AccountView> = {}) =>
  accountViewOf([
    quotaViewOf({ at: AT, share: 0.96, used: 96, limit: 100, resetsAt: AT + HOUR_MS, ...quota }),
  ], {
    at: AT,
    ...fields,
  });
const { key, quotas: [{ quota: quotaId }] } = account() as AccountView & { quotas: [QuotaView] };

function alert(fields: Partial<Alert> = {}): Alert {
  return {
    id: `${fields.kind ?? "threshold"}|${fields.figures?.threshold ?? ""}|${fields.at ?? AT}`,
    kind: "threshold",
    severity: "warning",
    account: key,
    quota: quotaId,
    at: AT,
    title: "x",
    text: "",
    details: "",
    expiresAt: AT + HOUR_MS,
    figures: {
      used: 96,
      limit: 100,
      remaining: 4,
      share: 0.96,
      unit: "requests",
      resetsAt: null,
      threshold: 0.95,
    },
    ...fields,
  };
}
const kinds = (raised: readonly Alert[], view = account(), now = AT) =>
  openAlerts(raised, [view], [], now).map(({ kind }) => kind);

Deno.test("a threshold is open while the quota is over it, in the cycle in which it was crossed, until its reset", () => {
  assertEquals(kinds([alert()]), ["threshold"]);
  assertEquals(kinds([alert()], account({ share: 0.5 })), []);
  assertEquals(kinds([alert()], account(), AT + HOUR_MS), [], "the reset has passed");
  const next = account({ cycle: { startedAt: AT + 1, peak: null, consumed: null, whole: true } });
  assertEquals(kinds([alert()], next), [], "another cycle has begun");
  assertEquals(kinds([alert()], account({ gone: true })), []);
});

Deno.test("of one quota only the most severe level is open, and none that another alert ended", () => {
  const used = alert({ kind: "used-up", severity: "critical", at: AT + MINUTE_MS });
  const full = account({ share: 1, used: 100, remaining: 0 });
  assertEquals(kinds([used, alert()], full), ["used-up"]);
  const back = alert({ kind: "back", severity: "info", resolves: used.id });
  assertEquals(kinds([back, used, alert()], full), []);
});

Deno.test("an episode of an account is open as long as the account is in that state", () => {
  const failing = alert({ kind: "failing", severity: "critical", quota: null, expiresAt: AT });
  const of = (state: AccountView["health"]["state"]) =>
    account({}, { health: { ...account().health, state } });
  assertEquals(
    kinds([failing], of("failing"), AT + 48 * HOUR_MS),
    ["failing"],
    "also when it is no news any more",
  );
  assertEquals(kinds([failing], of("fresh")), []);
  assertEquals(kinds([failing], account({}, { hidden: true, health: of("failing").health })), []);
  assertEquals(openAlerts([failing], [], [], AT), [], "an account that is gone needs nobody");
});

Deno.test("a snoozed alert is not open until the snooze ends", () => {
  const snooze = { target: key, until: AT + MINUTE_MS } as const;
  assertEquals(openAlerts([alert()], [account()], [snooze], AT), []);
  assertEquals(openAlerts([alert()], [account()], [snooze], AT + MINUTE_MS).length, 1);
  assertEquals(openAlerts([alert()], [account()], [{ ...snooze, kind: "failing" }], AT).length, 1);
});

Deno.test("whatever was raised, a quota has at most one open level, and no mere information is open", () => {
  const kind = fc.constantFrom<Alert["kind"]>(
    "threshold",
    "used-up",
    "blocked",
    "balance-low",
    "back",
    "runs-out",
  );
  const severity = fc.constantFrom<Alert["severity"]>("info", "warning", "critical");
  const one = fc.record({ kind, severity, at: fc.integer({ min: AT - 1000, max: AT }) }).map((fields) =>
    alert(fields)
  );
  fc.assert(fc.property(fc.array(one), fc.double({ min: 0, max: 2, noNaN: true }), (raised, share) => {
    const open = openAlerts(raised, [account({ share, allowed: share < 1 })], [], AT);
    assert(open.every(({ severity }) => severity !== "info"));
    assert(open.filter((one) => one.kind !== "runs-out" && one.kind !== "back").length <= 1);
  }));
});
