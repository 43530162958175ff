/** Facts about accounts that only the settings hold, for the analysis. */
import type { AboutAccount } from "../read/analysis.ts";
import type { Config } from "../config/config.ts";
import { type AccountKey, splitAccountKey } from "../model/quota.ts";
import { DEFAULT_RULES, type Rules } from "../model/engine/state.ts";
import type { Provider } from "../provider/contract.ts";

type Settings = Pick<Config, "sessionIdleMs">;

/** @param current returns the current settings, which may change while the program runs */
export function aboutAccounts(
  current: () => Settings,
  providers: readonly Provider[],
): (account: AccountKey) => AboutAccount {
  return (account) => {
    const id = splitAccountKey(account).provider;
    const provider = providers.find((one) => one.id === id);
    return { providerName: provider?.name ?? id, idleMs: current().sessionIdleMs };
  };
}

/**
 * Derives the engine's rules for all readings, from any source. The interval of polls is none of them: the
 * readings show that.
 */
export function engineRules({ sessionIdleMs }: Settings): Rules {
  return { ...DEFAULT_RULES, idleMs: sessionIdleMs };
}
