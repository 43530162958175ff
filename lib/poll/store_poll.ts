/** Stores a success and its consequences, based on the state stored at that moment. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../provider/context.ts";
import { type ComputeDependentDocs, computeDependentDocs } from "./dependent_docs.ts";
import { boundKnownQuotas } from "./known_quotas.ts";
import {
  type AccountState,
  advance,
  type Change,
  DEFAULT_RULES,
  type Rules,
} from "../model/engine/advance.ts";
import { DAY } from "../model/engine/bucket.ts";
import { isGoneSince, type QuotaState, wholeSnapshotAt } from "../model/engine/state.ts";
import { matchesAny } from "../model/history/counting.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey, Dropped, Snapshot } from "../model/quota.ts";
import type { Answer, Provider } from "../provider/contract.ts";
import { StoreError } from "../store/store.ts";
import { ClockDoubt, clockFailure, type ClockRepair, MAX_AHEAD_MS, pastFailure } from "./clock_repair.ts";
import { type Failure, type Redact, toFailure } from "./failure.ts";
import type { Identities, StatedIdentity } from "./identities.ts";
import type { PolledStore, PollJob } from "./poll_job.ts";
import { isRemoved } from "./removed_accounts.ts";
import { isStoreError } from "./trouble.ts";

/** What the store accepted of an answer, and why it rejected the rest, or null. */
export interface StoredPoll {
  readonly changes: readonly Change[];
  readonly failure: Failure | null;
  /** Nothing was stored, because another process renamed or removed the account during the poll. */
  readonly isGone?: true;
}

export const REMOVED: StoredPoll = { changes: [], failure: null, isGone: true };

export interface StorePollParts {
  readonly store: PolledStore;
  readonly repair: ClockRepair;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: Redact;
  readonly rules?: () => Rules;
  readonly identities?: Identities;
  /** Computes what is stored together with a poll. */
  readonly dependentDocs?: ComputeDependentDocs;
}

/** @throws {StoreError} when the store rejects it */
export type StorePoll = (
  job: PollJob,
  outcome: Outcome,
  answer: Answer,
  as?: Pick<Snapshot, "partial">,
) => Promise<StoredPoll>;

/** Another process may be faster a few times, but not forever. */
const MAX_TRIES = 8;

export function createStorePoll(parts: StorePollParts): StorePoll {
  const { store, log, repair } = parts;
  const loggedDropped = new Map<AccountKey, Set<string>>();

  /** Logs a dropped part when it first appears, not at each poll. */
  function logDropped(account: AccountKey, dropped: readonly Dropped[], before: readonly Dropped[]) {
    const logged = loggedDropped.get(account) ?? new Set(before.map(nameOfDropped));
    loggedDropped.set(account, logged);
    for (const one of dropped) {
      const name = nameOfDropped(one);
      if (logged.has(name) || logged.size >= MAX_LOGGED) continue;
      logged.add(name);
      log.warn("Part of an answer was not recognized", { account, what: one.what, why: one.why });
    }
  }

  return async (job, outcome, answer, as = {}) => {
    const { provider } = job;
    const { account, at } = outcome;
    const stated = statedIdentity(job, answer, outcome.credential ?? "");
    const origin = job.origin ?? { key: account, fingerprint: outcome.credential ?? "" };
    const verdict = await parts.identities?.mayAdd(account, origin, stated) ?? "yes";
    if (verdict !== "yes") {
      return {
        changes: [],
        failure: verdict === "another" ? otherOwnerFailure(provider) : unknownOwnerFailure(provider),
      };
    }
    const whole: Snapshot = {
      account,
      at,
      readings: answer.readings,
      ...as,
      ...(answer.plan === undefined ? {} : { plan: answer.plan }),
      ...(answer.facts === undefined ? {} : { facts: answer.facts }),
      ...(answer.dropped === undefined ? {} : { dropped: answer.dropped }),
    };
    try {
      const rules = parts.rules?.() ?? DEFAULT_RULES;
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        // If another process stored a poll in between, the store rejects this one and the next try reads the new state.
        let before = await store.recall(account, { mayBeOld: tries === 0 });
        if (before.at !== null && at <= before.at) before = await store.recall(account);
        if (repair.isAhead(before.at) || job.last !== null && repair.isAhead(job.last.at)) {
          before = await repair.repairState(account, before);
        }
        // Check after reading the state: if the account is moved later, the store rejects anything based on it.
        if (await isRemoved(job, parts)) return REMOVED;
        if (before.at !== null && at <= before.at) {
          const write = at < before.at ? log.warn : log.debug;
          write("Left out a snapshot that is not newer than the last one", {
            account,
            at,
            lastAt: before.at,
          });
          // Another process may be faster by moments; a larger difference means that the time of the poll is wrong.
          if (before.at - at > MAX_AHEAD_MS) return { changes: [], failure: pastFailure(at, before.at) };
          await store.note(outcome);
          return { changes: [], failure: null };
        }
        const { before: known, snapshot } = boundKnownQuotas(before, {
          ...whole,
          ...as.partial ? {} : findUnread(answer, before, at),
        });
        const { state, changes } = advance(known, snapshot, rules);
        const poll = { snapshot, changes, state, outcome, base: before };
        const own = await computeDependentDocs(parts, outcome, poll);
        if (await store.commit(own?.docs ? { ...poll, docs: own.docs } : poll)) {
          own?.stored();
          await parts.identities?.claim(account, origin, stated);
          logDropped(account, snapshot.dropped ?? [], before.dropped ?? []);
          return { changes, failure: null };
        }
        log.debug("Another process stored a poll in the meantime, so this one is computed again", {
          account,
        });
      }
      throw new StoreError(
        "locked",
        `Other processes keep storing polls of "${account}"`,
        "Let only one process poll this database",
      );
    } catch (thrown) {
      if (thrown instanceof ClockDoubt) return { changes: [], failure: clockFailure(thrown) };
      // Trouble with the store is not the answer's fault; anything else is.
      if (isStoreError(thrown)) throw thrown;
      return { changes: [], failure: toFailure(thrown, parts.redact) };
    }
  };
}

