/**
 * Finds which of the stored accounts are configured now. It needs every provider, so it is loaded only when a user
 * hid an account, or when `guard` cannot tell because of one that nothing polls.
 */
import { accountSettings, readSettings } from "../app/settings.ts";
import { isPolledElsewhere } from "../model/engine/interval.ts";
import { type AccountKey, accountKey, splitAccountKey } from "../model/quota.ts";
import type { AccountRecord } from "../store/store.ts";
import type { UnpolledReason } from "./lazy.ts";
import { listProviders } from "./program_for.ts";
import type { Tools } from "./tools.ts";

/**
 * Returns keys of the accounts that have a credential, or that another process polls. Always as of now, whatever
 * instant the user requested.
 */
export async function listConfigured(
  tools: Tools,
  latest: readonly AccountRecord[],
): Promise<ReadonlySet<AccountKey>> {
  const found = (await listProviders(tools)).flatMap(({ id, accounts }) =>
    accounts.map(({ name }) => accountKey(id, name))
  );
  const now = tools.clock.present?.() ?? tools.now;
  const polled = latest.filter(({ outcome }) => isPolledElsewhere(outcome, now));
  return new Set([...found, ...polled.map(({ account }) => account)]);
}

/**
 * Returns the accounts that nothing polls: those that are off, and those that have no credential of their own any more.
 * An account of a provider whose logins cannot be looked up is not one of them.
 */
export async function listUnpolled(
  tools: Tools,
  latest: readonly AccountRecord[],
): Promise<ReadonlyMap<AccountKey, UnpolledReason>> {
  const statuses = new Map((await listProviders(tools)).map((status) => [status.id, status]));
  const now = tools.clock.now();
  const store = await tools.store();
  const settings = store && await readSettings(store, now);
  return new Map(
    latest.flatMap(({ account, outcome }): readonly (readonly [AccountKey, UnpolledReason])[] => {
      const { provider, name } = splitAccountKey(account);
      const { accounts = [], problem = null } = statuses.get(provider) ?? {};
      if (isPolledElsewhere(outcome, now)) return [];
      if (settings && !accountSettings(settings, account).polling) return [[account, "off"]];
      // Without a credential of its own, it waits for one.
      const isConfigured = accounts.some((one) => one.name === name) && outcome?.kind !== "missing";
      return isConfigured || problem !== null ? [] : [[account, "removed"]];
    }),
  );
}
