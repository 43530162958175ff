/** Times of day as minutes, 0 to 1439, in the user's zone. */

/** Parses `07:30`; `24:00` (the end of the day) gives 0. Null when invalid. */
export function parseDayMinute(text: string): number | null {
  const [, hour, minute] = /^(\d{1,2}):([0-5]\d)$/.exec(text.trim()) ?? [];
  const value = Number(hour) * 60 + Number(minute);
  return value <= MINUTES_A_DAY ? value % MINUTES_A_DAY : null;
}

/** Formats `07:30`. */
export function dayMinuteText(minute: number): string {
  const padTwo = (part: number) => String(part).padStart(2, "0");
  return `${padTwo(Math.floor(minute / 60))}:${padTwo(minute % 60)}`;
}

const MINUTES_A_DAY = 24 * 60;
