/**
 * Decides when to poll each account, and has the poller do the rest: at most four at a time and never the
 * same account twice at once. May import the poller, the discovery and the pure policy beside it, and contacts no
 * vendor itself. Due times are instants stored with the outcomes: they survive a restart, and after sleep a machine
 * polls once.
 */
import { MINUTE_MS } from "../model/duration.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, splitAccountKey } from "../model/quota.ts";
import type { Provider } from "../provider/contract.ts";
import { type ConfiguredAccount, createDiscovery, type DiscoveryParts } from "./discovery.ts";
import { type Due, earliestManualPoll, isRefused, nextPollAt } from "./due.ts";
import type { FoundAccount } from "../model/account.ts";
import { foundAccount } from "./found_account.ts";
import type { PollJob } from "./poll_job.ts";
import { createPoller, type PollerParts } from "./poller.ts";
import { expectedIntervalMs, MIN_INTERVAL_MS, type Schedule } from "./schedule.ts";
import { createAccountRenewal } from "./renew_account.ts";
import type { Renewals } from "./renewals.ts";
import { createSlots } from "./slots.ts";
import { isCertainlyRemoved } from "./removed_accounts.ts";
import type { Store } from "../store/store.ts";
import type { StoreTrouble } from "./trouble.ts";
import { hasOtherEnded, type PollNowOptions, type ProcessLocks, watchOtherProcess } from "./process_locks.ts";

export interface SchedulerParts extends PollerParts {
  readonly store: Store;
  readonly providers: readonly Provider[];
  /** Returns a provider's schedule, by its id. Called each time, so a change takes effect at once. */
  readonly scheduleOf: (provider: string) => Schedule;
  /** Reports whether a user is viewing the figures. Default: no one is. */
  readonly watching?: () => boolean;
  /** Awaited before any poll, so that `isPolled` has its data. */
  readonly ready?: () => Promise<unknown>;
  /** Reports whether an account is polled on schedule; called each time. Default: all are. */
  readonly isPolled?: (account: AccountKey) => boolean;
  /** Called with each secret as soon as it is found, so that it is masked everywhere. */
  readonly learn?: (secret: string) => void;
  /** Renews logins whose owners opted in. Default: none. */
  readonly renewer?: Renewals;
  /** Keeps processes that share the database from polling the same account at once. Default: there are none. */
  readonly turns?: ProcessLocks;
  /** Returns a provider's logins besides the environment's. */
  readonly logins?: NonNullable<DiscoveryParts["logins"]>;
}

export interface DueAccount extends Due {
  readonly account: AccountKey;
}

