import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatLimits } from "../lib/model/view/format.ts";
import {
  ABOVE,
  type DayMapData,
  DayMapPlot,
  dayMapSize,
  dayPlaces,
  LEFT,
} from "../lib/ui/chart/DayMapPlot.tsx";
import { DAY_MAP_PAINT } from "../lib/ui/chart/day_map_paint.ts";
import { Walker } from "../lib/ui/chart/Walker.tsx";
import { dateText } from "../lib/ui/dates.ts";

interface DayMapProps {
  readonly data: DayMapData;
  readonly zone: string;
}

/** Days by which a key moves the cursor: a week runs down, the weeks to the right. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  ArrowLeft: -7,
  ArrowRight: 7,
  PageUp: -28,
  PageDown: 28,
  Home: -Infinity,
  End: Infinity,
};

/** Daily consumption as a calendar, with the figures of the day under the pointer. */
export default function DayMap({ data, zone }: DayMapProps) {
  const cursor = useSignal<number | null>(null);
  const { days, values } = data;
  const day = cursor.value;
  const strip = useRef<HTMLDivElement>(null);

  // Readers look for the newest days first.
  useEffect(() => {
    if (strip.current) strip.current.scrollLeft = strip.current.scrollWidth;
  }, []);

  function findPoint(x: number, y: number) {
    const { width, height, step } = dayMapSize(days, zone);
    const column = Math.floor((x * width - LEFT) / step);
    const row = Math.floor((y * height - ABOVE) / step);
    const found = dayPlaces(days, zone).findIndex((place) => place.column === column && place.row === row);
    cursor.value = found < 0 ? null : found;
  }

  function press(key: string): boolean {
    if (key === "Escape") cursor.value = null;
    else if (key in STEPS) {
      const last = days.length - 1;
      cursor.value = cursor.value === null ? last : Math.min(last, Math.max(0, cursor.value + STEPS[key]!));
    } else return false;
    return true;
  }

  const value = day === null ? null : values[day] ?? null;
  const announcement = day === null
    ? "Point at a day"
    : `${dateText(days[day]!, zone)}: ${value === null ? "no reading" : `${formatLimits(value)} of limits`}`;
  return (
    <figure>
      <div ref={strip} class="overflow-x-auto">
        <Walker
          label="Calendar of consumption. Up and down arrow keys move by day, left and right by week."
          said={announcement}
          onPoint={findPoint}
          onLeave={() => cursor.value = null}
          onKey={press}
        >
          <DayMapPlot data={data} zone={zone} cursor={day} paint={DAY_MAP_PAINT} />
        </Walker>
      </div>
      <figcaption class="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
        <span class="day-moment chart-moment-room" aria-hidden="true">{announcement}</span>
        <span class="ml-auto flex items-center gap-1.5">
          <svg width="14" height="14" aria-hidden="true">
            <rect {...DAY_MAP_PAINT.part("unread")} x="0.5" y="0.5" width="12" height="12" />
          </svg>
          no reading
        </span>
        <span class="flex items-center gap-1.5">
          nothing
          <svg width="77" height="13" aria-hidden="true">
            {[0, 1, 2, 3, 4].map((level) => (
              <rect key={level} {...DAY_MAP_PAINT.heat(level)} x={level * 16} width="13" height="13" />
            ))}
          </svg>
          most
        </span>
      </figcaption>
    </figure>
  );
}
