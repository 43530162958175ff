/**
 * Renewing the logins of vendors' tools, for owners who asked for that. Off unless somebody turned it on for a
 * provider or an account; with the defaults no file outside our own folder is ever written.
 *
 * It may import the contracts of asking, provider, store and clock. It decides and writes; how a vendor is
 * asked is its provider's.
 */
import { createHash } from "node:crypto";
import type { Log, ProviderContext } from "../../provider/context.ts";
import type { Clock } from "../../base/clock.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { Account, Login, Provider, RefreshReason } from "../../provider/contract.ts";
import { type RenewalDoc, renewalDocs } from "./consent.ts";
import { holdLogin, type LockedFile } from "./login_file.ts";
import type { DocStore } from "../../store/store.ts";

/** An account that may be renewed. */
export interface Renewable {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly account: Account;
  readonly login?: Login | undefined;
}

export interface Renewer {
  /** Reads what owners chose; called before `isAllowed` is asked. */
  load(): Promise<void>;
  /** Whether its owner asked for this, and its provider can. */
  isAllowed(account: Renewable, why: RefreshReason): boolean;
  /**
   * Renews a login where that is allowed and possible. Resolves to whether the file holds another login
   * than the one that was found; never rejects.
   */
  renew(account: Renewable, why: RefreshReason, signal: AbortSignal): Promise<boolean>;
  /** Whether a credential was put in its file by this renewer, so that it is of the same owner as before. */
  hasMade(credential: string): boolean;
}

export interface RenewalParts {
  readonly docs: DocStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly world: (provider: Provider, signal: AbortSignal, login: Login | undefined) => ProviderContext;
  /** What is set for a provider. */
  readonly refreshOf: (provider: Provider) => readonly RefreshReason[];
  /** The absolute path of a declared place of an account. */
  readonly pathOf: (account: Renewable, place: string) => string | null;
  /** Whether one of these programs runs; null where that cannot be told. */
  readonly isRunning: (names: readonly string[]) => Promise<boolean | null>;
}

/** After a renewal that failed for a while. */
const RETRY_MS = 5 * 60_000;
/** A vendor that limits is not outrun by one new token after another. */
const LIMITED_EVERY_MS = 6 * 3_600_000;

export function createRenewer(parts: RenewalParts): Renewer {
  const { docs, clock, log } = parts;
  let chosen: ReadonlyMap<AccountKey, RenewalDoc> = new Map();
  /** Hash of the credential it put in a file last, by account. */
  const made = new Map<AccountKey, string>();

  async function load(): Promise<void> {
    chosen = await renewalDocs(docs, clock.now());
  }

  function docOf(key: AccountKey): RenewalDoc {
    return chosen.get(key) ?? {};
  }

  async function note(key: AccountKey, changes: RenewalDoc): Promise<void> {
    await load();
    const { refresh } = docOf(key);
    await docs.put("renewals", key, { ...refresh && { refresh }, ...changes }, clock.now());
    await load();
  }

  function isAllowed({ key, provider, account }: Renewable, why: RefreshReason): boolean {
    if (!provider.renewal || account.file === undefined) return false;
    return (docOf(key).refresh ?? parts.refreshOf(provider)).includes(why);
  }

  async function attempt(one: Renewable, why: RefreshReason, signal: AbortSignal): Promise<boolean> {
    const { key, provider, account, login } = one;
    const { renewal } = provider;
    const path = account.file === undefined ? null : parts.pathOf(one, account.file);
    const { retryAt } = docOf(key);
    if (!renewal || path === null || (retryAt !== undefined && retryAt > clock.now())) return false;
    if (await parts.isRunning(renewal.processes) !== false) {
      log.info("A login is not renewed while its own tool may be running", {
        account: key,
        tool: renewal.processes[0],
      });
      return false;
    }
    using held = holdLogin(path);
    if (!held) return false;
    const before = held.read();
    const hash = hashOf(before);
    if (docOf(key).ended === hash) return false;
    const ask = parts.world(provider, signal, login);
    // Somebody may have renewed it since it was found.
    if (await isAnother(ask, one)) return true;
    try {
      const after = await renewal.renew(ask, before);
      if (await saveLogin(held, before, after, ask, one)) {
        const found = await loginNow(ask, one).catch(() => undefined);
        if (found) made.set(key, hashOf(found.secret.reveal()));
      }
    } catch (error) {
      await failed(key, hash, error);
      return false;
    }
    await note(key, why === "limited" ? { retryAt: clock.now() + LIMITED_EVERY_MS } : {});
    log.info("A login was renewed in its file", { account: key, why });
    return true;
  }

  async function failed(key: AccountKey, hash: string, error: unknown): Promise<void> {
    const { kind, message, retryAt } = partsOf(error);
    // Used once more, a token that has ended would be refused for ever.
    if (kind === "auth") await note(key, { ended: hash });
    else await note(key, { retryAt: Math.max(retryAt ?? 0, clock.now() + RETRY_MS) });
    log.warn("A login could not be renewed", { account: key, problem: message });
  }

  return {
    load,
    isAllowed,
    hasMade: (credential) => [...made.values()].includes(hashOf(credential)),
    async renew(one, why, signal) {
      try {
        await load();
        return isAllowed(one, why) && await attempt(one, why, signal);
      } catch (error) {
        log.warn("A login could not be renewed", { account: one.key, problem: partsOf(error).message });
        return false;
      }
    },
  };
}

/** Puts a new login in place, unless its tool has put one there itself meanwhile; whether it did. */
async function saveLogin(
  held: LockedFile,
  before: string,
  after: string,
  ctx: ProviderContext,
  one: Renewable,
): Promise<boolean> {
  if (held.read() !== before && await isAnother(ctx, one)) return false;
  held.replace(after);
  return true;
}

/** Whether the login that is found now is another one than that of the account. */
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

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function partsOf(
  error: unknown,
): { readonly kind?: unknown; readonly message: string; readonly retryAt?: number } {
  if (!(error instanceof Error)) return { message: "unknown reason" };
  const { kind, retryAt } = error as { readonly kind?: unknown; readonly retryAt?: unknown };
  // Of errors of the system only the kind: their text may hold more than a log should.
  const message = kind === undefined ? error.name : error.message;
  return { kind, message, ...typeof retryAt === "number" && { retryAt } };
}
