/**
 * The JSON of `syntrack providers` and `syntrack config`: what is set and where it came
 * from, in camelCase. Never a secret: what comes in is hidden already. Pure functions.
 */
import { SCHEMA_VERSION } from "./collect.ts";

/** What the shape needs of an account that was found. */
export interface LoginFacts {
  readonly name: string;
  readonly source: string;
  readonly expiresAt: number | null;
  readonly fingerprint: string | null;
}

/** What the shape needs of a provider; the words are those of the services. */
export interface ProviderFacts {
  readonly id: string;
  readonly name: string;
  readonly configured: boolean;
  readonly accounts: readonly LoginFacts[];
  readonly baseUrl: string | null;
  readonly intervalMs: number;
  readonly setup: string;
  readonly problem: string | null;
}

export interface ProvidersJson {
  readonly schemaVersion: number;
  readonly providers: readonly {
    readonly id: string;
    readonly name: string;
    readonly configured: boolean;
    readonly accounts: readonly {
      readonly name: string;
      readonly source: string;
      /** When the credential ends; null where that is not known. */
      readonly expiresAt: string | null;
      /** Tells whose it is from others, and not whose. */
      readonly fingerprint: string | null;
    }[];
    /** The origin that replaces the vendor's own. */
    readonly baseUrl: string | null;
    readonly intervalSeconds: number;
    /** What to set; null when it is. */
    readonly setup: string | null;
    readonly problem: string | null;
  }[];
}

export function providersJson(providers: readonly ProviderFacts[]): ProvidersJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    providers: providers.map(({ id, name, configured, accounts, baseUrl, intervalMs, setup, problem }) => ({
      id,
      name,
      configured,
      accounts: accounts.map(({ name, source, expiresAt, fingerprint }) => ({
        name,
        source,
        expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        fingerprint,
      })),
      baseUrl,
      intervalSeconds: intervalMs / 1000,
      setup: configured ? null : setup,
      problem,
    })),
  };
}

export interface ConfigJson {
  readonly schemaVersion: number;
  readonly settings: readonly { readonly key: string; readonly value: string; readonly source: string }[];
  readonly problems: readonly { readonly level: "error" | "warning"; readonly message: string }[];
}

export function configJson(
  settings: ConfigJson["settings"],
  problems: ConfigJson["problems"],
): ConfigJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    settings: settings.map(({ key, value, source }) => ({ key, value, source })),
    problems,
  };
}
