/**
 * The contract of a provider: the adapter for one vendor. It finds accounts,
 * asks, and translates the answer into readings; it keeps nothing and decides nothing.
 */
import type { Found, Memory, Os, ProviderContext, Secret, Setting } from "./context.ts";
import type { Pool } from "../model/history/counting.ts";
import type { FailureKind } from "../model/outcome.ts";
import type { AccountFact, Dropped, Reading } from "../model/quota.ts";

/** One login at a provider, as found now. */
export interface Account {
  /** Unique within the provider, without a slash; `default` where there is only one. */
  readonly name: string;
  /** Where the credential was found, in words for people, for example `SYNTHETIC_API_KEY in ./.env`. Never its value. */
  readonly source: string;
  readonly secret: Secret;
  /** Further parts of the credential, by name, where one is not enough. */
  readonly also?: Readonly<Record<string, Secret>>;
  /** What else the read needs and nobody has to hide, by name, for example a region. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Who the vendor takes the credential for: an opaque id that stays the same when a token is renewed. Never shown. */
  readonly identity?: string;
  /**
   * True where the credential itself does not say whose it is: then `identity`, if there is one, stood beside it and
   * may be that of whoever was signed in before. `Provider.owner` asks the vendor.
   */
  readonly isOwnerBeside?: true;
  /** When the credential ends, as far as that is known without asking; epoch milliseconds. */
  readonly expiresAt?: number;
  /** What brings a credential that has ended back, one line, for example `Run claude once to sign in again`. */
  readonly remedy?: string;
  /** Hosts this account is asked at besides those of its provider; each must end as the provider says. */
  readonly hosts?: readonly string[];
  /** The place the credential was read from, as declared, where it is a file its tool may renew. */
  readonly file?: string;
}

/** A file or a folder of a vendor's own tool that is looked at, never written. */
export interface LoginPlace {
  /** As `Asking.readText` takes it. */
  readonly path: string;
  /** Only there; everywhere unless given. */
  readonly os?: readonly Os[];
  /** What is kept there, for people: `the login of Claude Code`. */
  readonly what: string;
  /** Written by this program itself, and looked at for every login alike. */
  readonly ours?: true;
}

/** Readings that came by themselves. */
export interface LocalReadings {
  /** When the newest of them was true, epoch milliseconds. */
  readonly at: number;
  /** Some of the quotas of the account; each says in `source` where it comes from. */
  readonly readings: readonly Reading[];
  /** By quota: when it was last known to be true, where that was before `at`. */
  readonly since?: Readonly<Record<string, number>>;
}

/** A command that is run, for example to ask a keychain. */
export interface Command {
  readonly name: string;
  readonly os?: readonly Os[];
  /** What it is asked, for people. */
  readonly what: string;
}

/** The settings of one login of several at a provider. Nothing else is looked up in its name. */
export interface Login {
  /** The name of the account it becomes. */
  readonly name: string;
  /** True where somebody added it: then it is an account even when nothing is found with it, one that says so. */
  readonly isStored?: boolean;
  /** @throws {ProviderError} `missing` when it is set to something that cannot be used */
  find(setting: string): Found | undefined;
}

/** In whose name a provider asks, where that is not the one account of the environment. */
export interface CredentialScope {
  /** Its settings are looked up in place of those of the environment. */
  readonly login?: Login | undefined;
  /** Hosts of the account besides those of the provider. */
  readonly hosts?: readonly string[] | undefined;
  /** Whose credential will be sent; without it nobody says that one may go where `./.env` points. */
  readonly account?: Pick<Account, "secret" | "also"> | undefined;
  /** What is remembered of the account; nothing unless given. */
  readonly memory?: Memory | undefined;
}

/** What one read gives: the readings, the one people ask about first in front, and the plan where it is stated. */
export interface Answer {
  readonly readings: readonly Reading[];
  readonly plan?: string;
  /** What the answer held besides quotas. */
  readonly facts?: readonly AccountFact[];
  /** What the answer held and no reading was made of. It is logged and counted, never passed over in silence. */
  readonly dropped?: readonly Dropped[];
  /** What to know or do although nothing failed, one line: an answer without any limits says why there may be none. */
  readonly hint?: string;
  /** Whom the vendor answered for, in the words of `Account.identity`, where the answer says it. */
  readonly identity?: string;
}

/** An endpoint that is not a vendor's but one somebody wrote down, and so less is trusted. */
export interface DeclaredPlaces {
  /** Scheme, host and port; nothing else is asked, and the name is looked up before each request. */
  readonly origin: string;
  /** The setting by which its owner approves of an address in their own network. */
  readonly approval: string;
}

