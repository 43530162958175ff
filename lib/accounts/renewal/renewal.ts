/**
 * Renews the logins of vendors' tools for owners who opted in. Off by
 * default; then it writes no file outside our own folder.
 *
 * May import the contracts of context, provider, store and clock.
 * It decides and writes; the provider sends the request.
 */
import { createHash } from "node:crypto";
import type { Log, ProviderContext } from "../../provider/context.ts";
import {
  BAD_RESPONSE_MS,
  doubleWait,
  MAX_RATE_LIMITED_MS,
  MAX_UNAVAILABLE_MS,
  saneRetryAfter,
} from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { Account, Login, Provider, RefreshReason } from "../../provider/contract.ts";
import { type RenewalDoc, renewalDocs } from "./consent.ts";
import { holdLogin, type LockedFile } from "./login_file.ts";
import type { DocStore } from "../../store/store.ts";

/** An account whose login may be renewed. */
export interface Renewable {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly account: Account;
  readonly login?: Login | undefined;
}

export interface Renewer {
  /** Loads the owners' choices; call before `isAllowed`. */
  load(): Promise<void>;
  /** Reports whether the owner opted in and the provider supports it. */
  isAllowed(account: Renewable, why: RefreshReason): boolean;
  /**
   * Renews a login if allowed and possible. Resolves to whether the file now holds another login than the
   * discovered one; never rejects.
   */
  renew(account: Renewable, why: RefreshReason, signal: AbortSignal): Promise<boolean>;
  /** Reports whether this renewer wrote the credential, so that it has the same owner as before. */
  hasWritten(credential: string): boolean;
}

export interface RenewalParts {
  readonly docs: DocStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly createContext: (
    provider: Provider,
    signal: AbortSignal,
    login: Login | undefined,
  ) => ProviderContext;
  /** Returns a provider's setting. */
  readonly refreshOf: (provider: Provider) => readonly RefreshReason[];
  /** Returns the absolute path of an account's declared place. */
  readonly pathOf: (account: Renewable, place: string) => string | null;
  /** Reports whether one of these programs is running; null when unknown. */
  readonly isRunning: (names: readonly string[]) => Promise<boolean | null>;
}

/** Delay after the first temporary failure. */
const RETRY_MS = 5 * 60_000;
/** A rate limit must not be circumvented with a series of new tokens. */
const LIMITED_EVERY_MS = 6 * 3_600_000;

