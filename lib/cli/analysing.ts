/** The analysis behind commands, the same as behind every other surface. */
import { isAbsolute } from "../base/path.ts";
import { type Analysis, createAnalysis } from "../read/analysis.ts";
import { SESSION_IDLE } from "../config/idle.ts";
import { splitAccountKey } from "../model/quota.ts";
import { type StatusBounds, statusBounds } from "../model/view/status.ts";
import { readSettings } from "../app/settings.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import { lessonFiles } from "./lesson_files.ts";
import { chooseQuotas, type SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

/** What a command analyses. */
export interface Subjects {
  readonly store: Store;
  readonly analysis: Analysis;
  /** The instant that `--now` names; undefined for the present, which leaves no data out. */
  readonly asOf: number | undefined;
  /** The selected accounts, as the analysis knows them. */
  readonly records: readonly AccountRecord[];
  /** The selected quotas. */
  readonly chosen: readonly SelectedQuota[];
  readonly zone: () => string;
  /** The configured thresholds of the words for how full a quota is. */
  readonly bounds: StatusBounds;
}

/**
 * Opens the data that a command analyses; null when there are no readings yet.
 *
 * @param nameOf returns a provider's product name, for answers that show it: knowing all of them loads the
 * whole program
 * @throws {CliError} for an unknown name
 */
export async function openSubjects(
  tools: Tools,
  nameOf: (provider: string) => string = (provider) => provider,
  options: { readonly withHidden?: boolean } = {},
): Promise<Subjects | null> {
  const store = await tools.store();
  const records = await tools.records(options);
  if (!store || records.length === 0) return null;
  const chosen = chooseQuotas(tools.typed, records);
  const location = await tools.dataLocation();
  const { home } = tools.io;
  const idleMs = location.setting(SESSION_IDLE);
  const { workDays, thresholds } = await readSettings(store, tools.now);
  const bounds = statusBounds(thresholds);
  const analysis = createAnalysis({
    store,
    clock: tools.clock,
    zone: location.zone,
    records: () => Promise.resolve(records),
    workDays: () => workDays,
    about: (account) => ({ providerName: nameOf(splitAccountKey(account).provider), idleMs }),
    statusBounds: () => bounds,
    // Lessons are cached by the path of the database, which only a file has.
    ...home !== null && isAbsolute(location.dbPath) && {
      lessons: lessonFiles({ home, dbPath: location.dbPath, now: () => tools.clock.now() }),
    },
  });
  const asOf = parseTypedText(tools.typed, "now") === undefined ? undefined : tools.now;
  return { store, analysis, asOf, records, chosen, zone: location.zone, bounds };
}
