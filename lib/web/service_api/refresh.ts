/** Refreshes requested through the service API. */
import { type ServiceStatus, serviceStatus } from "../../formats/service_api/services.ts";
import type { State } from "../state.ts";
import { findService, findServices, readStatuses } from "./services.ts";

/**
 * Polls the vendors, then returns the status of all services. A caller who asked a moment ago gets that
 * result again: the other program asks its vendors each time, and its clients know no refusal.
 */
export async function refreshAll({ services, refreshGate }: State): Promise<readonly ServiceStatus[]> {
  if (refreshGate.pass(services.clock.now()) === 0) await services.pollNow();
  return await readStatuses(services);
}

/** Does the same for one service; null when there is none. */
export async function refreshOne(
  { services, refreshGate }: State,
  id: string,
): Promise<ServiceStatus | null> {
  const known = findService(await findServices(services), id);
  if (!known) return null;
  if (refreshGate.pass(services.clock.now()) === 0) await services.pollNow(known.facts.key);
  const now = await findServices(services);
  const after = findService(now, id);
  return after ? serviceStatus(after.facts, after.view, now.view.settings.thresholds) : null;
}
