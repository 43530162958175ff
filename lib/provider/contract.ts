/**
 * The contract of a provider: the adapter for one vendor. It finds accounts, polls the vendor, and translates
 * the response into readings. It stores nothing and decides nothing.
 */
import type { FoundSetting, Memory, Os, ProviderContext, Secret, Setting } from "./context.ts";
import type { Pool } from "../model/history/counting.ts";
import type { FailureKind } from "../model/outcome.ts";
import type { AccountFact, Dropped, Reading } from "../model/quota.ts";
import type { VendorFacts } from "../model/vendor.ts";

/** One login at a provider, as discovery finds it now. */
export interface Account {
  /** Unique within the provider, without a slash; `default` when there is only one. */
  readonly name: string;
  /**
   * The origin of the credential, in words for people, for
   * example `SYNTHETIC_API_KEY in ./.env`. Never its value.
   */
  readonly source: string;
  readonly secret: Secret;
  /** Further parts of the credential, by name, when it has several. */
  readonly also?: Readonly<Record<string, Secret>>;
  /** Non-secret values the read needs, by name, for example a region. */
  readonly facts?: Readonly<Record<string, string>>;
  /**
   * The identity the vendor assigns to the credential: an opaque id that survives token renewal. Never shown.
   */
  readonly identity?: string;
  /**
   * True when the credential itself does not say whose it is. Then `identity`, if present, was stored beside
   * it and may belong to the user signed in before. `Provider.owner` asks the vendor.
   */
  readonly isOwnerBeside?: true;
  /** When the credential expires, if known without a request; epoch milliseconds. */
  readonly expiresAt?: number;
  /** How to restore an expired credential, one line, for example `Run claude once to sign in again`. */
  readonly remedy?: string;
  /** Hosts for this account in addition to its provider's; each must end as the provider declares. */
  readonly hosts?: readonly string[];
  /** The declared place the credential was read from, when it is a file its tool may renew. */
  readonly file?: string;
}

/** A file or folder of a vendor's own tool. Discovery reads it and never writes it. */
export interface LoginPlace {
  /** In the form `ProviderContext.readText` takes. */
  readonly path: string;
  /** Operating systems it exists on; all when absent. */
  readonly os?: readonly Os[];
  /** What it holds, for people: `the login of Claude Code`. */
  readonly what: string;
  /** True when this program writes it; every login reads the same one. */
  readonly ours?: true;
}

/** Readings that arrive on this machine without polling. */
export interface LocalReadings {
  /** When the newest of them was valid, epoch milliseconds. */
  readonly at: number;
  /** Some of the account's quotas; each names its origin in `source`. */
  readonly readings: readonly Reading[];
  /** By quota: when it was last known to be valid, if that was before `at`. */
  readonly since?: Readonly<Record<string, number>>;
}

/** A command the provider runs, for example to read a keychain. */
export interface Command {
  readonly name: string;
  readonly os?: readonly Os[];
  /** What it is used for, in words for people. */
  readonly what: string;
}

/** The settings of one of several logins at a provider. Nothing else is looked up for it. */
export interface Login {
  /** The name of the resulting account. */
  readonly name: string;
  /**
   * True when a user added it: then it becomes an account even when it has no credential, and reports that.
   */
  readonly isStored?: boolean;
  /** @throws {ProviderError} `missing` when its value cannot be used */
  find(setting: string): FoundSetting | undefined;
}

/** The login a provider acts for, when it is not the one account of the environment. */
export interface CredentialScope {
  /** Its settings replace those of the environment. */
  readonly login?: Login | undefined;
  /** Hosts of the account in addition to the provider's. */
  readonly hosts?: readonly string[] | undefined;
  /**
   * The owner of the credential to send; without it, nothing
   * confirms that a credential may go where `./.env` points.
   */
  readonly account?: Pick<Account, "secret" | "also"> | undefined;
  /** What the provider remembers of the account; empty by default. */
  readonly memory?: Memory | undefined;
  /** What is stored of the account; nothing by default. */
  readonly lastReadings?: ProviderContext["lastReadings"] | undefined;
}

/** The result of one read: the readings, the most important one first, and the plan if stated. */
export interface Answer {
  readonly readings: readonly Reading[];
  readonly plan?: string;
  /** What the response contained besides quotas. */
  readonly facts?: readonly AccountFact[];
  /** Parts of the response that yielded no reading. They are logged and counted, never dropped silently. */
  readonly dropped?: readonly Dropped[];
  /**
   * Patterns, as those of a pool, of the quotas that a failed part of the poll would have stated: the vendor may
   * still have them, so they keep their last readings. Empty when that part states no quotas, but maybe the plan.
   */
  readonly unread?: readonly string[];
  /**
   * What to know or do although nothing failed, one line: for a
   * response without any limits, why there may be none.
   */
  readonly hint?: string;
  /** The identity the vendor answered for, in the form of `Account.identity`, if the response states it. */
  readonly identity?: string;
}

/** An endpoint declared by a user rather than by us, and therefore trusted less. */
export interface DeclaredPlaces {
  /** Scheme, host and port. Requests go nowhere else, and each first resolves the name. */
  readonly origin: string;
  /** The setting with which its owner approves an address in their own network. */
  readonly approval: string;
}

