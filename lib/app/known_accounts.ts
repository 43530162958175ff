/** What the running program knows about accounts besides the store: for the dashboard and provider lists. */
import type { PresentParts } from "../read/present.ts";
import { findBaseUrl } from "../config/base_url.ts";
import type { Environment } from "../config/config.ts";
import type { CredentialFacts } from "../model/outcome.ts";
import type { TroubleView } from "../model/view/view.ts";
import { statusBounds } from "../model/view/status.ts";
import type { Scheduler } from "../poll/scheduler.ts";
import { type Provider, setUpHint } from "../provider/contract.ts";
import type { aboutAccounts } from "./about.ts";
import type { ProviderStatus } from "./context.ts";
import type { CurrentConfig } from "./current_config.ts";
import { accountSettings, hiddenAccounts, type SettingsKeeper, viewSettings } from "./settings.ts";

export interface KnownAccountsParts {
  readonly current: CurrentConfig;
  readonly providers: readonly Provider[];
  readonly scheduler: Pick<Scheduler, "accounts"> & { trouble(): TroubleView | null };
  readonly settings: SettingsKeeper;
  readonly about: ReturnType<typeof aboutAccounts>;
}

/** Describes accounts as pages show them: their facts, order and context. */
export function describeAccounts(
  { current, providers, scheduler, settings, about }: KnownAccountsParts,
): Pick<PresentParts, "prepare" | "facts" | "hidden" | "order" | "around"> {
  const registryOrder = new Map(providers.map(({ id }, place) => [id, place]));
  return {
    prepare: () => settings.load(),
    facts() {
      const found = new Map<string, CredentialFacts>(scheduler.accounts().map((one) => [one.account, one]));
      const bounds = statusBounds(settings.current.thresholds);
      return (account) => ({
        providerName: about(account).providerName,
        configured: found.has(account),
        credential: found.get(account) ?? null,
        ...accountSettings(settings.current, account),
        statusBounds: bounds,
      });
    },
    hidden() {
      const found = new Set<string>(scheduler.accounts().map(({ account }) => account));
      return hiddenAccounts(settings.current).filter((key) => !found.has(key));
    },
    order() {
      const chosen = new Map<string, number>(settings.current.accountOrder.map((key, place) => [key, place]));
      return (a, b) =>
        placeIn(chosen, a.key) - placeIn(chosen, b.key) ||
        placeIn(registryOrder, a.provider) - placeIn(registryOrder, b.provider);
    },
    around: () => ({
      settings: viewSettings(settings.current, current().timezone),
      trouble: scheduler.trouble(),
    }),
  };
}

/** Lists every provider with its discovered accounts, in the order of the registry. */
export function listProviderStatuses(
  { providers, scheduler, environment, setUpHint: hintOf = setUpHint }: {
    readonly providers: readonly Provider[];
    readonly scheduler: Pick<Scheduler, "accounts" | "problems" | "intervalOf">;
    readonly environment: Environment;
    readonly setUpHint?: ((provider: Provider) => string) | undefined;
  },
): readonly ProviderStatus[] {
  const accounts = scheduler.accounts();
  const problems = scheduler.problems();
  return providers.map((provider) => {
    const own = accounts.filter((account) => account.provider === provider.id);
    return {
      id: provider.id,
      name: provider.name,
      configured: own.length > 0,
      accounts: own.map(({ name, source, expiresAt, fingerprint, remedy }) => ({
        name,
        source,
        expiresAt,
        fingerprint,
        remedy,
      })),
      baseUrl: findBaseUrl(provider, environment).baseUrl?.origin ?? null,
      intervalMs: scheduler.intervalOf(provider.id),
      setup: hintOf(provider),
      problem: problems.get(provider.id) ?? null,
    };
  });
}

function placeIn(order: ReadonlyMap<string, number>, key: string): number {
  return order.get(key) ?? order.size;
}
