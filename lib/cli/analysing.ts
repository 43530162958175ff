/** The analysis that answers commands, as it answers every other surface. */
import { type Analysis, createAnalysis, type Page, type Place } from "../analysis.ts";
import { aboutAccounts } from "../compose/about.ts";
import { type StatusBounds, statusBounds } from "../model/status.ts";
import { readSettings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { programFor } from "./program_for.ts";
import type { Range } from "./range.ts";
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

/** What a command takes out of pages. */
export interface Wanted<T> extends Range {
  readonly limit: number;
  readonly accept: (item: T) => boolean;
}

export interface Taken<T> {
  readonly items: readonly T[];
  /** Whether there are more than were wanted. */
  readonly more: boolean;
}

/** Items that started in a range, newest first, page after page until there are enough. */
export async function takePages<T extends { readonly startedAt: number }>(
  { from = Number.NEGATIVE_INFINITY, to, limit, accept }: Wanted<T>,
  read: (after: Place | undefined) => Promise<Page<T>>,
): Promise<Taken<T>> {
  const items: T[] = [];
  // No key comes before the empty one, so this is the place before all that started earlier than `to`.
  let after: Place | undefined = to === undefined ? undefined : { at: to - 1, key: "" };
  while (true) {
    const page = await read(after);
    for (const item of page.items) {
      if (item.startedAt < from) return { items, more: false };
      if (!accept(item)) continue;
      if (items.length >= limit) return { items, more: true };
      items.push(item);
    }
    if (page.next === null) return { items, more: false };
    after = page.next;
  }
}
