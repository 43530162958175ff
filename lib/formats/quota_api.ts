/**
 * The quota API: the JSON that dashboards and scripts of the first trackers of this kind expect under
 * `/api/current` and `/api/history`. Pure functions from views to shapes.
 *
 * `lib/formats` may import the model. It must never touch the store, and no other room uses its field names.
 * Unknown values are null, never 0.
 */
import type { HealthState } from "../model/outcome.ts";
import type { Sample } from "../model/history/samples.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView } from "../model/view/view.ts";
import { listedQuota, namedQuota, roundOrNull, toPercent } from "./quota_api_figures.ts";
import { findShape, furtherMembers, type Member } from "./quota_api_shapes.ts";

/** The answer of `/api/current` for one provider: these fields, and its quotas by name or as a list. */
export interface Current extends Readonly<Record<string, unknown>> {
  readonly capturedAt: string | null;
  readonly health: HealthState | null;
  readonly plan: string | null;
  /** Present only when there are several accounts. */
  readonly account?: string | null;
  readonly accounts?: readonly string[];
}

/**
 * @param account the account whose figures to show, or null when the provider has none
 * @param names names of all accounts of the provider; included when there are several
 */
export function encodeCurrent(
  provider: string,
  account: AccountView | null,
  names: readonly string[],
  now: number,
): Current {
  const head = {
    capturedAt: isoInstant(account?.at ?? null),
    health: account?.health.state ?? null,
    plan: account?.plan ?? null,
    ...names.length > 1 ? { account: account?.name ?? null, accounts: names } : {},
  };
  const quotas = (account?.quotas ?? []).filter(({ gone }) => !gone);
  const shape = findShape(provider);
  if (!shape) return { ...head, quotas: quotas.map((quota) => listedQuota(quota, now)) };

  const { insight } = shape;
  const members = [...shape.members, ...furtherMembers(shape, quotas.map(({ quota }) => quota))];
  const answers = members.map(({ name, quota: id, details = false }: Member) => {
    const quota = quotas.find(({ quota }) => quota === id);
    return [name, quota ? namedQuota(quota, now, { insight, details }) : null] as const;
  });
  return { ...head, ...Object.fromEntries(answers) };
}

/** A row of `/api/history`. */
export type HistoryRow = Readonly<Record<string, string | number | null>>;

/**
 * @param quotas ids of the account's quotas, in display order
 * @param samples oldest first
 */
export function encodeHistory(
  provider: string,
  quotas: readonly string[],
  samples: readonly Sample[],
): readonly HistoryRow[] {
  const shape = findShape(provider);
  if (!shape) {
    return samples.map(({ at, figures }) => ({
      capturedAt: isoInstant(at),
      ...Object.fromEntries(quotas.map((quota) => [quota, toPercent(figures.get(quota)?.share ?? null)])),
    }));
  }
  const members = [...shape.members, ...furtherMembers(shape, quotas)];
  return samples.map(({ at, figures }) => {
    const row: Record<string, string | number | null> = { capturedAt: isoInstant(at) };
    for (const { quota, columns } of members) {
      if (!columns) continue;
      const known = figures.get(quota);
      row[columns.used] = roundOrNull(known?.used ?? null);
      row[columns.limit] = roundOrNull(known?.limit ?? null);
      row[columns.percent] = toPercent(known?.share ?? null);
    }
    return row;
  });
}

/** The answer of `/api/providers`. */
export interface ProvidersMessage {
  /** Ids of the configured providers; `both` follows when there are several. */
  readonly providers: readonly string[];
  readonly current: string | null;
  readonly provider_labels: Readonly<Record<string, string>>;
}

/** @param configured in registry order */
export function encodeProviders(
  configured: readonly { readonly id: string; readonly name: string }[],
  current: string | null,
): ProvidersMessage {
  const choices = configured.length > 1 ? [...configured, { id: "both", name: "All" }] : configured;
  return {
    providers: choices.map(({ id }) => id),
    current,
    provider_labels: Object.fromEntries(choices.map(({ id, name }) => [id, name])),
  };
}
