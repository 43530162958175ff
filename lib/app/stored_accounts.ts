/** Combines the accounts that users added with those of the environment. */
import { readStoredLogins, type StoredParts } from "../accounts/stored.ts";
import { createVault } from "../accounts/vault/vault.ts";
import type { Clock } from "../base/clock.ts";
import { parseDatabaseFile } from "../base/database_name.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { environmentLogins } from "../config/logins.ts";
import type { Logins } from "../poll/discovery.ts";
import { enabledVariable, type Provider } from "../provider/contract.ts";
import type { Store } from "../store/store.ts";

/**
 * Returns the path of the key file, which is beside the database and named after it: `syntrack.db` and
 * `syntrack.key`. A database without a file on this machine has none.
 */
export function keyPathFor({ dbPath }: Pick<Config, "dbPath">): string | null {
  const file = parseDatabaseFile(dbPath);
  return file === null ? null : `${file.replace(/\.(db|kv|sqlite3?)$/, "")}.key`;
}

export function createStoredParts(
  config: Pick<Config, "dbPath">,
  { store, clock, learn, vaultKey }: {
    readonly store: Store;
    readonly clock: Clock;
    readonly learn: (secret: string) => void;
    readonly vaultKey?: string | undefined;
  },
): StoredParts {
  const vault = createVault(keyPathFor(config), vaultKey);
  return { docs: store.docs, vault, now: () => clock.now(), learn };
}

/**
 * Combines a provider's discovered accounts with the added ones. Adding one turns on a provider that is off
 * by default; a provider that was turned off stays off.
 */
export async function withStored(
  provider: Provider,
  environment: Environment,
  parts: StoredParts,
): Promise<Logins> {
  const found = environmentLogins(provider, environment);
  const stored = await readStoredLogins(parts, provider.id);
  if (stored.length === 0) return found;
  if (found.enabled) return { ...found, more: [...found.more, ...stored] };
  const isOff = environment.find(enabledVariable(provider.id)) !== undefined;
  return isOff ? found : { enabled: true, first: false, more: stored };
}
