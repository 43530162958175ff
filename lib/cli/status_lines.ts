/** The short form of `syntrack status`: the headline, what needs attention, and one line for each quota. */
import { plain, roundNoise } from "../base/text.ts";
import { displayUnit, formatAge, formatAmount, formatDuration, formatShare } from "../model/view/format.ts";
import { findReset } from "../model/quota.ts";
import { findTroubles, rankByNeed, type RankedQuota, type Trouble } from "../model/view/need.ts";
import { type AccountView, isLate } from "../model/view/view.ts";
import type { ReadyState } from "../model/view/readiness.ts";
import { isRunOutUnlikely, statusLabel } from "../model/view/status.ts";
import { drawBar } from "./bars.ts";
import { type Cell, type GridRows, gridRows, tabLines } from "./grid.ts";
import type { Headline } from "./headline.ts";
import { inStatus, type Paint } from "./paint.ts";
import type { Present } from "./present.ts";
import { readLimitIfAny } from "./range.ts";
import { accountTitle, quotaName } from "./titles.ts";
import type { Tools } from "./tools.ts";
import { hasFlag } from "./values.ts";
import { wrapWords } from "./wrap.ts";

const BAR_WIDTH = 12;
/** Quotas shown however small the terminal is. */
const MIN_SHOWN = 3;
/** Narrower terminals have no room for a name in one line. */
const MIN_CUT_WIDTH = 48;
/** More of them add nothing new. */
const MAX_TROUBLES = 4;
/** Lines besides the rows: the prompt, the titles of the table, and the space above them. */
const BESIDE_ROWS = 4;

export function needLines(tools: Tools, { accounts }: Present, headline: Headline): readonly string[] {
  const { now, paint, width } = tools;
  const needed = rankByNeed(accounts, now);
  if (tools.plain) {
    const rows = needed.slice(0, readLimitIfAny(tools.typed) ?? needed.length);
    return tabLines(rows.map((one) => plainRow(one, now)));
  }
  const isQuiet = hasFlag(tools.typed, "quiet");
  const head = isQuiet ? [] : wrapWords(inAnswer(paint, headline.state, headline.text), width);
  const troubles = isQuiet ? [] : troubleLines(findTroubles(accounts, now), now, tools);
  const shown = needed.slice(0, countShown(tools, needed, [head.length, troubles.length]));
  const table = shown.length === 0 ? [] : tableLines(quotaTable(shown, now, tools), isQuiet);
  const more = isQuiet ? [] : wrapWords(moreText(needed.slice(shown.length)), width);
  return [head, troubles, table, more[0] === "" ? [] : more.map(paint.dim)]
    .filter((part) => part.length > 0)
    .flatMap((part, index) => index === 0 ? part : ["", ...part]);
}

/** The headline and what needs attention, as lines above a table. */
export function headLines(
  accounts: readonly AccountView[],
  headline: Headline,
  now: number,
  place: Pick<Tools, "paint" | "width">,
): readonly string[] {
  const head = wrapWords(inAnswer(place.paint, headline.state, headline.text), place.width);
  const troubles = troubleLines(findTroubles(accounts, now), now, place);
  return troubles.length === 0 ? head : [...head, "", ...troubles];
}

/** A table of quotas: one line each, or, where names have no room or would look alike, as many as they need. */
export function quotaTable(
  needed: readonly RankedQuota[],
  now: number,
  place: Pick<Tools, "paint" | "width">,
): GridRows {
  const rows = needed.map((one) => formatRow(one, now, place.paint));
  if (place.width >= MIN_CUT_WIDTH) return gridRows(COLUMNS, rows, place);
  const narrow = rows.map(([state, account, quota, , used, resets]) =>
    [state[1], `${account} ${quota}`, used!, resets!] as const
  );
  return gridRows(NARROW_COLUMNS, narrow, place);
}

