/**
 * Runs one poll of one account: asks the vendor, computes the consequences, stores them, notifies the hub.
 *
 * May import the model, the contracts of provider, store, clock, hub and log, and the policy. It is the only
 * place that catches everything: any error becomes an outcome, or trouble with the store, and never an
 * exception. It must never decide who is due.
 */
import { createHash } from "node:crypto";
import { type Log, type Memory, type ProviderContext, Secret } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import type { Change, Rules } from "../model/engine/advance.ts";
import { isGoneSince, wholeSnapshotAt } from "../model/engine/state.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, accountKey, type Reading } from "../model/quota.ts";
import type { Account, Answer, CredentialScope, LocalReadings, Provider } from "../provider/contract.ts";
import { type ComputeDependentDocs, noteWithDependentDocs } from "./dependent_docs.ts";
import { createClockRepair } from "./clock_repair.ts";
import { withDeadline } from "./deadline.ts";
import { describeThrown, type Failure, type Redact, toFailure } from "./failure.ts";
import { localOutcome, pickNewReadings } from "./local_source.ts";
import type { Identities } from "./identities.ts";
import type { PolledStore, PollJob } from "./poll_job.ts";
import { createStorePoll, REMOVED, statedIdentity, type StoredPoll } from "./store_poll.ts";
import { nextPoll } from "./policy.ts";
import type { RewindingStore } from "./rewind_account.ts";
import { answerProblem, limitAnswer } from "./validate_answer.ts";
import { emptyStreak, MAX_OUTCOMES_READ, recordFailure, type Streak, streakIn } from "./failure_streak.ts";
import { isRemoved } from "./removed_accounts.ts";
import { createTroubles, type Troubles } from "./trouble.ts";
import { createWaitingLine } from "./waiting_line.ts";

/** Creates the context of a provider. The signal aborts everything in progress. */
export type CreateContext = (
  provider: Provider,
  signal: AbortSignal,
  askedFor?: CredentialScope,
) => ProviderContext;

export interface PollerParts {
  readonly createContext: CreateContext;
  readonly store: PolledStore;
  /**
   * The same store with its history, to repair data dated by a
   * clock that was ahead; without it that data stays.
   */
  readonly history?: RewindingStore;
  readonly hub: Hub;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly redact: Redact;
  /**
   * Returns what counts as recent and as idle; more does when readings are far apart. Called at each poll,
   * because settings may change.
   */
  readonly rules?: () => Rules;
  /** Maximum duration of a provider's read, in milliseconds. */
  readonly deadlineMs?: number;
  /** Called for each finished poll, with the changes stored besides its outcome. */
  readonly ended?: (outcome: Outcome, changes: readonly Change[]) => void;
  /** Separates the histories of different people. */
  readonly identities?: Identities;
  /** Computes what is stored together with a poll. */
  readonly dependentDocs?: ComputeDependentDocs;
}

export interface Poller {
  /**
   * Never rejects. Resolves to null when nothing was stored:
   * `job.signal` was aborted first, or the account is gone.
   */
  poll(job: PollJob): Promise<Outcome | null>;
  /** Stores local readings newer than the stored ones, if any. Never rejects; null when there were none. */
  pollLocal(job: PollJob): Promise<Outcome | null>;
  /** Stores what the store rejected earlier; false when it still does. Never rejects. */
  flush(): Promise<boolean>;
  /** What prevents the store from accepting polls. */
  readonly troubles: Troubles;
}

export const DEADLINE_MS = 20_000;

/** Identifies a credential without revealing it. Differs between accounts, so equal keys cannot be matched. */
export function computeFingerprint(key: AccountKey, account: Account): string {
  const parts = Object.entries(account.also ?? {}).map(([name, secret]) => `\0${name}\0${secret.reveal()}`);
  return createHash("sha256").update(`${key}\0${account.secret.reveal()}${parts.join("")}`).digest("hex")
    .slice(0, 12);
}

