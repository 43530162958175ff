/**
 * The contract of a provider: the adapter for one vendor. It finds accounts,
 * asks, and translates the answer into readings; it keeps nothing and decides nothing.
 */
import type { Asking, Secret, Setting } from "./asking.ts";
import type { FailureKind } from "./model/outcome.ts";
import type { Reading } from "./model/quota.ts";

/** One login at a provider, as found now. */
export interface Account {
  /** Unique within the provider, without a slash; `default` where there is only one. */
  readonly name: string;
  /** Where the credential was found, in words for people, for example `SYNTHETIC_API_KEY in ./.env`. Never its value. */
  readonly source: string;
  readonly secret: Secret;
}

/** What one read gives: the readings, the one people ask about first in front, and the plan where it is stated. */
export interface Answer {
  readonly readings: readonly Reading[];
  readonly plan?: string;
}

export interface Provider {
  /** Kebab-case. */
  readonly id: string;
  readonly name: string;
  /** Every host it may reach: enforced by its `fetch`, printed for `--allow-net`. */
  readonly hosts: readonly string[];
  /** The first one that is secret is what a newcomer is told to set. */
  readonly settings: readonly Setting[];
  /** Older names of the variable that replaces the origin, besides `SYNTRACK_<ID>_BASE_URL`. */
  readonly baseUrlNames?: readonly string[];
  /** Politeness: never asked more often, in milliseconds. */
  readonly everyMs?: number;
  /** The accounts that are configured; none is `[]`. */
  accounts(ask: Asking): Promise<readonly Account[]>;
  /**
   * Asks once.
   * @throws {ProviderError} for everything that went wrong; the poller takes anything else for `bad_response`
   */
  read(ask: Asking, account: Account): Promise<Answer>;
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
export function setUpHint(provider: Pick<Provider, "settings">): string {
  const first = provider.settings.find((setting) => setting.secret);
  if (!first) return "Nothing to set: the account is found by itself";
  return `Set ${first.name} in the environment, in ./.env or in ~/.syntrack/.env`;
}

/** The part of a provider's own variables that stands for its id: upper case, `-` as `_`. */
export function variablePart(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}

/** The variables that may replace the origin of a provider, the first one set wins. */
export function baseUrlVariables(provider: Pick<Provider, "id" | "baseUrlNames">): readonly string[] {
  return [`SYNTRACK_${variablePart(provider.id)}_BASE_URL`, ...provider.baseUrlNames ?? []];
}