export interface Scheduler {
  /**
   * Discovers accounts and polls everything due until the end of the current
   * minute. Ticks may overlap. Resolves when the polls it started have ended;
   * never rejects. Starts no more polls once `signal` is aborted. With `until`, ends
   * when everything due now was polled, and starts no poll from that instant on.
   */
  tick(signal: AbortSignal, until?: number): Promise<void>;
  /**
   * Polls out of turn: everything, one provider or one account; joins polls in progress. When the vendor
   * asked us to wait, or was polled moments ago, returns the last outcome instead. Skips accounts not polled
   * on schedule unless they are named. Unknown accounts give nothing.
   * @throws {StoreError} when the store cannot read the last outcomes
   */
  pollNow(target?: AccountKey | string, options?: PollNowOptions): Promise<readonly Outcome[]>;
  /** Reports whether an outcome comes from a poll of this process. */
  isOwn(outcome: Outcome): boolean;
  /** Discovers the accounts of all providers, or of one, without polling; never rejects. */
  discover(provider?: string): Promise<void>;
  /** Returns the accounts discovered last, in provider order. */
  accounts(): readonly FoundAccount[];
  /** Returns the same in the form used for polling, to compute what they may reach. */
  found(): readonly ConfiguredAccount[];
  /** Returns why discovery failed, by provider id. */
  problems(): ReadonlyMap<string, string>;
  /** Returns what prevents the store from accepting polls, or null. */
  trouble(): StoreTrouble | null;
  /** Returns when each account is due. */
  due(): readonly DueAccount[];
  /** Returns the normal distance between a provider's polls, in milliseconds. */
  intervalOf(provider: string): number;
  /** Resolves when no poll of the account is in progress. */
  settle(account: AccountKey): Promise<void>;
  /** Starts no more polls; resolves when running ones have ended, by themselves or after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

const MAX_AT_A_TIME = 4;
/** A heartbeat this close to the end of its minute belongs to the next. */
const EARLY_MS = 1_000;
const GRACE_MS = 5_000;
export function createScheduler(parts: SchedulerParts): Scheduler {
  const { providers, store, clock, log, scheduleOf, watching = () => false, isPolled = () => true } = parts;
  /** Aborted when polls in progress must end now. */
  const killed = new AbortController();
  const poller = createPoller({ history: store, ...parts });
  const last = new Map<AccountKey, Outcome>();
  const isAtRest = (key: AccountKey, credential: string) => isRefused(last.get(key), credential);
  const discovery = createDiscovery({ ...parts, signal: killed.signal, isRefused: isAtRest });
  const renewal = createAccountRenewal({ ...parts, ...poller, discovery, signal: killed.signal });
  const slots = createSlots(MAX_AT_A_TIME);
  const own = new WeakSet<Outcome>();
  const isPolledElsewhere = watchOtherProcess({
    ...parts,
    last,
    read: (work) => poller.troubles.guard("read", work),
  });
  const underWay = new Map<AccountKey, Promise<Outcome | null>>();
  const startedAt = new Map<AccountKey, number>();
  /** Accounts whose local readings are being stored; their polls wait. */
  const storingLocal = new Map<AccountKey, Promise<void>>();
  const sleepers = new Set<AbortController>();
  let loading: Promise<void> | null = null;
  let stopping = false;

  /** Loads the outcomes of the last polls, once; with `again`, also what other processes stored since. */
  function load(again: boolean): Promise<void> {
    if (again) loading = null;
    loading ??= store.latest().then((records) => {
      for (const { account, outcome } of records) {
        if (outcome !== null && outcome.at > (last.get(account)?.at ?? -Infinity)) last.set(account, outcome);
      }
    });
    loading.catch(() => loading = null);
    return loading;
  }

  async function prepare(again = false): Promise<void> {
    await load(again);
    await parts.ready?.();
    await parts.renewer?.load();
  }

  function wake() {
    for (const sleeper of sleepers) sleeper.abort();
  }

  async function sleep(ms: number, signal: AbortSignal) {
    const sleeper = new AbortController();
    const stop = () => sleeper.abort();
    signal.addEventListener("abort", stop);
    sleepers.add(sleeper);
    if (signal.aborted) stop();
    await clock.sleep(ms, sleeper.signal);
    sleepers.delete(sleeper);
    signal.removeEventListener("abort", stop);
  }

  function computeDue(configured: ConfiguredAccount, now: number): Due {
    const { key, provider, credential } = configured;
    const schedule = scheduleOf(provider.id);
    const everyMs = provider.everyMs ?? 0;
    const input = { last: last.get(key) ?? null, credential, schedule, everyMs, watching: watching(), now };
    // Whatever the plan, never poll in a tight loop. A start in the future means the clock was set back.
    const known = startedAt.get(key) ?? -Infinity;
    const started = known > now ? -Infinity : known;
    const due = renewal.dueAfter(nextPollAt(input), configured, input.last, started);
    return due.at === null ? due : { at: Math.max(due.at, started + MIN_INTERVAL_MS), reason: due.reason };
  }

  /** Starts a poll, or joins the one in progress. @param until end of the tick: a poll that waits until then is skipped */
  function poll(key: AccountKey, reason: string, force = false, until = Infinity): Promise<Outcome | null> {
    const known = underWay.get(key);
    if (known) return known;
    const work = async () => clock.now() < until ? await pollAlone(key, reason, force, until) : null;
    const polling = slots.run(work).finally(() => {
      underWay.delete(key);
      wake();
    });
    underWay.set(key, polling);
    return polling;
  }

  /** Polls while no other process does, unless one has just finished. */
  async function pollAlone(key: AccountKey, reason: string, force: boolean, until: number) {
    if (!parts.turns) return await pollInTurn(key, reason);
    const end = await parts.turns.begin(key);
    if (end === null) return last.get(key) ?? null;
    try {
      if (clock.now() >= until) return null;
      return await findPolledElsewhere(key, force) ?? await pollInTurn(key, reason);
    } finally {
      end();
    }
  }

  /** Returns the outcome of another process's poll, if that is too recent to poll the vendor again. */
  async function findPolledElsewhere(key: AccountKey, force: boolean): Promise<Outcome | null> {
    const found = discovery.get(key);
    const stored = await poller.troubles.guard("read", () => store.outcomes({ account: key, limit: 1 }));
    const [newest] = stored.ok ? stored.value : [];
    const known = last.get(key);
    if (!found || !newest || known && newest.at <= known.at) return null;
    const { credential, provider, settings } = found;
    const everyMs = Math.max(provider.everyMs ?? 0, MIN_INTERVAL_MS);
    const now = clock.now();
    if (earliestManualPoll({ last: newest, credential, settings, everyMs, now, force }) <= now) return null;
    log.debug("Another process has just polled", { account: key, at: newest.at });
    last.set(key, newest);
    return newest;
  }

  async function pollInTurn(key: AccountKey, reason: string): Promise<Outcome | null> {
    await storingLocal.get(key);
    // The account may have disappeared or changed its credential while it waited.
    const found = discovery.get(key);
    if (stopping || !found) return null;
    if (await isCertainlyRemoved(found, parts, poller.troubles)) {
      await discovery.refresh(found.provider);
      return null;
    }
    const { expiresAt } = found.account;
    const hasEnded = expiresAt !== undefined && expiresAt <= clock.now();
    const isResting = reason === "renewal";
    const configured = hasEnded || isResting ? await renewal.renewed(found, "expired") : found;
    // As long as it cannot be renewed, what was stored of the account stays true.
    if (isResting && hasEnded && configured.credential === found.credential) {
      startedAt.set(key, clock.now());
      return null;
    }
    const outcome = await pollNowAs(configured, reason);
    if (outcome === null && !stopping) await discovery.refresh(found.provider);
    if (outcome?.kind !== "rate_limited" || stopping) return outcome;
    // With a new credential, try once more at once and accept the result.
    const after = await renewal.renewed(configured, "limited");
    if (after.credential === configured.credential) return outcome;
    return await pollNowAs(after, "renewed") ?? outcome;
  }

  function createJob(
    { key, provider, account, login, origin, settings, failure }: ConfiguredAccount,
  ): PollJob {
    return {
      provider,
      account,
      login,
      origin,
      settings,
      ...failure !== undefined && { failure },
      schedule: scheduleOf(provider.id),
      last: last.get(key) ?? null,
      watching: watching(),
      signal: killed.signal,
    };
  }

  async function pollNowAs(configured: ConfiguredAccount, reason: string): Promise<Outcome | null> {
    const { key } = configured;
    log.debug("Polling", { account: key, reason });
    startedAt.set(key, clock.now());
    const outcome = await poller.poll(createJob(configured));
    if (outcome !== null) {
      last.set(key, outcome);
      own.add(outcome);
    }
    return outcome;
  }

  /** Stores local readings before deciding who is due. */
  async function storeAllLocalReadings(provider: Provider): Promise<void> {
    const own = discovery.found().filter((one) => one.provider === provider && one.failure === undefined);
    await Promise.all(own.map((configured) => {
      const { key } = configured;
      if (stopping || underWay.has(key) || !isPolled(key)) return;
      const taking = storeLocalReadings(configured).finally(() => storingLocal.delete(key));
      storingLocal.set(key, taking);
      return taking;
    }));
  }

  async function storeLocalReadings(configured: ConfiguredAccount): Promise<void> {
    const outcome = await poller.pollLocal(createJob(configured));
    if (outcome !== null) last.set(configured.key, outcome);
  }

  async function tick(signal: AbortSignal, until?: number): Promise<void> {
    const began = clock.now();
    const end = until ?? Math.floor((began + EARLY_MS) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const isOver = () => signal.aborted || stopping || clock.now() < began - EARLY_MS;
    const rest = () => isOver() ? 0 : end - clock.now();
    if (await isPolledElsewhere()) {
      await discover();
      if (!await hasOtherEnded(isPolledElsewhere, rest, (ms) => sleep(ms, signal))) return;
    }
    // Without the last outcomes, a vendor that asked us to wait might be polled again.
    if (!(await poller.troubles.guard("read", () => prepare(until !== undefined))).ok) {
      return await discover();
    }
    const own = new Set<Promise<unknown>>();
    // Poll a provider after its discovery, so that no removed key is used; a slow one does not delay the others.
    const refreshed = new Set<Provider>();
    for (const provider of providers) {
      own.add(
        discovery.refresh(provider).then(async () => {
          if (provider.localReadings) await storeAllLocalReadings(provider);
          refreshed.add(provider);
          wake();
        }),
      );
    }

    while (rest() > 0) {
      const now = clock.now();
      let next = end;
      // Longest waiting first, because a run of the cron job may end before all were polled.
      const polledAt = ({ key }: ConfiguredAccount) => last.get(key)?.at ?? 0;
      for (const configured of discovery.found().toSorted((a, b) => polledAt(a) - polledAt(b))) {
        if (underWay.has(configured.key) || !refreshed.has(configured.provider)) continue;
        if (!isPolled(configured.key)) continue;
        const { at, reason } = computeDue(configured, now);
        if (at === null) continue;
        if (at > now) next = until === undefined ? Math.min(next, at) : next;
        else own.add(poll(configured.key, reason, false, until));
      }
      if (until !== undefined && refreshed.size === providers.length && underWay.size === 0) break;
      await sleep(next - now, signal);
    }
    await Promise.all(own);
  }

  async function discover(only?: string): Promise<void> {
    const targets = providers.filter(({ id }) => only === undefined || id === only);
    await Promise.all(targets.map((provider) => discovery.refresh(provider)));
  }

  function ask(configured: ConfiguredAccount, { force = false, onTimer = false }: PollNowOptions) {
    const { key, provider, credential, settings } = configured;
    const before = last.get(key) ?? null;
    const now = clock.now();
    const everyMs = provider.everyMs ?? 0;
    const hasFailed = before !== null && before.kind !== "ok" && before.settings === settings;
    if (onTimer && !force && hasFailed && !underWay.has(key)) {
      const { at, reason } = computeDue(configured, now);
      if (at !== null && at <= now) return poll(key, reason);
      log.info("Not polled by a timer before it is due", { account: key, until: at });
      return Promise.resolve(before);
    }
    const from = earliestManualPoll({ last: before, credential, settings, everyMs, now, force });
    if (from <= now || underWay.has(key)) return poll(key, "asked", force);
    log.info("Not polled again so soon", { account: key, until: from });
    return Promise.resolve(before);
  }

  return {
    tick,
    async discover(provider) {
      // What is refused or off decides which of two accounts with one login is polled; a broken database tells neither.
      await prepare().catch(() => {});
      await discover(provider);
    },
    isOwn: (outcome) => own.has(outcome),
    async pollNow(target, options = {}) {
      await prepare();
      const only = target?.includes("/") ? splitAccountKey(target as AccountKey).provider : target;
      await discover(only);
      const targets = discovery.found().filter(({ key, provider }) => {
        return key === target || (isPolled(key) && (target === undefined || provider.id === target));
      });
      const outcomes = await Promise.all(targets.map((one) => ask(one, options)));
      return outcomes.filter((outcome) => outcome !== null);
    },
    accounts: () => discovery.found().map(foundAccount),
    found: discovery.found,
    problems: discovery.problems,
    trouble: poller.troubles.now,
    due: () => discovery.found().map((one) => ({ account: one.key, ...computeDue(one, clock.now()) })),
    intervalOf(id) {
      const everyMs = providers.find((provider) => provider.id === id)?.everyMs ?? 0;
      return expectedIntervalMs(scheduleOf(id), everyMs, clock.now());
    },
    async settle(key) {
      await Promise.all([underWay.get(key), storingLocal.get(key)]);
    },
    async stop(graceMs = GRACE_MS) {
      stopping = true;
      wake();
      const ended = new AbortController();
      const all = Promise.all(underWay.values()).finally(() => ended.abort());
      await clock.sleep(graceMs, ended.signal);
      await poller.flush();
      killed.abort();
      await all;
    },
  };
}
