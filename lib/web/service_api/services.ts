/** Accounts as services: the list, its order, and their status. */
import {
  currentQuotas,
  type Service,
  type ServiceFacts,
  serviceJson,
  type ServiceStatus,
  serviceStatus,
} from "../../formats/service_api/services.ts";
import type { UsageQuota } from "../../formats/service_api/figures.ts";
import { serviceId } from "../../formats/service_api/names.ts";
import { type AccountKey, splitAccountKey } from "../../model/quota.ts";
import type { AccountView, DashboardView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";

/** The part of the program needed here; each request passes its services. */
export type Source = Pick<AppContext, "accounts" | "dashboard" | "providers" | "settings">;

/** A service with its present; null before it was ever polled. */
export interface KnownService {
  readonly facts: ServiceFacts;
  readonly view: AccountView | null;
  /** Whether it was added here, and so can be changed here. */
  readonly stored: boolean;
}

export interface Services {
  readonly all: readonly KnownService[];
  readonly view: DashboardView;
}

/** Every configured or stored account, disabled ones included, in display order. */
export async function findServices(source: Source): Promise<Services> {
  const [entries, view, providers, settings] = await Promise.all([
    source.accounts.list(),
    source.dashboard(),
    source.providers(),
    source.settings.load(),
  ]);
  const views = new Map<AccountKey, AccountView>(view.accounts.map((one) => [one.key, one]));
  const order = [...settings.accountOrder, ...view.accounts.map(({ key }) => key)];
  const placeOf = (key: AccountKey) => (order.indexOf(key) + order.length + 1) % (order.length + 1);
  const shown = entries.filter(({ key, stored, source: found }) => {
    const own = views.get(key);
    return stored || found !== null || (own !== undefined && (own.health.state !== "off" || own.paused));
  }).sort((a, b) => placeOf(a.key) - placeOf(b.key));
  const all = shown.map((entry, place): KnownService => {
    const provider = providers.find(({ id }) => id === entry.provider);
    const own = views.get(entry.key) ?? null;
    return {
      view: own,
      stored: entry.stored,
      facts: {
        key: entry.key,
        providerName: own?.providerName ?? provider?.name ?? splitAccountKey(entry.key).provider,
        label: entry.label,
        enabled: entry.polling,
        place: place + 1,
        addedAt: entry.addedAt,
        settings: entry.settings,
        found: entry.source !== null || own?.source !== undefined,
        baseUrl: provider?.baseUrl ?? null,
        outcome: entry.outcome,
      },
    };
  });
  return { all, view };
}

export function findService({ all }: Services, id: string): KnownService | undefined {
  return all.find(({ facts }) => serviceId(facts.key) === id || facts.key === id);
}

export async function listServices(source: Source): Promise<readonly Service[]> {
  return (await findServices(source)).all.map(({ facts }) => serviceJson(facts));
}

/** The status of the enabled ones. */
export function listStatuses({ all, view }: Services): readonly ServiceStatus[] {
  return all.filter(({ facts }) => facts.enabled)
    .map((one) => serviceStatus(one.facts, one.view, view.settings.thresholds));
}

export async function readStatuses(source: Source): Promise<readonly ServiceStatus[]> {
  return listStatuses(await findServices(source));
}

export async function readQuotas(source: Source): Promise<readonly UsageQuota[]> {
  const { all, view } = await findServices(source);
  return all.filter(({ facts }) => facts.enabled)
    .flatMap((one) => currentQuotas(one.view, view.settings.thresholds));
}
