/**
 * Scenarios of what can go wrong at vendors, one at a time; each begins before the demo, so that it is
 * visible at once, and lasts until the demo ends.
 */
import type { Trouble, TroubleKind } from "./trouble.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNTIL_END_MS = 48 * HOUR;

export interface Scenario {
  readonly name: string;
  /** One line, for the help. */
  readonly help: string;
  /** Returns when expiring logins end, epoch milliseconds; days after the anchor by default. */
  loginEndsAt?(anchor: number): number;
  /** Returns the troubles of the vendors shown. */
  troubles(anchor: number, vendors: readonly string[]): readonly Trouble[];
}

/** Returns the preferred vendors that are shown; if none is, all shown ones. */
function selectVendors(preferred: readonly string[], vendors: readonly string[]): readonly string[] {
  const shown = preferred.filter((id) => vendors.includes(id));
  return shown.length > 0 ? shown : vendors;
}

function createLasting(
  kind: TroubleKind,
  preferred: readonly string[],
  sinceMs: number,
): Scenario["troubles"] {
  return (anchor, vendors) =>
    selectVendors(preferred, vendors).map((vendor) => ({
      kind,
      vendor,
      from: anchor - sinceMs,
      to: Infinity,
    }));
}

const LOGIN_ENDED_MS = 45 * MINUTE;
/** Duration and distance of inverted periods: shorter than a real vendor's, to show more of them. */
const INVERTED_MS = 10 * MINUTE;
const INVERTED_EVERY_MS = 40 * MINUTE;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "expired-login",
    help: "logins have expired: one says so itself, the others are refused",
    loginEndsAt: (anchor) => anchor - LOGIN_ENDED_MS,
    troubles: createLasting("expired", ["codex", "anthropic", "gemini"], LOGIN_ENDED_MS),
  },
  {
    name: "rate-limit-storm",
    help: "vendors answer 429 and say to try again in 0 seconds",
    troubles: createLasting("storm", ["anthropic", "copilot", "openrouter"], 90 * MINUTE),
  },
  {
    name: "outage",
    help: "vendors answer 503",
    troubles: createLasting("outage", ["synthetic", "cursor", "openai"], 40 * MINUTE),
  },
  {
    name: "changed-shape",
    help: "vendors answer in an unknown shape",
    troubles: createLasting("unreadable", ["kimi", "copilot", "deepseek"], 70 * MINUTE),
  },
  {
    name: "inverted-numbers",
    help: "vendors swap what is left and what is used, and back",
    troubles: (anchor, vendors) =>
      selectVendors(["zai", "anthropic", "codex"], vendors).flatMap((vendor) => {
        const spells: Trouble[] = [];
        for (let from = anchor - 3 * HOUR; from < anchor + UNTIL_END_MS; from += INVERTED_EVERY_MS) {
          spells.push({ kind: "inverted", vendor, from, to: from + INVERTED_MS });
        }
        return spells;
      }),
  },
  {
    name: "identity-swap",
    help: "the same credential suddenly belongs to someone else",
    troubles: createLasting("swapped", ["copilot", "kimi", "openrouter"], 2 * HOUR),
  },
];
