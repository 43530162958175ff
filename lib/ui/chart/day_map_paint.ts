/** The colours of calendar days on a page; apart from those of all charts, which the overview's stylesheet has. */
import { type DayMapPaint, PAGE_PAINT } from "./paint.ts";

export const DAY_MAP_PAINT: DayMapPaint = {
  ...PAGE_PAINT,
  heat: (level) => ({ class: `heat heat-${level}` }),
};