/** Stands for the credential of an account whose login cannot be used: the same as long as the reason is. */
export function computeFailureFingerprint(key: AccountKey, failure: unknown, redact: Redact): string {
  const secret = new Secret(toFailure(failure, redact).hint);
  return computeFingerprint(key, { name: "", source: "", secret });
}

/** Returns all texts of an account that must never be shown. */
export function listSecrets({ secret, also = {} }: Account): readonly string[] {
  return [secret, ...Object.values(also)].map((one) => one.reveal()).filter((text) => text !== "");
}

interface Times {
  readonly startedAt: number;
  readonly at: number;
}

type Attempt = { readonly kind: "ok"; readonly answer: Answer } | Failure;

/** What to store of one poll; without an answer only the outcome. */
interface Entry {
  readonly job: PollJob;
  readonly outcome: Outcome;
  readonly answer: Answer | null;
}

export function createPoller(parts: PollerParts): Poller {
  const { store, clock, log } = parts;
  const deadlineMs = parts.deadlineMs ?? DEADLINE_MS;
  const troubles = createTroubles(parts);
  const streaks = new Map<AccountKey, Streak>();
  const memories = new Map<AccountKey, { readonly credential: string; readonly memory: Memory }>();
  const repair = createClockRepair({ ...parts, removed: (account) => void streaks.delete(account) });
  const storePoll = createStorePoll({ ...parts, repair });
  const line = createWaitingLine<Entry, StoredPoll>({
    clock,
    accountOf: ({ outcome }) => outcome.account,
    offer: (entry) => troubles.guard("write", () => storeEntry(entry)),
    taken(entry, storedPoll) {
      const { account } = entry.outcome;
      if (storedPoll.isGone) return dropRemoved(entry);
      if (storedPoll.failure) {
        log.warn("Dropped an answer that was waiting to be stored", {
          account,
          hint: storedPoll.failure.hint,
        });
      }
      parts.ended?.(entry.outcome, storedPoll.changes);
      publish(account);
    },
    givenUp({ outcome }) {
      const { account, at } = outcome;
      log.error("Gave up an answer, because the store has accepted none for too long", { account, at });
      parts.ended?.(outcome, []);
    },
  });

  /** Returns an account's memory, cleared for each new credential: a token must not outlive its login. */
  function findMemory(key: AccountKey, credential: string): Memory {
    const known = memories.get(key);
    if (known?.credential === credential) return known.memory;
    const memory = new Map<string, unknown>();
    memories.set(key, { credential, memory });
    return memory;
  }

  async function readLast(key: AccountKey): Promise<readonly Reading[]> {
    const state = await troubles.guard("read", () => store.recall(key));
    if (!state.ok) return [];
    const wholeAt = wholeSnapshotAt(state.value) ?? Infinity;
    return Object.values(state.value.quotas).flatMap((one) => isGoneSince(wholeAt, one) ? [] : [one.reading]);
  }

  async function ask(job: PollJob): Promise<Attempt | null> {
    const { provider, account, login, signal } = job;
    // Mask these secrets whether or not the redactor has learned them.
    const secrets = listSecrets(account);
    const key = accountKey(provider.id, account.name);
    const memory = findMemory(key, computeFingerprint(key, account));
    const redact: Redact = (text) =>
      parts.redact(secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "[hidden]"), text));
    if (job.failure !== undefined) return toFailure(job.failure, redact);
    try {
      const ended = await withDeadline(clock, deadlineMs, signal, async (own) => {
        const createContext = parts.createContext(provider, own, {
          login,
          hosts: account.hosts,
          memory,
          lastReadings: () => readLast(key),
          account,
        });
        return await withOwner(job, createContext, await provider.read(createContext, account));
      });
      if (ended.how === "stopped") return null;
      if (ended.how === "late") {
        return {
          kind: "unavailable",
          hint: `${provider.name} gave no answer within ${deadlineMs / 1000} seconds`,
        };
      }
      const problem = answerProblem(ended.value);
      return problem === null
        ? { kind: "ok", answer: limitAnswer(ended.value, clock.now()) }
        : toFailure({ kind: "bad_response", message: problem }, redact);
    } catch (thrown) {
      // An aborted provider may end with an error.
      return signal.aborted ? null : toFailure(thrown, redact);
    }
  }

  /** Adds the identity to an answer, if it must be requested from the vendor. */
  async function withOwner(job: PollJob, createContext: ProviderContext, answer: Answer): Promise<Answer> {
    const { provider, account } = job;
    const { identities } = parts;
    if (!provider.owner || !identities || answer.identity !== undefined) return answer;
    const key = accountKey(provider.id, account.name);
    const fingerprint = computeFingerprint(key, account);
    const stated = statedIdentity(job, answer, fingerprint);
    const isUnclear = await troubles.guard(
      "read",
      () => identities.isUnclear(key, job.origin ?? { key, fingerprint }, stated),
    );
    if (!isUnclear.ok || !isUnclear.value) return answer;
    try {
      const identity = await provider.owner(createContext, account);
      return identity === null ? answer : { ...answer, identity };
    } catch (thrown) {
      log.debug("The vendor did not say who a login belongs to", {
        account: key,
        problem: describeThrown(thrown),
      });
      return answer;
    }
  }

  async function loadStreak(key: AccountKey, credential: string): Promise<Streak> {
    const known = streaks.get(key);
    if (known) return known.credential === credential ? known : emptyStreak(credential);
    const query = { account: key, limit: MAX_OUTCOMES_READ };
    const outcomes = await troubles.guard("read", () => store.outcomes(query));
    return outcomes.ok ? streakIn(outcomes.value, credential) : emptyStreak(credential);
  }

  async function poll(job: PollJob): Promise<Outcome | null> {
    const startedAt = clock.now();
    const attempt = await ask(job);
    if (attempt === null) return null;
    const times = { startedAt, at: clock.now() };
    if (attempt.kind !== "ok") return await storeFailure(job, attempt, times);

    const outcome = await createOutcome(job, attempt, times);
    const entry = { job, outcome, answer: attempt.answer };
    const storedPoll = await line.put(entry, job.signal);
    if (storedPoll?.isGone) return dropRemoved(entry);
    if (storedPoll?.failure) return await storeFailure(job, storedPoll.failure, times);
    end(entry, storedPoll);
    return outcome;
  }

  async function storeFailure(job: PollJob, failure: Failure, times: Times): Promise<Outcome | null> {
    const outcome = await createOutcome(job, failure, times);
    const entry = { job, outcome, answer: null };
    const storedPoll = await line.put(entry, job.signal);
    if (storedPoll?.isGone) return dropRemoved(entry);
    end(entry, storedPoll);
    return outcome;
  }

  async function storeEntry({ job, outcome, answer }: Entry): Promise<StoredPoll> {
    if (answer !== null) return await storePoll(job, outcome, answer);
    if (job.last !== null && repair.isAhead(job.last.at)) await repair.beforeFailure(outcome.account);
    if (await isRemoved(job, parts)) return REMOVED;
    await noteWithDependentDocs(parts, outcome);
    return { changes: [], failure: null };
  }

  async function createOutcome(
    job: PollJob,
    attempt: Attempt,
    times: Times,
  ) {
    const { startedAt, at } = times;
    const { provider, account, schedule, watching } = job;
    const key = accountKey(provider.id, account.name);
    // The one that discovery states, or the account would be due again at once.
    const credential = job.failure === undefined
      ? computeFingerprint(key, account)
      : computeFailureFingerprint(key, job.failure, parts.redact);
    const ok = attempt.kind === "ok";
    const streak = ok
      ? emptyStreak(credential)
      : recordFailure(await loadStreak(key, credential), attempt.kind);
    // The store may still reject a success, so only `end` ends the streak.
    if (!ok) streaks.set(key, streak);
    const next = nextPoll({
      now: at,
      schedule,
      everyMs: provider.everyMs ?? 0,
      kind: attempt.kind,
      retryAt: ok ? undefined : attempt.retryAt,
      failuresInARow: ok ? 0 : streak.countByKind[attempt.kind]!,
      resets: ok ? resetsIn(attempt.answer) : [],
      watching,
      random: parts.random(),
    });
    const outcome: Outcome = {
      account: key,
      at,
      // The clock may have been corrected in the meantime.
      durationMs: Math.min(Math.max(0, at - startedAt), deadlineMs),
      ...(ok ? { kind: "ok" } : attempt),
      ...repair.hintOf(ok ? attempt.answer.hint : attempt.hint),
      failures: streak.failures,
      nextAt: next.at,
      nextReason: next.reason,
      credential,
      ...job.settings === undefined ? {} : { settings: job.settings },
    };
    return outcome;
  }

  /** @param kept null while it waits for the store, and is reported once stored */
  function end({ outcome, job: { last } }: Entry, storedPoll: StoredPoll | null) {
    if (outcome.kind === "ok") streaks.set(outcome.account, emptyStreak(outcome.credential ?? ""));
    report(outcome, last);
    if (storedPoll === null) return;
    parts.ended?.(outcome, storedPoll.changes);
    publish(outcome.account);
  }

  /** Drops the poll. The next discovery finds the account under its new name and polls again. */
  function dropRemoved({ outcome: { account } }: Entry): null {
    log.info("Dropped a poll, because its account was renamed or removed in the meantime", { account });
    streaks.delete(account);
    return null;
  }

  function report(outcome: Outcome, last: Outcome | null) {
    const { account, kind, durationMs, failures, nextAt, nextReason } = outcome;
    const fields = { account, kind, durationMs, failures, nextAt, nextReason };
    if (kind !== "ok") log.warn("Poll failed", { ...fields, hint: outcome.hint });
    else if (last !== null && last.kind !== "ok") log.info("Poll succeeded again", fields);
    else log.debug("Polled", fields);
  }

  function publish(account: AccountKey) {
    try {
      parts.hub.publish({ kind: "account", account });
    } catch (thrown) {
      log.error("A listener of the hub failed", { account, error: describeThrown(thrown) });
    }
  }

  async function pollLocal(job: PollJob): Promise<Outcome | null> {
    const { provider, account, login, last, signal } = job;
    const key = accountKey(provider.id, account.name);
    const credential = computeFingerprint(key, account);
    let local: LocalReadings | null;
    try {
      const createContext = parts.createContext(provider, signal, {
        login,
        memory: findMemory(key, credential),
      });
      local = await provider.localReadings?.(createContext, account) ?? null;
    } catch (thrown) {
      log.debug("Local readings could not be stored", {
        account: key,
        problem: describeThrown(thrown),
      });
      return null;
    }
    const isSeen = local !== null && last?.kind === "ok" && local.at <= last.at;
    if (local === null || isSeen || answerProblem({ readings: local.readings }) !== null) return null;
    const state = await troubles.guard("read", () => store.recall(key));
    const news = state.ok ? pickNewReadings(local, state.value, last, clock.now()) : null;
    if (news === null) return null;
    const outcome = localOutcome({ account: key, at: news.at, credential, last });
    const answer = limitAnswer({ readings: news.readings }, news.at);
    const storedPoll = await troubles.guard(
      "write",
      () => storePoll(job, outcome, answer, { partial: true }),
    );
    if (!storedPoll.ok || storedPoll.value.failure || storedPoll.value.isGone) return null;
    parts.ended?.(outcome, storedPoll.value.changes);
    publish(key);
    return outcome;
  }

  return { poll, pollLocal, flush: line.flush, troubles };
}

function resetsIn(answer: Answer): readonly number[] {
  return answer.readings.flatMap(({ resetsAt }) => resetsAt === null ? [] : [resetsAt]);
}