export function createRenewer(parts: RenewalParts): Renewer {
  const { docs, clock, log } = parts;
  let chosen: ReadonlyMap<AccountKey, RenewalDoc> = new Map();
  /** Hash of the credential that waits for its own tool to end, by account. */
  const waiting = new Map<AccountKey, string>();
  /** Hash of the credential last written to a file, by account. */
  const made = new Map<AccountKey, string>();

  async function load(): Promise<void> {
    chosen = await renewalDocs(docs, clock.now());
  }

  function loadDoc(key: AccountKey): RenewalDoc {
    return chosen.get(key) ?? {};
  }

  async function note(key: AccountKey, changes: RenewalDoc): Promise<void> {
    await load();
    const { refresh, limitedAt } = loadDoc(key);
    const kept = { ...refresh && { refresh }, ...limitedAt !== undefined && { limitedAt } };
    await docs.put("renewals", key, { ...kept, ...changes }, clock.now());
    await load();
  }

  function isAllowed({ key, provider, account }: Renewable, why: RefreshReason): boolean {
    if (!provider.renewal || account.file === undefined) return false;
    return (loadDoc(key).refresh ?? parts.refreshOf(provider)).includes(why);
  }

  async function attempt(one: Renewable, why: RefreshReason, signal: AbortSignal): Promise<boolean> {
    const { key, provider, account, login } = one;
    const { renewal } = provider;
    const path = account.file === undefined ? null : parts.pathOf(one, account.file);
    const credential = hashText(account.secret.reveal());
    if (!renewal || path === null || isWaiting(loadDoc(key), credential, why, clock.now())) return false;
    if (await parts.isRunning(renewal.processes) !== false) {
      // It is tried every few minutes, and a tool may run for days.
      if (waiting.get(key) !== credential) {
        log.info("A login is not renewed while its own tool may be running", {
          account: key,
          tool: renewal.processes[0],
        });
      }
      waiting.set(key, credential);
      return false;
    }
    using lock = holdLogin(path);
    if (!lock) return false;
    const before = lock.read();
    const hash = hashText(before);
    if (loadDoc(key).ended === hash) return false;
    const ctx = parts.createContext(provider, signal, login);
    // Another process may have renewed it since discovery.
    if (await isAnother(ctx, one)) return true;
    try {
      const after = await renewal.renew(ctx, before);
      if (await saveLogin(lock, before, after, ctx, one)) {
        const found = await loginNow(ctx, one).catch(() => undefined);
        if (found) made.set(key, hashText(found.secret.reveal()));
      }
    } catch (error) {
      await failed(key, { hash, credential }, error);
      return false;
    }
    await note(key, why === "limited" ? { limitedAt: clock.now() + LIMITED_EVERY_MS } : {});
    log.info("A login was renewed in its file", { account: key, why });
    return true;
  }

  async function failed(
    key: AccountKey,
    { hash, credential }: { readonly hash: string; readonly credential: string },
    error: unknown,
  ): Promise<void> {
    const { kind, message, retryAt } = describeParts(error);
    const now = clock.now();
    const before = loadDoc(key);
    const failures = before.failed === credential ? (before.failures ?? 0) + 1 : 1;
    const own = now + waitAfter(kind, failures);
    const next = Math.max(saneRetryAfter(retryAt, now) ?? 0, own);
    // An ended token would be rejected forever.
    if (kind === "auth") await note(key, { ended: hash });
    else await note(key, { retryAt: next, failures, failed: credential });
    log.warn("A login could not be renewed", { account: key, problem: message });
  }

  return {
    load,
    isAllowed,
    hasWritten: (credential) => [...made.values()].includes(hashText(credential)),
    async renew(one, why, signal) {
      try {
        await load();
        return isAllowed(one, why) && await attempt(one, why, signal);
      } catch (error) {
        log.warn("A login could not be renewed", { account: one.key, problem: describeParts(error).message });
        return false;
      }
    },
  };
}

/**
 * Reports whether an attempt has to wait: after a failure of this very login, or after a renewal for the same reason. A
 * wait longer than any was begun by a clock that was ahead of this one.
 */
function isWaiting(
  { retryAt, failed, limitedAt = 0 }: RenewalDoc,
  credential: string,
  why: RefreshReason,
  now: number,
): boolean {
  const isTried = failed === undefined || failed === credential;
  const isLimited = limitedAt > now && limitedAt - now <= LIMITED_EVERY_MS;
  return isTried && (saneRetryAfter(retryAt, now) ?? 0) > now || why === "limited" && isLimited;
}

/** Returns how long to wait after a failure, as polls do. */
function waitAfter(kind: unknown, failures: number): number {
  if (kind === "bad_response") return BAD_RESPONSE_MS;
  return doubleWait(RETRY_MS, failures, kind === "rate_limited" ? MAX_RATE_LIMITED_MS : MAX_UNAVAILABLE_MS);
}

/** Writes a new login, unless its tool has written one meanwhile; returns whether it did. */
async function saveLogin(
  lock: LockedFile,
  before: string,
  after: string,
  ctx: ProviderContext,
  one: Renewable,
): Promise<boolean> {
  if (lock.read() !== before && await isAnother(ctx, one)) return false;
  lock.replace(after);
  return true;
}

/** Reports whether the current login differs from the account's. */
async function isAnother(ctx: ProviderContext, one: Renewable): Promise<boolean> {
  const found = await loginNow(ctx, one);
  return found !== undefined && found.secret.reveal() !== one.account.secret.reveal();
}

async function loginNow(
  ctx: ProviderContext,
  { provider, account }: Renewable,
): Promise<Account | undefined> {
  return (await provider.accounts(ctx)).find(({ file }) => file === account.file);
}

function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function describeParts(
  error: unknown,
): { readonly kind?: unknown; readonly message: string; readonly retryAt?: number } {
  if (!(error instanceof Error)) return { message: "unknown reason" };
  const { kind, retryAt } = error as { readonly kind?: unknown; readonly retryAt?: unknown };
  // For system errors log only the kind: their text may contain private details.
  const message = kind === undefined ? error.name : error.message;
  return { kind, message, ...typeof retryAt === "number" && { retryAt } };
}
