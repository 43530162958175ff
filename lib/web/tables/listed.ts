/** What tables of cycles and sessions share: selection, range, open or closed, order. */
import type { Filter } from "../../ui/table/kinds.ts";
import { createQueryReader, type QueryReader } from "./query_reader.ts";
import { type Column, parseSorting, type Sorting, wordFilter } from "./common.ts";
import { type ChosenRange, parseTimeRange, TABLE_RANGES } from "./range.ts";
import { parseSubjects, type Subjects } from "./subjects.ts";
import type { TableContext } from "./table_context.ts";

const STATES = ["all", "open", "over"] as const;
const STATE_WORDS = { all: "Open and finished", open: "Open", over: "Over" } as const;

export interface ListQuery {
  readonly reader: QueryReader;
  readonly timeRange: ChosenRange;
  readonly subjects: Subjects;
  readonly sorting: Sorting;
  readonly state: typeof STATES[number];
}

export function parseListQuery<Row>(
  query: URLSearchParams,
  context: TableContext,
  columns: readonly Column<Row>[],
): ListQuery {
  const reader = createQueryReader(query);
  return {
    reader,
    timeRange: parseTimeRange(reader, TABLE_RANGES, "7d", context.view.at, context.zone),
    subjects: parseSubjects(reader, context),
    state: reader.word("state", STATES, "all"),
    sorting: parseSorting(reader, columns, "started"),
  };
}

/** Reports whether an item with this end, or without one, is to be shown. */
export function isInState({ state }: Pick<ListQuery, "state">, endedAt: number | null): boolean {
  return state === "all" || (endedAt === null) === (state === "open");
}

export function stateFilter({ state }: Pick<ListQuery, "state">): Filter {
  return wordFilter("state", "State", STATES, state, (word) => STATE_WORDS[word]);
}

/** @param groups the first one means no grouping */
export function groupFilter<Group extends string>(groups: readonly Group[], chosen: Group): Filter {
  return wordFilter("group", "Group", groups, chosen, (word) => {
    return word === groups[0] ? "Not grouped" : `By ${word}`;
  });
}
