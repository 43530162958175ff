/**
 * The view of `syntrack watch`, as lines of a given size. Pure: the same facts at the same instant give the
 * same lines.
 */
import { rankByNeed } from "../model/view/need.ts";
import { clockText } from "../model/time.ts";
import { createHeadline } from "./headline.ts";
import type { Paint } from "./paint.ts";
import type { Present } from "./present.ts";
import { headLines, quotaTable } from "./status_lines.ts";
import { cutStyled, wrapWords } from "./wrap.ts";
import { measureWidth } from "./width.ts";

export interface WatchState {
  readonly present: Present;
  /** When it was read, epoch milliseconds. */
  readonly readAt: number;
  /** Why the last reading failed, or null. */
  readonly problem: string | null;
  /** Index of the first quota shown. */
  readonly top: number;
  readonly isHelp: boolean;
}

export interface WatchPlace {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly paint: Paint;
}

export interface WatchPicture {
  readonly lines: readonly string[];
  /** Index of the first quota shown, and the largest it can be: then the last page is full. */
  readonly top: number;
  readonly lastTop: number;
  /** How many quotas are shown. */
  readonly page: number;
}

/** Two keys a row, where there is room. */
const KEYS: readonly (readonly [left: string, right: string])[] = [
  ["j, down      a line down", "k, up        a line up"],
  ["space, PgDn  a page down", "b, PgUp      a page up"],
  ["g, Home      to the beginning", "G, End       to the end"],
  ["r            read again", "?            this help"],
  ["q, Ctrl-C    leave", ""],
];
const KEY_WIDTH = 32;
const WHOSE_FIGURES = "Figures are those stored on this machine. `syntrack start` polls in the background.";

function helpLines(columns: number): readonly string[] {
  const keys = KEYS.flatMap(([left, right]) =>
    columns >= 2 * KEY_WIDTH ? [`${left.padEnd(KEY_WIDTH)}${right}`.trimEnd()] : [left, right].filter(Boolean)
  );
  return ["Keys", "", ...keys, "", ...wrapWords(WHOSE_FIGURES, columns)];
}

export function drawPicture(state: WatchState, { columns, rows, now, paint }: WatchPlace): WatchPicture {
  const { accounts, zone } = state.present;
  const unmoved = { top: state.top, lastTop: state.top, page: rows };
  const needed = rankByNeed(accounts, now);
  const place = { paint, width: columns };
  const footer = footerLine(state, { columns, now, paint });
  if (state.isHelp) {
    const help = helpLines(columns).map((line) => cutStyled(line, columns));
    return { lines: padLines(help, rows - 1, footer), ...unmoved };
  }
  if (accounts.length === 0) {
    const text = "No readings yet. `syntrack setup` finds your accounts, and `syntrack start` polls them.";
    return { lines: padLines(wrapWords(text, columns), rows - 1, footer), ...unmoved };
  }
  const headline = createHeadline(accounts, now, zone);
  const table = quotaTable(needed, now, place);
  const quotas = table.rows;
  // While no account has been read there is no table, and its head would promise one.
  const titles = quotas.length === 0 ? [] : table.titles;
  const heights = quotas.map(({ length }) => length);
  // Cut lines above the table before the table: a screen of six rows shows figures too.
  const above = [...headLines(accounts, headline, now, place), ""];
  const least = heights.slice(0, MIN_ROWS).reduce((sum, height) => sum + height, 0);
  const head = above.slice(0, Math.max(0, rows - 1 - titles.length - least));
  const room = Math.max(1, rows - 1 - titles.length - head.length);
  const lastTop = quotas.length - countFitting(heights.toReversed(), room);
  const top = Math.min(state.top, lastTop);
  const page = countFitting(heights.slice(top), room);
  // The last quota that does not fit as a whole is not shown in part: its figures would be without a name.
  const body = quotas.slice(top, top + page).flat();
  return { lines: padLines([...head, ...titles, ...body], rows - 1, footer), top, lastTop, page };
}

const MIN_ROWS = 3;

/** Returns how many of the first quotas fit, at least one. */
function countFitting(heights: readonly number[], room: number): number {
  let taken = 0;
  const beyond = heights.findIndex((height) => (taken += height) > room);
  return beyond < 0 ? heights.length : Math.max(1, beyond);
}

function footerLine(
  { present, readAt, problem }: WatchState,
  { columns, now, paint }: Omit<WatchPlace, "rows">,
): string {
  const read = `read ${clockText(readAt, present.zone())}`;
  const keys = "q quit  j/k move  r refresh  ? help";
  const left = problem === null ? keys : `${problem}`;
  const right = now - readAt < 0 ? "" : read;
  const gap = columns - measureWidth(left) - measureWidth(right);
  const text = gap >= 2 ? left + " ".repeat(gap) + right : left;
  return problem === null ? paint.dim(cutStyled(text, columns)) : paint.red(cutStyled(text, columns));
}

function padLines(lines: readonly string[], rows: number, footer: string): readonly string[] {
  return [...Array.from({ length: Math.max(0, rows) }, (_, row) => lines[row] ?? ""), footer];
}
