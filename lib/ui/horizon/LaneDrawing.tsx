/**
 * One lane as a drawing of any width: what is left now as a solid bar, what will be left as a pale area with
 * a dotted edge, a cross where it runs out, a solid line where it resets. Only lines and areas are stretched.
 */
import type { Horizon } from "../../model/horizon/horizon.ts";
import { isEmptyAt, type Lane, leftAt } from "../../model/horizon/lane.ts";
import { formatPercent, timeTicks } from "../chart/axes.ts";
import type { HorizonPaint } from "./paint.ts";

/** Half the size of the cross. */
const CROSS = 4;
/** Width of the bar of what is left now. */
const NOW_WIDTH = 5;
/** The width in which all lines and areas are drawn, before they are stretched. */
const UNITS = 1000;

export interface LaneDrawingProps {
  readonly horizon: Pick<Horizon, "from" | "to" | "idle">;
  readonly lane: Lane;
  readonly zone: string;
  readonly paint: HorizonPaint;
  readonly height: number;
}

/** Draws the background of all lanes: the idle hours, and a line for each mark of the axis. */
export function LaneGround({ horizon, zone, paint, height }: Omit<LaneDrawingProps, "lane">) {
  const { from, to, idle } = horizon;
  const placeOf = (at: number) => placeIn(horizon, at);
  return (
    <>
      {idle?.map((timeRange) => (
        <rect
          key={timeRange.from}
          {...paint.part("idle")}
          x={formatPercent(placeOf(timeRange.from))}
          width={formatPercent(placeOf(timeRange.to) - placeOf(timeRange.from))}
          height={height}
        />
      ))}
      {timeTicks(from, to, zone).map((tick) => (
        <line
          key={tick.at}
          {...paint.part("grid")}
          x1={formatPercent(tick.place)}
          x2={formatPercent(tick.place)}
          y2={height}
        />
      ))}
    </>
  );
}

function placeIn({ from, to }: Pick<Horizon, "from" | "to">, at: number): number {
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

export function LaneDrawing({ horizon, lane, paint, height }: Omit<LaneDrawingProps, "zone">) {
  const { from, to } = horizon;
  const { left, state, emptyAt, resetsAt } = lane;
  const placeOf = (at: number) => placeIn(horizon, at);
  const isShown = (at: number | null): at is number => at !== null && at >= from && at < to;
  const empty = findEmptyRange(lane, from, to);
  const level = left[0]?.[1] ?? null;
  const isUnknown = left.length < 2 && empty === null;
  return (
    <>
      {empty !== null && (
        <rect
          {...paint.empty(state !== "runs-out")}
          data-mark="empty"
          x={formatPercent(placeOf(empty.from))}
          width={formatPercent(placeOf(empty.to) - placeOf(empty.from))}
          height={height}
        />
      )}
      {left.length > 1 && (
        <svg width="100%" height={height} viewBox={`0 0 ${UNITS} ${height}`} preserveAspectRatio="none">
          <path {...paint.area(state)} d={`${edgePath(horizon, lane, height)}V${height}H0z`} />
          <path {...paint.edge(state)} data-mark="forecast" d={edgePath(horizon, lane, height)} />
        </svg>
      )}
      {isUnknown && (
        <line
          {...paint.part("unknown")}
          data-mark="unknown"
          x1="0"
          x2="100%"
          y1={height / 2}
          y2={height / 2}
        />
      )}
      <line {...paint.part("base")} x1="0" x2="100%" y1={height - 0.5} y2={height - 0.5} />
      {level !== null && level > 0 && (
        <rect
          {...paint.level(state)}
          width={NOW_WIDTH}
          y={round(height * (1 - level))}
          height={round(height * level)}
        />
      )}
      {isShown(emptyAt) && (
        <svg x={formatPercent(placeOf(emptyAt))} overflow="visible" data-mark="out">
          <path
            {...paint.out(state)}
            d={`M${-CROSS} ${height - 2 * CROSS - 2}l${2 * CROSS} ${2 * CROSS}m0 ${-2 * CROSS}l${
              -2 * CROSS
            } ${2 * CROSS}`}
          />
        </svg>
      )}
      {isShown(resetsAt) && (
        <line
          {...paint.part("reset")}
          data-mark="reset"
          x1={formatPercent(placeOf(resetsAt))}
          x2={formatPercent(placeOf(resetsAt))}
          y2={height}
        />
      )}
    </>
  );
}

/** When nothing is left: from now, or from the run-out, to the reset. */
function findEmptyRange(lane: Lane, from: number, to: number) {
  const begin = isEmptyAt(lane, from) ? from : lane.emptyAt;
  if (begin === null || begin >= to || !isEmptyAt(lane, Math.max(begin, from))) return null;
  return { from: Math.max(begin, from), to: Math.min(to, lane.resetsAt ?? to) };
}

function edgePath({ from, to }: Pick<Horizon, "from" | "to">, lane: Lane, height: number): string {
  const at = (instant: number, left: number) =>
    `${round(UNITS * (instant - from) / (to - from))} ${round(height * (1 - left))}`;
  const shown = lane.left.filter(([instant]) => instant <= to).map(([instant, left]) => at(instant, left));
  const end = leftAt(lane, to);
  if (end !== null) shown.push(at(to, end));
  const last = lane.left.at(-1)?.[0] ?? from;
  return `M${shown.join("L")}${last < to ? `H${round(UNITS * (last - from) / (to - from))}` : ""}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
