/**
 * The JSON of `syntrack providers` and `syntrack config`: the settings and their origins, in camelCase.
 * Callers pass secrets already hidden. Pure functions.
 */
import { SCHEMA_VERSION } from "./version.ts";

/** What the shape needs from an account that discovery found. */
export interface LoginFacts {
  readonly name: string;
  readonly source: string;
  readonly expiresAt: number | null;
  readonly fingerprint: string | null;
}

/** What the shape needs from a provider, in the names the services use. */
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
      /** When the credential expires; null when unknown. */
      readonly expiresAt: string | null;
      /** Distinguishes its owner from others without identifying anyone. */
      readonly fingerprint: string | null;
    }[];
    /** The origin that replaces the vendor's default. */
    readonly baseUrl: string | null;
    readonly intervalSeconds: number;
    /** What to set; null when nothing is missing. */
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
