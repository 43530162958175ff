/**
 * Discovers the configured accounts. Every heartbeat repeats it, so a new key is picked up and a removed one is no
 * longer used.
 */
import { createHash } from "node:crypto";
import { type Log, type ProviderContext, Secret } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import {
  type Account,
  baseUrlVariables,
  type Login,
  type Provider,
  ProviderError,
} from "../provider/contract.ts";
import { withDeadline } from "./deadline.ts";
import { describeThrown, type Redact, toFailure } from "./failure.ts";
import type { Identities, Origin } from "./identities.ts";
import { findTwins, twinFailure } from "./twins.ts";
import {
  computeFailureFingerprint,
  computeFingerprint,
  type CreateContext,
  DEADLINE_MS,
  listSecrets,
} from "./poller.ts";

/** A discovered account, ready to be polled. */
export interface ConfiguredAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly account: Account;
  /** The login it was found with, if not the environment's. */
  readonly login?: Login;
  /** Fingerprint of its credential. */
  readonly credential: string;
  /** Fingerprint of its other settings, if any. */
  readonly settings?: string;
  /** Where it was found: another account's key when a different user's history is stored under that name. */
  readonly origin: Origin;
  /** Hash of its identity at the vendor, if known. */
  readonly identity: string | null;
  /** Why its login cannot be used; absent when it can be. */
  readonly failure?: unknown;
  /** The account that has the same login, and is polled with it. */
  readonly sameAs?: AccountKey;
}

export interface Discovery {
  /** Returns the last result, in provider order. */
  found(): readonly ConfiguredAccount[];
  get(key: AccountKey): ConfiguredAccount | undefined;
  /** Returns why discovery failed, by provider id. Earlier results remain in place. */
  problems(): ReadonlyMap<string, string>;
  /**
   * Runs discovery for a provider, possibly in parallel with others; joins a run in progress. Never rejects.
   */
  refresh(provider: Provider): Promise<void>;
}

/** The logins of one provider. */
export interface Logins {
  readonly enabled: boolean;
  /**
   * Whether to look for the account without a login too.
   * @default {true}
   */
  readonly first?: boolean;
  /** Name of the account found without a login; the provider's own by default. */
  readonly firstName?: string | undefined;
  readonly more: readonly Login[];
}

const ALONE: Logins = { enabled: true, more: [] };

/** The accounts found, and why refreshing for the one without a login failed, or null. */
interface DiscoveryRun<T> {
  readonly accounts: readonly T[];
  readonly problem: string | null;
}

interface DiscoveredLogins {
  readonly account: Account;
  readonly login?: Login;
  readonly settings?: string | undefined;
  readonly failure?: unknown;
}

export interface DiscoveryParts {
  readonly providers: readonly Provider[];
  readonly createContext: CreateContext;
  /**
   * Returns a provider's logins besides the environment's, and whether it may be used at all. Called at each
   * run. Default: none, and enabled.
   */
  readonly logins?: (provider: Provider) => Promise<Logins> | Logins;
  /** Separates the histories of different people. Without it, only names distinguish accounts. */
  readonly identities?: Identities;
  /** Reports whether an account is polled by the clock. Default: each is. */
  readonly isPolled?: (account: AccountKey) => boolean;
  /** Reports whether an account rests because its vendor refused this credential. Default: none does. */
  readonly isRefused?: (account: AccountKey, credential: string) => boolean;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: Redact;
  /** Called with each secret as soon as it is found, so that it is masked everywhere. */
  readonly learn?: (secret: string) => void;
  readonly signal: AbortSignal;
}

/** Keys are split at the slash, so a name must not contain one; nor what breaks lines or commands a terminal. */
const ACCOUNT_NAME = /^[^/\s\p{Cc}][^/\p{Cc}\u2028\u2029]{0,127}$/u;

