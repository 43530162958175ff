/**
 * The JSON of `syntrack providers` and `syntrack config`: what is set and where it came
 * from, in camelCase. Never a secret: what comes in is hidden already. Pure functions.
 */
import { SCHEMA_VERSION } from "./collect.ts";

/** What the shape needs of a provider; the words are those of the services. */
export interface ProviderFacts {
  readonly id: string;
  readonly name: string;
  readonly configured: boolean;
  readonly accounts: readonly { readonly name: string; readonly source: string }[];
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
    readonly accounts: readonly { readonly name: string; readonly source: string }[];
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
      accounts: accounts.map((account) => ({ name: account.name, source: account.source })),
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
