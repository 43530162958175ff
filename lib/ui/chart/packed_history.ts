/**
 * The history of a chart as the page carries it: a line is one short text instead of thousands of small
 * arrays, which would cost more to write and parse than the rest of the page. Times are rounded to the second
 * and shares to a hundredth of a percent: finer than a chart can show.
 */
import type { HistoryView, Line, Point } from "../../model/history/history.ts";

export interface PackedHistory extends Omit<HistoryView, "lines"> {
  readonly lines: readonly PackedLine[];
}

export interface PackedLine {
  readonly key: Line["key"];
  /**
   * Alternating seconds since the previous point (the first since the epoch) and ten-thousandths of the limit;
   * `-` for a gap.
   */
  readonly points: string;
}

/** Caches both directions: lines never change, and the server draws what it packs. */
const packed = new WeakMap<Line, PackedLine>();
const unpacked = new WeakMap<PackedLine, Line>();

export function packHistory(history: HistoryView): PackedHistory {
  return { ...history, lines: history.lines.map(packLine) };
}

export function unpackHistory(history: PackedHistory): HistoryView {
  return { ...history, lines: history.lines.map(unpackLine) };
}

export function packLine(line: Line): PackedLine {
  const known = packed.get(line);
  if (known) return known;
  let points = "";
  let before = 0;
  for (const [at, share] of line.points) {
    // Round up: if the point came before its reading, the page would take the reading for a new one.
    const second = Math.ceil(at / 1000);
    points += `${second - before} ${share === null ? "-" : Math.round(share * 10_000)} `;
    before = second;
  }
  const result = { key: line.key, points: points.trimEnd() };
  packed.set(line, result);
  unpacked.set(result, line);
  return result;
}

export function unpackLine(line: PackedLine): Line {
  const known = unpacked.get(line);
  if (known) return known;
  const points: Point[] = [];
  const parts = line.points === "" ? [] : line.points.split(" ");
  let second = 0;
  for (let i = 0; i + 1 < parts.length; i += 2) {
    second += Number(parts[i]);
    points.push([second * 1000, parts[i + 1] === "-" ? null : Number(parts[i + 1]) / 10_000]);
  }
  return { key: line.key, points };
}
