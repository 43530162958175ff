/** Addresses inside the dashboard. */
import { type AccountKey, type QuotaKey, splitAccountKey, splitQuotaKey } from "../model/quota.ts";

/** Returns the page of an account. */
export function accountHref(key: AccountKey): string {
  const { provider, name } = splitAccountKey(key);
  return `/accounts/${encodeURIComponent(provider)}/${encodeURIComponent(name)}`;
}

/** Returns the detail of one quota on its account's page. */
export function quotaHref(key: QuotaKey): string {
  const { account, quota } = splitQuotaKey(key);
  return `${accountHref(account)}?quota=${encodeURIComponent(quota)}`;
}