export interface Provider {
  /** Kebab-case. */
  readonly id: string;
  readonly name: string;
  /** Every host it may reach: enforced by its `fetch`, printed for `--allow-net`. */
  readonly hosts: readonly string[];
  /** How further hosts of an account must end, for vendors with a host per region or customer: `.amazonaws.com`. */
  readonly hostEndings?: readonly string[];
  /** Of a source somebody declared: the one place it may be asked at. */
  readonly declared?: DeclaredPlaces;
  /** Whether the vendor documents what is asked for. */
  readonly official: boolean;
  /** Why it is only asked when its owner turned it on, where that is so; one sentence. */
  readonly optIn?: string;
  /** Every file it looks at, where the vendor's own tool keeps its login. */
  readonly places?: readonly LoginPlace[];
  /** Every command it runs. */
  readonly commands?: readonly Command[];
  /** The first one that is secret is what a newcomer is told to set. */
  readonly settings: readonly Setting[];
  /** What to do in the vendor's own tool to be found without a setting: `Sign in with Claude Code`. */
  readonly signIn?: string;
  /**
   * Which of its quotas see the same money or use, so that nothing is added up twice; every vendor of ours says so.
   * Of sources somebody declared nothing is known, and the longest window counts.
   */
  readonly pools?: readonly Pool[];
  /** Older names of the variable that replaces the origin, besides `SYNTRACK_<ID>_BASE_URL`. */
  readonly baseUrlNames?: readonly string[];
  /** Politeness: never asked more often, in milliseconds. */
  readonly everyMs?: number;
  /** The accounts that are configured; none is `[]`. */
  accounts(ctx: ProviderContext): Promise<readonly Account[]>;
  /**
   * Asks once.
   * @throws {ProviderError} for everything that went wrong; the poller takes anything else for `bad_response`
   */
  read(ctx: ProviderContext, account: Account): Promise<Answer>;
  /**
   * Asks the vendor who a credential belongs to, in the words of `Account.identity`; null where it does not say.
   * Called once for each credential whose owner has to be known, see `Account.isOwnerBeside`.
   */
  owner?(ctx: ProviderContext, account: Account): Promise<string | null>;
  /**
   * What was left on this machine since the vendor was asked last, or null. It asks nobody, so it is looked at
   * once a minute whatever the vendor wants to be left alone for; while it goes on, the vendor is asked seldom.
   */
  feed?(ctx: ProviderContext, account: Account): Promise<LocalReadings | null>;
  /** How a login that its own tool keeps in a file can be renewed, where its owner asks for that. */
  readonly renewal?: Renewal;
}

/** Renewing a login in the place of the vendor's tool. Nothing calls it unless the owner of the account opted in. */
export interface Renewal {
  /** Names of processes of the tool; while one runs, it renews its login itself and nobody else may. */
  readonly processes: readonly string[];
  /** Whether the vendor takes the old token back, so that a second use of it ends the login. */
  readonly oneTime: boolean;
  /**
   * Asks the vendor for a new pair with the text of the file as it stands now, and gives the new text with
   * everything else in it kept. Whoever calls it holds the lock and writes the text before anything uses it.
   *
   * @throws {ProviderError} `auth` when the vendor takes the login for ended: final until the file changes
   */
  renew(ctx: ProviderContext, text: string): Promise<string>;
}

export interface ProviderErrorOptions {
  readonly reason?: "expired";
  /** What the user can do, one line. */
  readonly hint?: string;
  /** When to try again at the earliest, epoch milliseconds. */
  readonly retryAt?: number;
  /** The answer that could not be understood; the poller redacts and cuts it. */
  readonly answer?: string;
  readonly cause?: unknown;
}

/** A failed read. Told apart by `kind`, never by `instanceof`, since bundles may hold two copies of this class. */
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

/** What a newcomer is told to do, for example `Set ACME_API_KEY in the environment, in ./.env or in ~/.syntrack/.env`. */
export function setUpHint({ settings, signIn }: Pick<Provider, "settings" | "signIn">): string {
  const first = settings.find((setting) => setting.secret);
  if (!first) return signIn ?? "Nothing to set: the account is found by itself";
  const set = `et ${first.name} in the environment, in ./.env or in ~/.syntrack/.env`;
  return signIn === undefined ? `S${set}` : `${signIn}, or s${set}`;
}

/** The part of a provider's own variables that stands for its id: upper case, `-` as `_`. */
export function variablePart(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}

/** The variable that turns a provider on or off. */
export function enabledVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_ENABLED`;
}

/** The variable that names the first account of a provider. */
export function nameVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_NAME`;
}

/**
 * When the login of a vendor's tool is renewed in its place, where its owner asked for that.
 *
 * - `expired`: once it has ended.
 * - `limited`: also where the vendor limits how often it is asked, which a new token may get past. Vendors may take
 *   that for abuse.
 */
export type RefreshReason = "expired" | "limited";

export const REFRESH_REASONS: readonly RefreshReason[] = ["expired", "limited"];

/** The variable that says when the logins of a provider's own tool may be renewed in its place. */
export function refreshVariable(id: string): string {
  return `SYNTRACK_${variablePart(id)}_REFRESH`;
}

/** The variables that may replace the origin of a provider, the first one set wins. */
export function baseUrlVariables(provider: Pick<Provider, "id" | "baseUrlNames">): readonly string[] {
  return [`SYNTRACK_${variablePart(provider.id)}_BASE_URL`, ...provider.baseUrlNames ?? []];
}