function tableLines({ titles, rows }: GridRows, isBare: boolean): readonly string[] {
  return isBare ? rows.flat() : [...titles, ...rows.flat()];
}

/** Returns how many fit without scrolling, or were requested; all without a terminal. */
function countShown(
  tools: Tools,
  needed: readonly RankedQuota[],
  above: readonly number[],
): number {
  const { typed, now, rows, width } = tools;
  const asked = readLimitIfAny(typed);
  if (asked !== null) return asked;
  if (rows === null) return needed.length;
  const room = rows - BESIDE_ROWS -
    above.reduce((sum, lines) => sum + (lines > 0 ? lines + 1 : 0), 0);
  const heights = quotaTable(needed, now, tools).rows.map(({ length }) => length);
  const linesOf = (count: number) => heights.slice(0, count).reduce((sum, height) => sum + height, 0);
  if (linesOf(needed.length) <= room + 1) return needed.length;
  const most = room - wrapWords(moreText(needed), width).length;
  let count = Math.min(needed.length, Math.max(MIN_SHOWN, most));
  while (count > MIN_SHOWN && linesOf(count) > most) count--;
  return count;
}

function moreText(rest: readonly RankedQuota[]): string {
  if (rest.length === 0) return "";
  const calm = rest.every(({ need }) => need === "fine" || need === "unknown" || need === "old");
  const what = calm ? `${rest.length} more, none of them tight` : `${rest.length} more`;
  return `${what}: syntrack status --limit 100, or --long for everything`;
}

const COLUMNS = [
  { title: ["State", ""] },
  { title: "Account", minWidth: 14, cut: true },
  { title: "Quota", minWidth: 16, cut: true },
  { title: "", ornament: true },
  { title: "Used", right: true },
  { title: "Resets", right: true },
  { title: "Forecast", dropOrder: 1, early: true },
] as const;

const NARROW_COLUMNS = [
  { title: "" },
  { title: "Quota", minWidth: 12 },
  { title: "Used", right: true },
  { title: "Resets", right: true },
] as const;

function formatRow(
  one: RankedQuota,
  now: number,
  paint: Paint,
): readonly [[string, string], string, string, ...Cell[]] {
  const { account, quota, need } = one;
  const sign = SIGNS[need];
  const tint = (text: string) => need === "old" ? paint.dim(text) : inStatus(paint, quota.status, text);
  return [
    [tint(`${sign} ${chooseWord(one)}`), tint(sign)],
    accountTitle(account),
    quotaName(quota, account),
    quota.share === null ? "" : tint(drawBar(quota.share, BAR_WIDTH)),
    usedCell(quota),
    resetCell(one, now),
    forecastCell(one, now, paint),
  ];
}

const SIGNS = { out: "✕", "runs-out": "✕", tight: "▲", fine: "●", unknown: "○", old: "○" } as const;

function chooseWord({ quota, need }: RankedQuota): string {
  if (need === "old") return "old";
  if (need === "out") return quota.status === "blocked" ? "blocked" : "used up";
  if (need === "runs-out") return "runs out";
  return quota.forecast && isRunOutUnlikely(quota.forecast) ? "may run out" : statusLabel(quota);
}

/** The share of a limit; without one, what is left of a balance or what was used. */
function usedCell(quota: RankedQuota["quota"]): string {
  const { share, remaining, used } = quota;
  if (share !== null) return formatShare(share);
  const unit = displayUnit(quota);
  if (remaining !== null) return `${formatAmount(remaining, unit)} left`;
  return used === null ? "-" : formatAmount(used, unit);
}

function resetCell({ quota }: RankedQuota, now: number): string {
  const { at } = quota;
  const resetsAt = findReset(quota);
  if (resetsAt === null) return "-";
  if (resetsAt > now) return formatDuration(resetsAt - now);
  return at < resetsAt ? "passed" : "overdue";
}

