/** Which quotas of the analytics page are added up, and which amounts with which. */
import { type DisplayUnit, displayUnit } from "../../model/view/format.ts";
import { amountKind, type Counting, countQuotas, NOT_COUNTED } from "../../model/history/counting.ts";
import { type QuotaKey, splitQuotaKey } from "../../model/quota.ts";
import type { AppContext } from "../../app/context.ts";
import type { Member } from "./members.ts";

/** Amounts of one kind may be added up. */
export interface AmountKind {
  /** `usd`, `credits-cny`. */
  readonly kind: string;
  readonly unit: DisplayUnit;
}

/** Selects the quotas that count, per account by its provider's rules, among the selected ones. */
export function countMembers(members: readonly Member[], { poolsOf }: Pick<AppContext, "poolsOf">) {
  const byAccount = Map.groupBy(members, ({ quota }) => splitQuotaKey(quota.key).account);
  const counted = new Map<QuotaKey, Counting>();
  for (const own of byAccount.values()) {
    const counts = countQuotas(own.map(({ quota }) => quota), poolsOf(own[0]!.provider));
    for (const { quota } of own) counted.set(quota.key, counts.get(quota.quota) ?? NOT_COUNTED);
  }
  return ({ quota }: Member) => counted.get(quota.key) ?? NOT_COUNTED;
}

export function identifyKind({ quota, provider }: Member): string {
  return amountKind(quota, provider);
}

export function listKinds(members: readonly Member[]): readonly AmountKind[] {
  const units = new Map(members.map((member) => [identifyKind(member), displayUnit(member.quota)]));
  return [...units].map(([kind, unit]) => ({ kind, unit }));
}

/** Returns the kind of amounts that most quotas have. */
export function findCommonest(members: readonly Member[]): AmountKind | null {
  const counts = new Map<string, number>();
  for (const member of members) counts.set(identifyKind(member), (counts.get(identifyKind(member)) ?? 0) + 1);
  const kind = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  return listKinds(members).find((one) => one.kind === kind) ?? null;
}
