/** Addresses inside the dashboard. */
import { type AccountKey, type QuotaKey, splitAccountKey, splitQuotaKey } from "../model/quota.ts";

/** The page of an account. */
export function accountHref(key: AccountKey): string {
  const { provider, name } = splitAccountKey(key);
  return `/accounts/${encodeURIComponent(provider)}/${encodeURIComponent(name)}`;
}

/** The detail of one quota on the page of its account. */
export function quotaHref(key: QuotaKey): string {
  const { account, quota } = splitQuotaKey(key);
  return `${accountHref(account)}?quota=${encodeURIComponent(quota)}`;
}