export interface Provider {
  /** Kebab-case. */
  readonly id: string;
  readonly name: string;
  /** Other names of its product, in lower case, besides its id and name; unique to this provider. */
  readonly aliases?: readonly string[];
  /** Every host it may reach: enforced by its `fetch`, printed for `--allow-net`. */
  readonly hosts: readonly string[];
  /**
   * The required endings of an account's extra hosts, for vendors
   * with a host per region or customer: `.amazonaws.com`.
   */
  readonly hostEndings?: readonly string[];
  /** For a source a user declared: the one place it may reach. */
  readonly declared?: DeclaredPlaces;
  /** True when the vendor documents the endpoints it polls. */
  readonly official: boolean;
  /** Its mark and its own pages; every provider of ours states them, a source declared by a user does not. */
  readonly vendor?: VendorFacts;
  /** Why polling is off until its owner turns it on, if so; one sentence. */
  readonly optIn?: string;
  /** Every file it reads, where the vendor's own tool keeps its login. */
  readonly places?: readonly LoginPlace[];
  /** Every command it runs. */
  readonly commands?: readonly Command[];
  /** Setup hints name the first secret one. */
  readonly settings: readonly Setting[];
  /**
   * What to do in the vendor's own tool so that discovery finds
   * it without a setting: `Sign in with Claude Code`.
   */
  readonly signIn?: string;
  /**
   * Groups of quotas that see the same money or use, so that nothing is counted twice; every provider of ours
   * states them. For a source declared by a user they are unknown, and its longest window counts.
   */
  readonly pools?: readonly Pool[];
  /** Older names of the variable that replaces the origin, besides `SYNTRACK_<ID>_BASE_URL`. */
  readonly baseUrlNames?: readonly string[];
  /** Minimum time between polls, out of courtesy to the vendor, in milliseconds. */
  readonly everyMs?: number;
  /** Returns the configured accounts; `[]` when there are none. */
  accounts(ctx: ProviderContext): Promise<readonly Account[]>;
  /**
   * Polls the vendor once.
   * @throws {ProviderError} for every failure; the poller treats any other error as `bad_response`
   */
  read(ctx: ProviderContext, account: Account): Promise<Answer>;
  /**
   * Asks the vendor who owns a credential, in the form of `Account.identity`; null when it does not say.
   * Called once for each credential whose owner must be known, see `Account.isOwnerBeside`.
   */
  owner?(ctx: ProviderContext, account: Account): Promise<string | null>;
  /**
   * Returns the readings left on this machine since the last poll, or null. It makes no request, so it runs
   * once a minute, even while the vendor rate limits; while readings arrive, the vendor is polled rarely.
   */
  localReadings?(ctx: ProviderContext, account: Account): Promise<LocalReadings | null>;
  /** How to renew a login that its own tool stores in a file, if its owner opts in. */
  readonly renewal?: Renewal;
}

/** Renews a login in place of the vendor's tool. Runs only if the account's owner opted in. */
export interface Renewal {
  /** Names of the tool's processes; while one runs, it renews its login itself and nothing else may. */
  readonly processes: readonly string[];
  /** True when the vendor invalidates the old token, so that using it twice ends the login. */
  readonly oneTime: boolean;
  /**
   * Requests a new token pair with the current text of the file, and returns the new text, which preserves all
   * other content. The caller holds the lock and writes the text before anything uses it.
   *
   * @throws {ProviderError} `auth` when the vendor considers the login ended: final until the file changes
   */
  renew(ctx: ProviderContext, text: string): Promise<string>;
}

export interface ProviderErrorOptions {
  readonly reason?: "expired";
  /** What the user can do, one line. */
  readonly hint?: string;
  /** Earliest time to retry, epoch milliseconds. */
  readonly retryAt?: number;
  /** The response that could not be parsed; the poller redacts and truncates it. */
  readonly answer?: string;
  readonly cause?: unknown;
}

/**
 * A failed read. Distinguish failures by `kind`, never by
 * `instanceof`, because bundles may hold two copies of this class.
 */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly kind: FailureKind;
  readonly reason?: "expired";
  readonly hint?: string;
  readonly retryAt?: number;
  readonly answer?: string;

  constructor(kind: FailureKind, message: string, options: ProviderErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    if (options.reason !== undefined) this.reason = options.reason;
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.retryAt !== undefined) this.retryAt = options.retryAt;
    if (options.answer !== undefined) this.answer = options.answer;
  }
}

/**
 * Builds the setup hint for a new user, for example `Set ACME_API_KEY
 * in the environment, in ./.env or in ~/.syntrack/.env`.
 */
export function setUpHint({ settings, signIn }: Pick<Provider, "settings" | "signIn">): string {
  const first = settings.find((setting) => setting.secret);
  if (!first) return signIn ?? "Nothing to set: the account is detected automatically";
  const set = `et ${first.name} in the environment, in ./.env or in ~/.syntrack/.env`;
  return signIn === undefined ? `S${set}` : `${signIn}, or s${set}`;
}

/** Returns a provider's id as it appears in its variables: upper case, `-` as `_`. */
export function variablePart(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}

/** Returns the variable that turns a provider on or off. */
export function enabledVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_ENABLED`;
}

/** Returns the variable that names a provider's first account. */
export function nameVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_NAME`;
}

/**
 * When to renew the login of a vendor's tool in its place, after its owner opted in.
 *
 * - `expired`: once it has expired.
 * - `limited`: also when the vendor rate limits, which a new
 *   token may get past. Vendors may consider that abuse.
 */
export type RefreshReason = "expired" | "limited";

export const REFRESH_REASONS: readonly RefreshReason[] = ["expired", "limited"];

/** Returns the variable that says when to renew the logins of a provider's own tool in its place. */
export function refreshVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_REFRESH`;
}

/** Returns the variables that may replace a provider's origin; the first one set wins. */
export function baseUrlVariables(provider: Pick<Provider, "id" | "baseUrlNames">): readonly string[] {
  return [`SYNTRACK_${variablePart(provider.id)}_BASE_URL`, ...provider.baseUrlNames ?? []];
}
