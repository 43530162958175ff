/** A Claude subscription: a session of five hours from the first use, weeks, and extra spend in cents. */
import type { Person } from "../person.ts";
import { calendarMonths, iso, ownWeeks } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-ant-oat01-demo-opens-nothing";

export function anthropic(person: Person): Vendor {
  const usage = createUsage(person, "anthropic", { share: 0.75, sinceHours: 3.1 });
  const weeks = { windows: ownWeeks(person, "anthropic"), days: 7 };
  const session = usage.session("five-hour", { hours: 5, now: [0.5, 0.7] });
  const week = usage.period("seven-day", { ...weeks, typical: [0.6, 0.85], step: 0.5 });
  const sonnet = usage.period("seven-day-sonnet", { ...weeks, typical: [0.15, 0.3], step: 0.5 });
  const extra = usage.period("extra-usage", {
    limit: 50,
    step: 0.01,
    windows: calendarMonths(person),
    days: 30,
    typical: [0.2, 0.4],
  });
  const encodeWindow = (of: CountedUsage, req: VendorRequest) => ({
    utilization: of.used(req),
    resets_at: iso(of.end(req.now)),
  });

  return simpleVendor({
    id: "anthropic",
    key: KEY,
    environment: { ANTHROPIC_TOKEN: KEY },
    gauges: [session, week, sonnet, extra],
    routes: {
      "/api/oauth/usage": (req) => ({
        five_hour: encodeWindow(session, req),
        seven_day: encodeWindow(week, req),
        seven_day_oauth_apps: null,
        seven_day_opus: null,
        seven_day_sonnet: encodeWindow(sonnet, req),
        extra_usage: {
          is_enabled: true,
          monthly_limit: extra.limit * 100,
          used_credits: Math.round(extra.used(req) * 100),
          utilization: extra.used(req) / extra.limit * 100,
          currency: "USD",
          decimal_places: 2,
        },
      }),
    },
  });
}
