import { staleAfterMs } from "../../lib/model/engine/interval.ts";
import { computeHealth } from "../../lib/model/view/health.ts";
import type { Health, HealthState, Outcome, OutcomeKind } from "../../lib/model/outcome.ts";
import { assertEquals } from "../support/assert.ts";

const NOW = 1_800_000_000_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function outcome(kind: OutcomeKind, agoMs: number, nextInMs: number | null = MINUTE): Outcome {
  return {
    account: "acme/default",
    at: NOW - agoMs,
    durationMs: 12,
    kind,
    ...(kind === "ok" ? {} : { hint: "Do this" }),
    failures: kind === "ok" ? 0 : 1,
    nextAt: nextInMs === null ? null : NOW + nextInMs,
    nextReason: "interval",
    credential: "abc",
  };
}

interface Case {
  readonly name: string;
  readonly outcome: Outcome | null;
  readonly okAgoMs: number | null;
  readonly configured?: boolean;
  readonly intervalMs?: number;
  readonly state: HealthState;
}

const CASES: readonly Case[] = [
  { name: "not polled yet", outcome: null, okAgoMs: null, state: "new" },
  { name: "just read", outcome: outcome("ok", SECOND), okAgoMs: SECOND, state: "fresh" },
  { name: "read 180 s ago", outcome: outcome("ok", 180 * SECOND), okAgoMs: 180 * SECOND, state: "fresh" },
  { name: "read 181 s ago", outcome: outcome("ok", 181 * SECOND), okAgoMs: 181 * SECOND, state: "stale" },
  {
    name: "read 2.5 long intervals ago",
    outcome: outcome("ok", 25 * MINUTE),
    okAgoMs: 25 * MINUTE,
    intervalMs: 10 * MINUTE,
    state: "fresh",
  },
  {
    name: "read more than 2.5 long intervals ago",
    outcome: outcome("ok", 25 * MINUTE + 1),
    okAgoMs: 25 * MINUTE + 1,
    intervalMs: 10 * MINUTE,
    state: "stale",
  },
  {
    name: "read a moment in the future, by a clock that is a little ahead",
    outcome: outcome("ok", -5 * SECOND),
    okAgoMs: -5 * SECOND,
    state: "fresh",
  },
  {
    name: "read in the future, of which nobody knows how old it is",
    outcome: outcome("ok", -6 * SECOND),
    okAgoMs: -6 * SECOND,
    state: "stale",
  },
  { name: "rate limited", outcome: outcome("rate_limited", MINUTE), okAgoMs: 2 * MINUTE, state: "waiting" },
  {
    name: "told to wait, and the wait is over",
    outcome: outcome("rate_limited", MINUTE, -SECOND),
    okAgoMs: 2 * MINUTE,
    state: "failing",
  },
  {
    name: "told to wait until now",
    outcome: outcome("rate_limited", MINUTE, 0),
    okAgoMs: 2 * MINUTE,
    state: "failing",
  },
  { name: "not reachable", outcome: outcome("unavailable", SECOND), okAgoMs: MINUTE, state: "failing" },
  { name: "refused for good", outcome: outcome("auth", SECOND, null), okAgoMs: null, state: "failing" },
  {
    name: "unexpected response",
    outcome: outcome("bad_response", SECOND),
    okAgoMs: null,
    state: "failing",
  },
  { name: "nothing to ask with", outcome: outcome("missing", SECOND, null), okAgoMs: null, state: "failing" },
  {
    name: "gone while fresh",
    outcome: outcome("ok", SECOND),
    okAgoMs: SECOND,
    configured: false,
    state: "off",
  },
  {
    name: "gone while failing",
    outcome: outcome("auth", SECOND),
    okAgoMs: null,
    configured: false,
    state: "off",
  },
  { name: "gone before the first poll", outcome: null, okAgoMs: null, configured: false, state: "off" },
];

