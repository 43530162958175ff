import { healthMessage, refreshMessage } from "../../lib/formats/native_api.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { DEFAULT_VIEW } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import { utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 10:00");
const INSTANCE = { instanceId: "run-1", version: "1.2.3", startedAt: NOW - 90_000 };

Deno.test("healthMessage() counts the accounts in every health state", async () => {
  const account = (state: "fresh" | "failing") => ({
    key: "acme/work",
    provider: "acme",
    providerName: "Acme",
    name: "work",
    plan: null,
    health: { state, failure: null, hint: null, triedAt: null, okAt: null, nextAt: null },
    at: null,
    quotas: [],
  } as const);
  const accounts = [account("fresh"), account("failing"), account("fresh")];
  const settings = { ...DEFAULT_VIEW, zone: "UTC" };
  const view = { at: NOW, eventId: 3, accounts, settings, trouble: null };
  await assertGolden("native_api_health", healthMessage(INSTANCE, view, NOW));
});

Deno.test("healthMessage() still identifies the server if the accounts cannot be read", () => {
  const { status, instance, accounts } = healthMessage(INSTANCE, null, NOW);
  assertEquals({ status, instance, accounts }, { status: "failing", instance: "run-1", accounts: null });
});

Deno.test("refreshMessage() states how each poll ended, but neither the credential nor the raw answer", async () => {
  const outcome: Outcome = {
    account: "acme/work",
    at: NOW,
    durationMs: 120,
    kind: "ok",
    failures: 0,
    nextAt: NOW + 60_000,
    nextReason: "interval",
    credential: "fingerprint",
  };
  await assertGolden(
    "native_api_refresh",
    refreshMessage([outcome, {
      ...outcome,
      account: "acme/home",
      kind: "bad_response",
      hint: "Look for a newer version",
      failures: 2,
      nextAt: null,
      answer: "<html>",
    }]),
  );
});
