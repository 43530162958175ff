/** Decides which alerts the state of an account raises: failing polls, ended logins, silence, expiring credits. */
import { DAY_MS, MINUTE_MS } from "../duration.ts";
import type { AccountView } from "../view/view.ts";
import { formatDuration } from "../view/format.ts";
import type { Alert, AlertKind, AlertSeverity, Decision, DecisionReason } from "./alert.ts";
import { addOccasion, type AlertMemory } from "./memory.ts";
import { accountName, instantWords, joinParts } from "./message.ts";
import { type AlertRules, ruleForAccount } from "./rules.ts";

export interface AccountInput {
  readonly account: AccountView;
  readonly memory: AlertMemory;
  /** Whether this is the account's first evaluation. */
  readonly first: boolean;
  readonly rules: AlertRules;
  readonly now: number;
  readonly zone: string;
}

export interface AccountDecisions {
  readonly decisions: readonly Decision[];
  readonly memory: AlertMemory;
}

/** Messages about an account are worth sending for this long. */
const MAX_MESSAGE_AGE_MS = DAY_MS;
/** Logins that live shorter than this are renewed by their tool, so their expiry is no news. */
const MIN_LIFETIME_MS = 3 * DAY_MS;
/** Readings are normally no further apart than this. */
const MAX_BEFORE_MS = 5 * MINUTE_MS;
/** The announced occasion of the first readings. */
const FIRST = "new-account";
/** Only an account that stays without new readings for this long, while alerts are evaluated, is reported. */
const SILENT_FOR_MS = 5 * MINUTE_MS;
const EPISODES = ["failing", "sign-in-expired", "silent"] as const;

