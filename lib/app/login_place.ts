/** Resolves where a declared place is for one account. */
import type { Environment } from "../config/environment.ts";
import type { CreateContext } from "../poll/poller.ts";
import { type Login, type Provider, ProviderError } from "../provider/contract.ts";
import { resolvePlace } from "../sandbox/places.ts";

export interface PlacedLogin {
  readonly provider: Provider;
  readonly login?: Login | undefined;
}

/** Returns the absolute path, or null when the account has no such file or its settings cannot be read. */
export function findLoginPlace(
  { provider, login }: PlacedLogin,
  place: string,
  { environment, createContext }: {
    readonly environment: Environment;
    readonly createContext: CreateContext;
  },
): string | null {
  const { find } = createContext(provider, new AbortController().signal, { login });
  try {
    return resolvePlace(place, { environment, find, login });
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
