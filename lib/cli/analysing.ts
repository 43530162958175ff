/** The analysis that answers commands, as it answers every other surface. */
import { type Analysis, createAnalysis } from "../read/analysis.ts";
import { aboutAccounts } from "../app/about.ts";
import { type StatusBounds, statusBounds } from "../model/view/status.ts";
import { readSettings } from "../app/settings.ts";
import type { Store } from "../store/store.ts";
import { programFor } from "./program_for.ts";
import { chooseQuotas, type Chosen } from "./select.ts";
import type { Tools } from "./tools.ts";

/** What a command concludes about. */
export interface Subjects {
  readonly store: Store;
  readonly analysis: Analysis;
  /** The quotas that were meant. */
  readonly chosen: readonly Chosen[];
  readonly zone: string;
  /** Where the words for how full a quota is begin, as somebody set them. */
  readonly bounds: StatusBounds;
}

/** Null when nothing was read yet. @throws {CliError} for a name nobody has */
export async function subjectsOf(tools: Tools): Promise<Subjects | null> {
  const store = await tools.store();
  const records = await tools.records();
  if (!store || records.length === 0) return null;
  const chosen = chooseQuotas(tools.typed, records);
  const zone = (await tools.place()).zone();
  const { config, providers } = programFor(tools, { quiet: true });
  const { workDays, thresholds } = await readSettings(store, tools.now);
  const bounds = statusBounds(thresholds);
  const analysis = createAnalysis({
    store,
    clock: tools.clock,
    zone: () => zone,
    records: () => tools.records(),
    workDays: () => workDays,
    about: aboutAccounts(() => config, providers),
    statusBounds: () => bounds,
  });
  return { store, analysis, chosen, zone, bounds };
}
