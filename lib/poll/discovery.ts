/**
 * Which accounts are configured now. Providers look again at each heartbeat, so a key
 * added later is picked up and one taken away is no longer asked with.
 */
import type { Log } from "../asking.ts";
import type { Clock } from "../clock.ts";
import type { Hub } from "../hub.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { Account, Provider } from "../provider.ts";
import { withDeadline } from "./deadline.ts";
import { failureOf, type Redact, textOf } from "./failure.ts";
import { DEADLINE_MS, fingerprintOf, type World } from "./poller.ts";

/** An account that was found, ready to be polled. */
export interface Configured {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly account: Account;
  /** Fingerprint of its credential. */
  readonly credential: string;
}

export interface Discovery {
  /** What was found last, in the order of the providers. */
  found(): readonly Configured[];
  get(key: AccountKey): Configured | undefined;
  /** By provider id: why looking for its accounts failed. What was found before is kept meanwhile. */
  problems(): ReadonlyMap<string, string>;
  /** Looks again, at one provider at a time or beside others; joins a look under way. Never rejects. */
  look(provider: Provider): Promise<void>;
}

export interface DiscoveryParts {
  readonly providers: readonly Provider[];
  readonly world: World;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: Redact;
  /** Told each secret as soon as it is found, so that it can be masked everywhere. */
  readonly learn?: (secret: string) => void;
  readonly signal: AbortSignal;
}

/** Keys are cut at the slash, so a name must not hold one. */
const ACCOUNT_NAME = /^[^/\s][^/]{0,127}$/;

export function createDiscovery(parts: DiscoveryParts): Discovery {
  const { clock, log, hub } = parts;
  const byProvider = new Map<string, ReadonlyMap<AccountKey, Configured>>();
  const problems = new Map<string, string>();
  const underWay = new Map<string, Promise<void>>();

  async function lookNow(provider: Provider): Promise<void> {
    try {
      const ended = await withDeadline(clock, DEADLINE_MS, parts.signal, (signal) => {
        return provider.accounts(parts.world(provider, signal));
      });
      if (ended.how === "stopped") return;
      if (ended.how === "late") {
        fail(provider, `Looking for accounts took longer than ${DEADLINE_MS / 1000} seconds`);
      } else accept(provider, ended.value);
    } catch (thrown) {
      fail(provider, failureOf(thrown, parts.redact).hint);
    }
  }

  function fail(provider: Provider, problem: string) {
    if (problems.get(provider.id) === problem) return;
    problems.set(provider.id, problem);
    log.warn("Cannot look for accounts", { provider: provider.id, problem });
    announce(null);
  }

  function accept(provider: Provider, accounts: readonly Account[]) {
    const found = new Map<AccountKey, Configured>();
    for (const account of accounts) {
      parts.learn?.(account.secret.reveal());
      const key = accountKey(provider.id, account.name);
      if (!ACCOUNT_NAME.test(account.name)) {
        log.warn("Ignored an account with an unusable name", { account: key });
      } else if (found.has(key)) log.warn("Ignored a second account of the same name", { account: key });
      else found.set(key, { key, provider, account, credential: fingerprintOf(key, account) });
    }
    const before = byProvider.get(provider.id);
    byProvider.set(provider.id, found);
    if (problems.delete(provider.id)) announce(null);
    for (const { key, account } of found.values()) {
      if (before?.has(key)) continue;
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
      log.error("A listener of the hub failed", { error: textOf(thrown) });
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
    look(provider) {
      const known = underWay.get(provider.id);
      if (known) return known;
      const looking = lookNow(provider).finally(() => underWay.delete(provider.id));
      underWay.set(provider.id, looking);
      return looking;
    },
  };
}
