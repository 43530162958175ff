/** Reads what to snooze, and until when. */
import { plain } from "../base/text.ts";
import { parseDayMinute } from "../model/alerts/day_minute.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import { nextReset } from "../model/alerts/next_reset.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/duration.ts";
import { instantAt, wallTime } from "../model/time.ts";
import type { AccountView } from "../model/view/view.ts";
import { usageError } from "./io.ts";
import { unknownName } from "./select.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText, readInstant } from "./values.ts";

const MAX_SNOOZE_MS = 366 * DAY_MS;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** @throws {CliError} */
export function parseTarget(word: string): Snooze["target"] {
  if (word === "all") return "*";
  // Names may contain spaces; whether there is one is checked later.
  if (!/^[a-z0-9-]+\/[^/]+(\/.+)?$/.test(word)) {
    throw usageError(
      `"${plain(word, 60)}" is neither all nor an account nor a quota`,
      "Such as zai/default or zai/default/tokens",
    );
  }
  return word as Snooze["target"];
}

/** @throws {CliError} for a target that no account has: nothing would be silent */
export function requireTarget(target: Snooze["target"], accounts: readonly AccountView[]): Snooze["target"] {
  const keys = accounts.flatMap(({ key, quotas }) => [key, ...quotas.map((quota) => quota.key)]);
  if (target !== "*" && !keys.some((key) => key === target)) {
    throw unknownName("account or quota", target, keys);
  }
  return target;
}

/** Returns when a snooze ends. @throws {CliError} */
export async function readUntil(
  tools: Tools,
  target: Snooze["target"],
  accounts: readonly AccountView[],
): Promise<number> {
  const [time, word] = [parseTypedText(tools.typed, "for"), parseTypedText(tools.typed, "until")];
  if (word === undefined) return tools.now + parseDuration(time ?? "4h");
  if (time !== undefined) throw usageError("alerts snooze takes --for or --until, not both");
  if (word === "reset") {
    const reset = nextReset(accounts, target, tools.now);
    if (reset === null) throw usageError("No reset of it is announced", "Use --for 4h or --until 18:00");
    return reset;
  }
  const until = nextTime(word, tools.now, (await tools.dataLocation()).zone());
  if (until === null || until <= tools.now || until - tools.now > MAX_SNOOZE_MS) {
    throw usageError(
      `Cannot snooze until "${plain(word, 30)}"`,
      "Expected reset, a time such as 18:00 or 2026-12-03 18:00, within 366 days",
    );
  }
  return until;
}

/** Reads `18:00` as the next one, `2026-12-03 18:00` of the zone, or an instant with its own zone. */
function nextTime(text: string, now: number, zone: string): number | null {
  const minute = parseDayMinute(text);
  if (minute !== null) {
    const wall = wallTime(now, zone);
    const at = { hour: Math.floor(minute / 60), minute: minute % 60 };
    const today = instantAt({ ...wall, ...at }, zone);
    return today > now ? today : instantAt({ ...wall, day: wall.day + 1, ...at }, zone);
  }
  const [, year, month, day, hour, of] = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)$/.exec(text)?.map(Number) ??
    [];
  if (year === undefined) return readInstant(text);
  return instantAt({ year, month: month!, day: day!, hour: hour!, minute: of! }, zone);
}

function parseDuration(text: string): number {
  const match = /^(\d{1,4})([mhd])$/.exec(text);
  const ms = match === null ? 0 : Number(match[1]) * UNITS[match[2]!]!;
  if (ms <= 0 || ms > MAX_SNOOZE_MS) {
    throw usageError(
      `Cannot snooze for "${plain(text, 30)}"`,
      "Expected a time such as 30m, 4h or 2d, at most 366 days",
    );
  }
  return ms;
}