/**
 * Returns an account's identity, as discovered and as the answer
 * states it, and whether the credential is the previous one.
 */
export function statedIdentity(
  { account, last }: PollJob,
  answer: Answer,
  credential: string,
): StatedIdentity {
  return {
    known: account.identity,
    isBeside: account.isOwnerBeside,
    answered: answer.identity,
    isUnchanged: last?.kind === "ok" && last.credential === credential,
  };
}

/**
 * Returns the known quotas about which an answer says nothing: those of a failed part, and those that vanished when
 * something appeared that was not understood, because that may be them under another name. The latter count until
 * they would have been reset, or for a day.
 */
function findUnread(
  { readings, unread, dropped = [] }: Pick<Answer, "readings" | "unread" | "dropped">,
  before: AccountState,
  at: number,
): Pick<Snapshot, "unread" | "vanished"> {
  const wholeAt = wholeSnapshotAt(before);
  const known = new Set(before.dropped?.map(nameOfDropped));
  const isNew = dropped.some((one) => !known.has(nameOfDropped(one)));
  const isMissed = (quota: string) => matchesAny(quota, unread ?? []);
  const mayBeRenamed = (one: QuotaState) =>
    dropped.length > 0 && !isGoneSince(wholeAt, one) && (isNew || one.vanished === true) &&
    endOfDoubt(one) > at;
  const stated = new Set(readings.map(({ quota }) => quota));
  const quotas = Object.entries(before.quotas).filter(([quota]) => !stated.has(quota));
  const missed = quotas.filter(([quota]) => isMissed(quota));
  const vanished = quotas.filter(([quota, one]) => !isMissed(quota) && mayBeRenamed(one));
  const list = (some: typeof quotas) => some.map(([quota]) => quota);
  return { ...unread && { unread: list(missed) }, ...vanished.length > 0 && { vanished: list(vanished) } };
}

/** Returns until when a quota may be there under another name. What ends years ahead, as paid money may, is no reset. */
function endOfDoubt({ reading: { window: { kind }, resetsAt }, at }: QuotaState): number {
  const reset = kind === "fixed" || kind === "calendar" ? resetsAt : null;
  return reset ?? at + DAY;
}

/** An answer that renames its parts each time must not flood the log. */
const MAX_LOGGED = 200;

function nameOfDropped({ what, why }: Dropped): string {
  return `${what}\0${why}`;
}

/** Mixing two people's figures would ruin both histories. */
function otherOwnerFailure({ name }: Provider): Failure {
  return {
    kind: "auth",
    hint: `${name} answered for a different owner than before. Nothing was added to this history: ` +
      "from the next search on, that login is a separate account",
  };
}

/** An unknown owner must not be taken for the owner. */
function unknownOwnerFailure({ name, owner }: Provider): Failure {
  const what =
    `The login of ${name} has changed, and its owner is unknown. Nothing was added to this history`;
  return owner ? { kind: "unavailable", hint: `${what}: ${name} is polled again` } : {
    kind: "auth",
    hint: `${what}: rename the account to start a new one, or go back to the previous login`,
  };
}