export function decideAccount({ account, memory, first, rules, now, zone }: AccountInput): AccountDecisions {
  const decisions: Decision[] = [];
  const { health, key } = account;
  const rule = ruleForAccount(rules, key);
  let { open, told, failingSince } = memory;
  const figure = health.state;
  const skip = (kind: AlertKind, reason: DecisionReason) =>
    decisions.push({ kind, quota: null, reason, figure });
  const raise = (
    kind: AlertKind,
    severity: AlertSeverity,
    occasion: string | number,
    words: Pick<Alert, "title" | "text"> & Partial<Pick<Alert, "details" | "resolves" | "expiresAt">>,
  ): string => {
    const id = `${kind}|${key}|${occasion}`;
    if (rule.off.includes(kind)) skip(kind, "turned-off");
    else {
      decisions.push({
        kind,
        quota: null,
        reason: "raised",
        figure,
        alert: {
          id,
          kind,
          severity,
          account: key,
          quota: null,
          at: now,
          details: "",
          expiresAt: now + MAX_MESSAGE_AGE_MS,
          ...words,
        },
      });
    }
    return id;
  };
  const name = accountName(account);
  const hint = health.hint ?? "";
  const since = health.okAt ?? health.triedAt ?? now;
  const age = health.okAt === null ? "it was never read" : `last reading ${formatDuration(now - since)} ago`;

  if (account.paused || health.state === "off") return { decisions, memory };
  // An account may be known for a while before its first readings.
  const isNew = Object.keys(memory.quotas).length === 0 && !told.includes(FIRST);
  if (isNew && account.quotas.length > 0) {
    told = addOccasion(told, FIRST);
    raise("new-account", "info", "first", {
      title: `${name}: first readings`,
      text: joinParts(`${account.quotas.length} quota${account.quotas.length === 1 ? "" : "s"} read`),
      details: "From now on you get alerts about them as your rules say.",
    });
  }

  failingSince = health.state === "failing" ? failingSince ?? now : null;
  const staleSince = health.state === "stale" ? Math.min(memory.staleSince ?? now, now) : undefined;
  // A machine that has slept all night sees old readings, and polls in a moment.
  const isSilent = staleSince !== undefined && (first || now - staleSince >= SILENT_FOR_MS);
  const holds: Readonly<Record<typeof EPISODES[number], boolean>> = {
    failing: failingSince !== null && now - failingFrom(failingSince, health.okAt) >= rules.failingAfterMs,
    "sign-in-expired": health.state === "expired",
    silent: isSilent,
  };
  const words: Readonly<Record<typeof EPISODES[number], Pick<Alert, "title" | "text" | "details">>> = {
    failing: {
      title: `${name}: cannot be read`,
      text: joinParts(hint || "polls fail", age),
      details: "Run `syntrack doctor` to see what is wrong.",
    },
    "sign-in-expired": {
      title: `${name}: sign in again`,
      text: joinParts("its login has expired"),
      details: hint || "Sign in again where this login was made; readings then continue.",
    },
    silent: {
      title: `${name}: no new readings`,
      text: joinParts(`the last reading is ${formatDuration(now - since)} old`, hint),
      details: "Check that Syntrack is running and that this machine is online.",
    },
  };
  for (const kind of EPISODES) {
    const alert = open[kind];
    if (holds[kind]) {
      if (alert !== undefined) skip(kind, "already-raised");
      else if (first) {
        open = { ...open, [kind]: "" };
        skip(kind, "first-reading");
      } else {open = {
          ...open,
          [kind]: raise(kind, kind === "silent" ? "warning" : "critical", since, words[kind]),
        };}
    } else if (alert !== undefined && health.state === "fresh") {
      const { [kind]: _closed, ...rest } = open;
      open = rest;
      if (alert !== "") {
        raise("recovered", "info", alert, {
          title: `${name}: works again`,
          text: joinParts("new readings arrive"),
          details: "There is nothing to do.",
          resolves: alert,
        });
      }
    } else {
      const isPending = kind === "failing" && failingSince !== null ||
        kind === "silent" && staleSince !== undefined;
      skip(kind, isPending ? "not-confirmed" : "not-reached");
    }
  }

  let credential = memory.credential;
  if (account.expiresAt === undefined) credential = null;
  else if (credential?.expiresAt !== account.expiresAt) {
    credential = { expiresAt: account.expiresAt, seenAt: now };
  }
  if (credential !== null) {
    const { expiresAt, seenAt } = credential;
    const occasion = `sign-in-expires|${expiresAt}`;
    const isNear = expiresAt > now && expiresAt - now <= rules.expiryNoticeMs;
    if (told.includes(occasion)) skip("sign-in-expires", "already-raised");
    else if (!isNear || expiresAt - seenAt < MIN_LIFETIME_MS) skip("sign-in-expires", "not-reached");
    else {
      told = addOccasion(told, occasion);
      raise("sign-in-expires", "warning", expiresAt, {
        title: `${name}: login expires soon`,
        text: joinParts(`its login expires ${instantWords(expiresAt, now, zone)}`),
        details: "Sign in again before then.",
        expiresAt,
      });
    }
  }
  for (const fact of account.facts ?? []) {
    const { expiresAt, count } = fact;
    if (expiresAt === null || count <= 0 || expiresAt <= now || expiresAt - now > rules.expiryNoticeMs) {
      continue;
    }
    const occasion = `credit-lapses|${fact.key}|${expiresAt}`;
    if (told.includes(occasion)) {
      skip("credit-lapses", "already-raised");
      continue;
    }
    // The next reading announces it if it still holds.
    if (isNew) {
      skip("credit-lapses", "first-reading");
      continue;
    }
    told = addOccasion(told, occasion);
    raise("credit-lapses", "warning", `${fact.key}|${expiresAt}`, {
      title: `${name}: ${fact.label} about to expire`,
      text: joinParts(`${count} in reserve`, `the first expires ${instantWords(expiresAt, now, zone)}`),
      details: "Use it before then: what has expired is lost.",
      expiresAt,
    });
  }
  const { staleSince: _before, ...rest } = memory;
  return {
    decisions,
    memory: { ...rest, open, told, failingSince, credential, ...staleSince !== undefined && { staleSince } },
  };
}

/**
 * Counts from the last reading, but never from long before the first failure: a machine that slept all night, and
 * wakes before its network does, has been failing for a moment only.
 */
function failingFrom(failingSince: number, okAt: number | null): number {
  return Math.min(failingSince, Math.max(okAt ?? failingSince, failingSince - MAX_BEFORE_MS));
}
