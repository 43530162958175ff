/** What tables are built from besides stored data: the current state, the accounts, and the zone of their days. */
import type { DashboardView } from "../../model/view/view.ts";
import type { AppContext, ProviderStatus } from "../../app/context.ts";

export interface TableContext {
  readonly view: DashboardView;
  readonly providers: readonly Pick<ProviderStatus, "id" | "name">[];
  /** IANA zone in which the page shows times. */
  readonly zone: string;
}

/** @param known the current state, if already loaded */
export async function createTableContext(
  services: AppContext,
  zone: string,
  known?: DashboardView,
): Promise<TableContext> {
  const [view, providers] = await Promise.all([
    known ?? services.dashboard({ withHidden: true }),
    services.providers(),
  ]);
  return { view, providers, zone };
}