export function createDiscovery(parts: DiscoveryParts): Discovery {
  const { clock, log, hub } = parts;
  const byProvider = new Map<string, ReadonlyMap<AccountKey, ConfiguredAccount>>();
  const problems = new Map<string, string>();
  const underWay = new Map<string, Promise<void>>();

  async function refreshNow(provider: Provider): Promise<void> {
    try {
      const ended = await withDeadline(clock, DEADLINE_MS, parts.signal, (signal) => {
        return discoverConfigured(provider, signal);
      });
      if (ended.how === "stopped") return;
      if (ended.how === "late") {
        fail(provider, `The search for accounts took longer than ${DEADLINE_MS / 1000} seconds`);
      } else accept(provider, ended.value.accounts, ended.value.problem);
    } catch (thrown) {
      fail(provider, toFailure(thrown, parts.redact).hint);
    }
  }

  async function discoverLogins(
    provider: Provider,
    signal: AbortSignal,
  ): Promise<DiscoveryRun<DiscoveredLogins>> {
    const { enabled, first: hasFirst = true, firstName, more } = await (parts.logins?.(provider) ?? ALONE);
    if (!enabled) return { accounts: [], problem: null };
    const found: DiscoveredLogins[] = [];
    let problem: string | null = null;
    try {
      const ctx = parts.createContext(provider, signal);
      const first = hasFirst ? await provider.accounts(ctx) : [];
      const settings = settingsPrint(provider, ctx);
      found.push(...first.map((account, index) => {
        return {
          account: index === 0 && firstName !== undefined ? { ...account, name: firstName } : account,
          settings,
        };
      }));
    } catch (thrown) {
      problem = toFailure(thrown, parts.redact).hint;
    }
    for (const login of more) {
      // A broken login must not affect the others.
      try {
        const ctx = parts.createContext(provider, signal, { login });
        const [account] = await provider.accounts(ctx);
        const settings = settingsPrint(provider, ctx);
        if (account) found.push({ account: { ...account, name: login.name }, login, settings });
        else if (login.isStored) found.push(brokenLogin(login, nothingFound(provider)));
      } catch (thrown) {
        found.push(brokenLogin(login, thrown));
      }
    }
    return { accounts: found, problem };
  }

  async function discoverConfigured(
    provider: Provider,
    signal: AbortSignal,
  ): Promise<DiscoveryRun<ConfiguredAccount>> {
    const { accounts: found, problem } = await discoverLogins(provider, signal);
    const accounts = await Promise.all(
      found.map(async ({ account, login, settings, failure }): Promise<ConfiguredAccount> => {
        const own = accountKey(provider.id, account.name);
        const print = (key: AccountKey) =>
          failure === undefined
            ? computeFingerprint(key, account)
            : computeFailureFingerprint(key, failure, parts.redact);
        const origin: Origin = { key: own, fingerprint: print(own) };
        const { name, identity } = await parts.identities?.nameOf(provider, account, origin.fingerprint) ??
          { name: account.name, identity: null };
        const key = accountKey(provider.id, name);
        return {
          key,
          provider,
          account: { ...account, name },
          credential: print(key),
          origin,
          identity,
          ...login && { login },
          ...settings !== undefined && { settings },
          ...failure !== undefined && { failure },
        };
      }),
    );
    // One whose polling is off stands for no other.
    const isOff = ({ key }: ConfiguredAccount) => parts.isPolled?.(key) === false;
    const candidates = accounts.map((one) => {
      return { ...one, isRefused: parts.isRefused?.(one.key, one.credential) ?? false };
    });
    const twins = findTwins(candidates.toSorted((a, b) => Number(isOff(a)) - Number(isOff(b))));
    return {
      accounts: candidates.map((candidate) => {
        const { isRefused: _, ...one } = candidate;
        const twin = twins.get(candidate);
        if (twin === undefined) return one;
        const failure = twinFailure(twin);
        return {
          ...one,
          failure,
          sameAs: twin,
          credential: computeFailureFingerprint(one.key, failure, parts.redact),
        };
      }),
      problem,
    };
  }

  function fail(provider: Provider, problem: string) {
    if (problems.get(provider.id) === problem) return;
    problems.set(provider.id, problem);
    log.warn("Cannot look for accounts", { provider: provider.id, problem });
    announce(null);
  }

  function accept(provider: Provider, accounts: readonly ConfiguredAccount[], problem: string | null) {
    const before = byProvider.get(provider.id);
    // Keep accounts found without a login while that lookup fails.
    const kept = problem === null ? [] : [...before?.values() ?? []].filter(({ login }) => !login);
    const found = new Map<AccountKey, ConfiguredAccount>(kept.map((one) => [one.key, one]));
    for (const configured of accounts) {
      const { key, account } = configured;
      for (const secret of listSecrets(account)) parts.learn?.(secret);
      if (!ACCOUNT_NAME.test(account.name)) {
        log.warn("Ignored an account with an unusable name", { account: key });
      } else if (found.has(key)) log.warn("Ignored a second account of the same name", { account: key });
      else found.set(key, configured);
    }
    byProvider.set(provider.id, found);
    if (problem !== null) fail(provider, problem);
    else if (problems.delete(provider.id)) announce(null);
    for (const { key, account, sameAs } of found.values()) {
      const known = before?.get(key);
      if (sameAs !== undefined && known?.sameAs !== sameAs) {
        log.warn("Two accounts use the same login: only one of them is polled", { account: key, sameAs });
      }
      if (known) continue;
      log.info("Account found", { account: key, source: account.source });
      announce(key);
    }
    for (const key of before?.keys() ?? []) {
      if (found.has(key)) continue;
      log.info("Account is no longer configured; its history stays", { account: key });
      announce(key);
    }
  }

  function announce(account: AccountKey | null) {
    try {
      hub.publish({ kind: "settings", account });
    } catch (thrown) {
      log.error("A listener of the hub failed", { error: describeThrown(thrown) });
    }
  }

  return {
    found: () => parts.providers.flatMap(({ id }) => [...byProvider.get(id)?.values() ?? []]),
    get(key) {
      for (const found of byProvider.values()) {
        const configured = found.get(key);
        if (configured) return configured;
      }
      return undefined;
    },
    problems: () => problems,
    refresh(provider) {
      const known = underWay.get(provider.id);
      if (known) return known;
      const refreshing = refreshNow(provider).finally(() => underWay.delete(provider.id));
      underWay.set(provider.id, refreshing);
      return refreshing;
    },
  };
}

/** Fingerprints a provider's settings except its secrets; undefined when none is set. */
function settingsPrint(provider: Provider, ctx: ProviderContext): string | undefined {
  const names = [
    ...provider.settings.filter(({ secret }) => !secret).map(({ name }) => name),
    ...baseUrlVariables(provider),
  ];
  const set = names.flatMap((name) => {
    try {
      const value = ctx.env(name);
      return value === undefined ? [] : [`${name}\0${value}`];
    } catch (thrown) {
      return [`${name}\0${describeThrown(thrown)}`];
    }
  });
  return set.length === 0
    ? undefined
    : createHash("sha256").update(set.join("\0")).digest("hex").slice(0, 12);
}

/** Represents an unusable login as an account, so that its state says why. */
function brokenLogin(login: Login, failure: unknown): DiscoveredLogins {
  const account: Account = { name: login.name, source: "", secret: new Secret("") };
  return { account, login, failure };
}

function nothingFound({ name }: Provider): ProviderError {
  return new ProviderError("missing", `No credential for ${name} was found`, {
    hint: "Check the settings it was added with, or remove it and add it again",
  });
}
