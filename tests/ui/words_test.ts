import type { Health } from "../../lib/model/outcome.ts";
import type { AccountView, QuotaView } from "../../lib/model/view.ts";
import { instantText, momentText } from "../../lib/ui/dates.ts";
import { accountTitle, healthWord, isStale, outlookText, planText } from "../../lib/ui/words.ts";
import { assert, assertEquals } from "../support/assert.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-19T13:17:21Z");
const FRESH: Health = {
  state: "fresh",
  failure: null,
  hint: null,
  triedAt: NOW,
  okAt: NOW,
  nextAt: NOW + MINUTE,
};

function account(health: Partial<Health> = {}, fields: Partial<AccountView> = {}): AccountView {
  return {
    key: "acme/default",
    provider: "acme",
    providerName: "Acme",
    name: "default",
    plan: null,
    health: { ...FRESH, ...health },
    at: NOW,
    quotas: [],
    ...fields,
  };
}

Deno.test("an account turns stale by itself when polls that were due do not come", () => {
  assertEquals(isStale(account(), NOW + 3 * MINUTE), false);
  assertEquals(isStale(account(), NOW + 3 * MINUTE + 1), true);
  assertEquals(healthWord(account(), NOW), "Up to date");
  assertEquals(healthWord(account(), NOW + 4 * MINUTE), "Stale");
});

Deno.test("an account that is polled by the hour is not stale before two and a half hours", () => {
  const hourly = account({ nextAt: NOW + 60 * MINUTE });
  assertEquals(isStale(hourly, NOW + 150 * MINUTE), false);
  assertEquals(isStale(hourly, NOW + 151 * MINUTE), true);
});

Deno.test("a failing account has stale figures after three minutes, and none before its first", () => {
  const failing = { state: "failing", failure: "unavailable" } as const;
  assertEquals(isStale(account(failing), NOW + MINUTE), false);
  assertEquals(isStale(account(failing), NOW + 4 * MINUTE), true);
  assertEquals(isStale(account(failing, { at: null }), NOW + 4 * MINUTE), false);
  assertEquals(healthWord(account(failing), NOW + 4 * MINUTE), "Vendor unreachable");
});

Deno.test("an account that is no longer configured is always stale, a new one never", () => {
  assertEquals(isStale(account({ state: "off" }), NOW), true);
  assertEquals(isStale(account({ state: "new" }, { at: null }), NOW + 99 * MINUTE), false);
});

Deno.test("texts from outside are cut and cleaned before they are shown", () => {
  assertEquals(accountTitle(account()), "Acme");
  assertEquals(accountTitle(account({}, { name: "work" })), "Acme work");
  assertEquals(accountTitle(account({}, { providerName: "\u202e\u200b" })), "acme");
  assert(accountTitle(account({}, { name: "n".repeat(300) })).length <= 80);
  assertEquals(planText(account({}, { plan: "pro\u202e\u0007" })), "pro\ufffd");
  assertEquals(planText(account({}, { plan: " \u00ad" })), "");
});

Deno.test("instants are said as shortly as they can be, in the zone", () => {
  const zone = "Europe/Berlin";
  assertEquals(instantText(NOW + 60 * MINUTE, NOW, zone), "15:17");
  assertEquals(instantText(NOW + 20 * 60 * MINUTE, NOW, zone), "Fri 10:17");
  assertEquals(instantText(NOW + 8 * 24 * 60 * MINUTE, NOW, zone), "27 Nov 14:17");
  assertEquals(momentText(NOW, zone), "Thu 19 Nov 14:17");
});

Deno.test("a card says where its quota is heading, and nothing where that cannot be said", () => {
  const heading = (state: string, emptyAt: number | null = null) =>
    outlookText({ forecast: { state, emptyAt } } as unknown as QuotaView, NOW, "UTC");
  assertEquals(heading("runs-dry", NOW + 60 * MINUTE), "runs dry at 14:17");
  assertEquals(heading("tight"), "tight until its reset");
  assertEquals(heading("lasts"), "lasts until its reset");
  assertEquals(heading("exhausted"), "used up");
  assertEquals(heading("runs-dry", NOW - MINUTE), "about to run dry");
  for (const state of ["idle", "analysing", "unknown"]) assertEquals(heading(state), "");
  assertEquals(outlookText({} as QuotaView, NOW, "UTC"), "");
});
