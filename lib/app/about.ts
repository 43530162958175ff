/** What only the settings know of accounts, for whoever analyses them. */
import type { AboutAccount } from "../read/analysis.ts";
import type { Config } from "../config/config.ts";
import { type AccountKey, splitAccountKey } from "../model/quota.ts";
import { DEFAULT_RULES, type Rules } from "../model/engine/state.ts";
import type { Provider } from "../provider/contract.ts";

type Settings = Pick<Config, "sessionIdleMs">;

/** @param current gives the settings as they stand, which may change while the program runs */
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
 * The rules by which readings are taken in, wherever they come from. How often they were read is no part of
 * them: that the readings tell.
 */
export function engineRules({ sessionIdleMs }: Settings): Rules {
  return { ...DEFAULT_RULES, idleMs: sessionIdleMs };
}
