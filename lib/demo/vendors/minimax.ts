/**
 * MiniMax on a token plan: five hours and a week in percent, daily videos whose count is what is left, and
 * speech, whose exhaustion only a status shows.
 */
import type { Person } from "../person.ts";
import { alignedWindows, calendarWeeks, DAY } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const HOUR = 3_600_000;
const KEY = "sk-cp-demo-opens-nothing";
/** Days begin at midnight in Beijing. */
const BEIJING = 16 * HOUR;
const WITHIN = 1;
const USED_UP = 2;

export function minimax(person: Person): Vendor {
  const usage = createUsage(person, "minimax", { share: 0.5 });
  const fiveHour = usage.period("five-hour", {
    windows: alignedWindows(person, 5 * HOUR),
    days: 5 / 24,
    typical: [0.2, 0.3],
  });
  const weekly = usage.period("weekly", { windows: calendarWeeks(person), days: 7, typical: [0.3, 0.5] });
  const days = { windows: alignedWindows(person, DAY, BEIJING), days: 1 };
  const video = usage.period("video-daily", { ...days, limit: 4, typical: [0.4, 0.7] });
  const speech = usage.period("speech-daily", { ...days, limit: 20, typical: [3, 4] });
  const isSpoken = (now: number) => speech.stated(now) >= speech.limit;
  // Only the status shows its level, so before the end nothing is known.
  const speechLeft: Level = {
    quota: "speech-daily",
    figure: "remaining",
    stated: (now) => isSpoken(now) ? 0 : null,
  };

  function answer(req: VendorRequest) {
    const { now } = req;
    const [five, week, day] = [fiveHour, weekly, video].map((one) => one.meter.at(now).window);
    const encodeTimes = (span: typeof five) => ({ start_time: span?.from, end_time: span?.to });
    return {
      model_remains: [
        {
          model_name: "general",
          ...encodeTimes(five ?? null),
          current_interval_total_count: 0,
          current_interval_usage_count: 0,
          current_interval_remaining_percent: fiveHour.left(req),
          current_interval_status: WITHIN,
          current_weekly_total_count: 0,
          current_weekly_usage_count: 0,
          current_weekly_remaining_percent: weekly.left(req),
          current_weekly_status: WITHIN,
          weekly_start_time: week?.from,
          weekly_end_time: week?.to,
        },
        {
          model_name: "video",
          ...encodeTimes(day ?? null),
          current_interval_total_count: video.limit,
          current_interval_usage_count: video.left(req),
          current_interval_remaining_percent: video.left(req) / video.limit * 100,
          current_interval_status: WITHIN,
          current_weekly_total_count: 0,
          current_weekly_usage_count: 0,
        },
        {
          model_name: "speech",
          ...encodeTimes(day ?? null),
          current_interval_total_count: 0,
          current_interval_usage_count: 0,
          current_interval_status: isSpoken(now) ? USED_UP : WITHIN,
          current_weekly_total_count: 0,
          current_weekly_usage_count: 0,
        },
      ],
      current_subscribe_title: "Token Plan Plus",
      base_resp: { status_code: 0, status_msg: "success" },
    };
  }

  return simpleVendor({
    id: "minimax",
    key: KEY,
    environment: { MINIMAX_API_KEY: KEY },
    gauges: [fiveHour, weekly, video],
    levels: [speechLeft],
    routes: { "/v1/token_plan/remains": answer },
  });
}
