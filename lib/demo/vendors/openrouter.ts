/** OpenRouter: a key with a weekly limit in dollars, purchased credits, free daily requests. */
import type { Person } from "../person.ts";
import { alignedWindows, calendarMonths, calendarWeeks, DAY } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-or-v1-demo-opens-nothing";
/** More than is ever spent: such spend is stated, but not limited. */
const OPEN = 1_000_000;

export function openrouter(person: Person): Vendor {
  const usage = createUsage(person, "openrouter", { share: 0.35 });
  const [days, weeks] = [alignedWindows(person, DAY), calendarWeeks(person)];
  const keyLimit = usage.period("key-limit", {
    limit: 25,
    step: 0.01,
    windows: weeks,
    days: 7,
    typical: [0.6, 0.85],
  });
  const free = usage.period("free-model-daily", {
    limit: 1000,
    windows: days,
    days: 1,
    typical: [0.05, 0.1],
  });
  const perDollar = (inMonth: number): readonly [number, number] => [inMonth / OPEN, inMonth / OPEN];
  const open = { limit: OPEN, step: 0.01 };
  const daily = usage.period("spend-daily", { ...open, windows: days, days: 1, typical: perDollar(2.6) });
  const monthly = usage.period("spend-monthly", {
    ...open,
    windows: calendarMonths(person),
    days: 30,
    typical: perDollar(78),
  });
  const credits = usage.purse("credits", { perMonth: 78, topUp: 50, low: 8 });

  function encodeKey(req: VendorRequest) {
    const { now } = req;
    return {
      data: {
        label: "sk-or-v1-dem...ing",
        limit: keyLimit.limit,
        limit_remaining: keyLimit.left(req),
        limit_reset: "weekly",
        include_byok_in_limit: false,
        usage: credits.spent(now),
        usage_daily: daily.stated(now),
        usage_weekly: keyLimit.used(req),
        usage_monthly: monthly.stated(now),
        is_free_tier: false,
        creator_user_id: req.swapped ? "user_somebody_else" : "user_demo",
        expires_at: null,
        free_model_daily_requests: {
          used: free.used(req),
          limit: free.limit,
          remaining: free.left(req),
        },
      },
    };
  }

  return simpleVendor({
    id: "openrouter",
    key: KEY,
    environment: { OPENROUTER_API_KEY: KEY },
    gauges: [keyLimit, free, daily, monthly],
    // Only a key with its own limit spends.
    levels: [credits, { quota: "spend-weekly", figure: "used", stated: keyLimit.stated }],
    routes: {
      "/api/v1/key": encodeKey,
      "/api/v1/credits": ({ now }) => ({
        data: { total_credits: credits.paid(now), total_usage: credits.spent(now) },
      }),
    },
  });
}
