/** The analysis that answers commands, as it answers every other surface. */
import { type Analysis, createAnalysis } from "../read/analysis.ts";
import { SESSION_IDLE } from "../config/idle.ts";
import { splitAccountKey } from "../model/quota.ts";
import { type StatusBounds, statusBounds } from "../model/view/status.ts";
import { readSettings } from "../app/settings.ts";
import type { Store } from "../store/store.ts";
import { chooseQuotas, type SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";

/** What a command concludes about. */
export interface Subjects {
  readonly store: Store;
  readonly analysis: Analysis;
  /** The quotas that were meant. */
  readonly chosen: readonly SelectedQuota[];
  readonly zone: () => string;
  /** Where the words for how full a quota is begin, as somebody set them. */
  readonly bounds: StatusBounds;
}

/**
 * Null when nothing was read yet.
 *
 * @param nameOf what people call a provider, for answers that say it: knowing all of them takes loading the whole program
 * @throws {CliError} for a name nobody has
 */
export async function subjectsOf(
  tools: Tools,
  nameOf: (provider: string) => string = (provider) => provider,
  options: { readonly withHidden?: boolean } = {},
): Promise<Subjects | null> {
  const store = await tools.store();
  const records = await tools.records(options);
  if (!store || records.length === 0) return null;
  const chosen = chooseQuotas(tools.typed, records);
  const place = await tools.place();
  const idleMs = place.setting(SESSION_IDLE);
  const { workDays, thresholds } = await readSettings(store, tools.now);
  const bounds = statusBounds(thresholds);
  const analysis = createAnalysis({
    store,
    clock: tools.clock,
    zone: place.zone,
    records: () => tools.records(options),
    workDays: () => workDays,
    about: (account) => ({ providerName: nameOf(splitAccountKey(account).provider), idleMs }),
    statusBounds: () => bounds,
  });
  return { store, analysis, chosen, zone: place.zone, bounds };
}