function forecastCell(one: RankedQuota, now: number, paint: Paint): Cell {
  const { quota: { forecast, at, gone }, need } = one;
  const resetsAt = findReset(one.quota);
  if (need === "old") {
    return paint.dim(`${gone ? "no longer reported, " : ""}${ageText({ at }, now)}`);
  }
  const late = isLate(one.account, one.quota) ? paint.dim(ageText({ at }, now)) : "";
  if (!forecast || need === "out") return late;
  const { emptyAt, state, projectedShare } = forecast;
  if (state === "runs-dry" && emptyAt !== null) {
    const early = resetsAt !== null && resetsAt > emptyAt
      ? `, ${formatDuration(resetsAt - emptyAt)} early`
      : "";
    const left = emptyAt <= now ? "out now" : `out in ${formatDuration(emptyAt - now)}`;
    return [`${left}${early}`, left];
  }
  if ((state === "lasts" || state === "tight") && projectedShare !== null) {
    return [`${formatShare(projectedShare)} at reset`, formatShare(projectedShare)];
  }
  return emptyAt !== null && emptyAt > now ? `lasts ${formatDuration(emptyAt - now)}` : late;
}

/** State, key, used share, left, unit, reset and run-out as instants: for programs, so nothing but noise is rounded. */
function plainRow({ account, quota, need }: RankedQuota, _now: number): readonly string[] {
  const formatInstant = (at: number | null | undefined) => at == null ? "" : new Date(at).toISOString();
  return [
    need,
    plain(quota.key),
    plain(quota.label),
    quota.share === null ? "" : String(roundNoise(quota.share)),
    quota.remaining === null ? "" : String(roundNoise(quota.remaining)),
    displayUnit(quota),
    formatInstant(quota.resetsAt),
    formatInstant(quota.forecast?.emptyAt),
    formatInstant(isLate(account, quota) ? quota.at : account.at),
  ];
}

/** What the user has to do: a line for each login and failure, one for all silent accounts. */
function troubleLines(
  troubles: readonly Trouble[],
  now: number,
  { paint, width }: Pick<Tools, "paint" | "width">,
): readonly string[] {
  const silent = troubles.filter(({ kind }) => kind === "silent").map(({ account }) => account);
  const loud = troubles.filter(({ kind }) => kind !== "silent");
  const lines = loud.slice(0, MAX_TROUBLES).map(({ account, kind }) => {
    const hint = plain(account.health.hint ?? "").trim();
    const what = kind === "sign-in" ? "sign in again" : "cannot be read";
    return paint.red(
      `✕ ${accountTitle(account)}: ${what}${hint === "" ? "" : `. ${hint}`} (${ageText(account, now)})`,
    );
  });
  if (loud.length > MAX_TROUBLES) {
    const more = loud.length - MAX_TROUBLES;
    const who = more === 1 ? "1 more account" : `${more} more accounts`;
    lines.push(paint.red(`✕ ${who} cannot be read: syntrack account list`));
  }
  if (silent.length > 0) {
    const newest = silent.reduce((best, one) => (one.at ?? 0) > (best.at ?? 0) ? one : best);
    const who = silent.length === 1 ? accountTitle(newest) : `${silent.length} accounts`;
    lines.push(
      paint.yellow(
        `▲ ${who}: no new figures, last ${ageText(newest, now)}. \`syntrack start\` polls in the background`,
      ),
    );
  }
  return lines.flatMap((line) => wrapWords(line, width, "  "));
}

function ageText({ at }: Pick<AccountView, "at">, now: number): string {
  return at === null ? "never read" : `read ${formatAge(now - at)}`;
}

/** The first word says it; the colour only repeats it. */
function inAnswer(paint: Paint, state: ReadyState, text: string): string {
  const [, word = "", rest = ""] = /^([^,.:]+)(.*)$/s.exec(text) ?? [];
  const tint = { ready: paint.green, "at-risk": paint.yellow, out: paint.red, unknown: paint.dim }[state];
  return paint.bold(tint(word)) + rest;
}