for (const { name, outcome, okAgoMs, configured = true, intervalMs = MINUTE, state } of CASES) {
  Deno.test(`computeHealth() of an account ${name} is ${state}`, () => {
    const okAt = okAgoMs === null ? null : NOW - okAgoMs;
    assertEquals(computeHealth(outcome, okAt, configured, NOW, intervalMs).state, state);
  });
}

Deno.test("computeHealth() states the failure, its remedy and the times", () => {
  const last = outcome("auth", 5 * SECOND, null);
  const expected: Health = {
    state: "failing",
    failure: "auth",
    hint: "Do this",
    triedAt: NOW - 5 * SECOND,
    okAt: NOW - MINUTE,
    nextAt: null,
  };
  assertEquals(computeHealth(last, NOW - MINUTE, true, NOW, MINUTE), expected);
});

Deno.test("computeHealth() plans no poll for an account that is not configured any more", () => {
  assertEquals(computeHealth(outcome("ok", SECOND), NOW - SECOND, false, NOW, MINUTE).nextAt, null);
});

Deno.test("staleAfterMs() is never below three minutes", () => {
  assertEquals(staleAfterMs(10 * SECOND), 180 * SECOND);
  assertEquals(staleAfterMs(120 * SECOND), 300 * SECOND);
});

Deno.test("computeHealth() distinguishes an expired login from a failing one, before and after a poll", () => {
  const credential = { source: "a file", expiresAt: NOW - 1, remedy: "Run acme once to sign in again" };
  const known = computeHealth(outcome("ok", SECOND), NOW - SECOND, true, NOW, MINUTE, credential);
  assertEquals([known.state, known.failure], ["expired", "auth"]);
  assertEquals(known.hint, "The login has expired. Run acme once to sign in again");

  const refused = computeHealth(
    { ...outcome("auth", SECOND), reason: "expired" },
    null,
    true,
    NOW,
    MINUTE,
    credential,
  );
  assertEquals([refused.state, refused.hint], ["expired", "Do this"]);
  const later = { ...credential, expiresAt: NOW + 1 };
  assertEquals(computeHealth(outcome("ok", SECOND), NOW - SECOND, true, NOW, MINUTE, later).state, "fresh");
  assertEquals(
    computeHealth(outcome("ok", SECOND), NOW - SECOND, false, NOW, MINUTE, credential).state,
    "off",
  );
  assertEquals(computeHealth(outcome("auth", SECOND), null, true, NOW, MINUTE).state, "failing");
});

Deno.test("computeHealth() counts a login as expired from the instant at which it expires", () => {
  const hintOf = (expiresAt: number | null) => {
    const credential = { source: "a file", expiresAt, remedy: null };
    const { state, hint } = computeHealth(outcome("ok", SECOND), NOW - SECOND, true, NOW, MINUTE, credential);
    return [state, hint];
  };
  assertEquals(hintOf(NOW), [
    "expired",
    "The login has expired. Renew a file",
  ]);
  assertEquals(hintOf(NOW + 1), ["fresh", null]);
  assertEquals(hintOf(null), ["fresh", null]);
});

Deno.test("computeHealth() explains a reading from the future by the clock, unless the last poll failed", () => {
  const hint = (kind: OutcomeKind, okAt: number | null) =>
    computeHealth(outcome(kind, SECOND), okAt, true, NOW, MINUTE).hint;
  assertEquals(
    hint("ok", NOW + 90 * MINUTE),
    "The last reading is dated 1h 30m ahead of the clock: check the time of this machine",
  );
  // As far as two clocks may differ, nothing is wrong.
  assertEquals([hint("ok", NOW + 5 * SECOND), hint("ok", NOW - MINUTE), hint("ok", null)], [
    null,
    null,
    null,
  ]);
  assertEquals(hint("unavailable", NOW + 90 * MINUTE), "Do this");
  const { hint: _, ...bare } = outcome("unavailable", SECOND);
  assertEquals(computeHealth(bare, NOW + 90 * MINUTE, true, NOW, MINUTE).hint, null);
  assertEquals(computeHealth(null, null, true, NOW, MINUTE).hint, null);
});
