/**
 * Titles of accounts and quotas on a terminal: makes outside names harmless, and never repeats a vendor's name.
 */
import { plain } from "../base/text.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";

/** A vendor's text may be of any length. */
export const MAX_LABEL = 60;

type NamedAccount = Pick<AccountView, "label" | "name" | "providerName" | "provider">;

/** Returns `Claude`, or `Claude (work)` when the account has its own name, or the name its user gave it. */
export function accountTitle({ label, name, providerName, provider }: NamedAccount): string {
  const own = plain(label ?? "", MAX_LABEL).trim();
  if (own !== "") return own;
  const vendor = plain(providerName, MAX_LABEL).trim() || provider;
  return name === "default" ? vendor : `${vendor} (${plain(name, MAX_LABEL)})`;
}

/** Returns the name of a quota beside that of its account. */
export function quotaName(quota: Pick<QuotaView, "label" | "quota">, { providerName }: NamedAccount): string {
  const title = plain(quota.label, MAX_LABEL).trim() || plain(quota.quota, MAX_LABEL);
  const vendor = plain(providerName, MAX_LABEL).trim().toLowerCase();
  const isNamed = vendor !== "" && title.toLowerCase().startsWith(`${vendor} `);
  const rest = isNamed ? title.slice(vendor.length).trim() : title;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
