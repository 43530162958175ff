/** What tables are made of besides what they look up: the present, who there is, and whose days are meant. */
import type { DashboardView } from "../../model/view/view.ts";
import type { AppContext, ProviderStatus } from "../../app/context.ts";

export interface TableContext {
  readonly view: DashboardView;
  readonly providers: readonly Pick<ProviderStatus, "id" | "name">[];
  /** IANA zone in which the page tells times. */
  readonly zone: string;
}

/** @param known the present, where it has been asked for already */
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
