/** What only the settings know of accounts, for whoever analyses them. */
import type { AboutAccount } from "../analysis.ts";
import type { Config } from "../config.ts";
import { type AccountKey, splitAccountKey } from "../model/quota.ts";
import { DEFAULT_RULES, type Rules } from "../model/state.ts";
import { rulesFor } from "../poll/rules.ts";
import { expectedIntervalMs } from "../poll/schedule.ts";
import type { Provider } from "../provider.ts";

type Settings = Pick<Config, "schedule" | "schedules" | "sessionIdleMs">;

/** @param now gives the instant at which an interval is meant: that of a cron expression varies */
export function aboutAccounts(
  config: Settings,
  providers: readonly Provider[],
  now: () => number,
): (account: AccountKey) => AboutAccount {
  return (account) => {
    const id = splitAccountKey(account).provider;
    const provider = providers.find((one) => one.id === id);
    const schedule = config.schedules[id] ?? config.schedule;
    const intervalMs = expectedIntervalMs(schedule, provider?.everyMs ?? 0, now());
    const { idleMs } = rulesFor(rulesOf(config), intervalMs);
    return { providerName: provider?.name ?? id, intervalMs, idleMs };
  };
}

/** The rules by which readings of accounts are taken in, as the poller has them. */
export function accountRules(
  config: Settings,
  providers: readonly Provider[],
  now: () => number,
): (account: AccountKey) => Rules {
  const about = aboutAccounts(config, providers, now);
  return (account) => rulesFor(rulesOf(config), about(account).intervalMs);
}

function rulesOf({ sessionIdleMs }: Settings): Rules {
  return { ...DEFAULT_RULES, idleMs: sessionIdleMs };
}
