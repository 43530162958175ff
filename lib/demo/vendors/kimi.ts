/** Kimi Code: a week and five hours as text with a limit of 100, and the user of the response. */
import type { Person } from "../person.ts";
import { iso, ownWeeks } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-kimi-demo-opens-nothing";

export function kimi(person: Person): Vendor {
  const usage = createUsage(person, "kimi", { share: 0.4, sinceHours: 1.4 });
  const weekly = usage.period("weekly", {
    windows: ownWeeks(person, "kimi"),
    days: 7,
    typical: [0.4, 0.6],
  });
  const fiveHour = usage.session("five-hour", { hours: 5, now: [0.12, 0.2] });

  function encodeDetail(of: CountedUsage, req: VendorRequest) {
    const end = of.end(req.now);
    return {
      limit: String(of.limit),
      used: String(of.used(req)),
      remaining: String(of.left(req)),
      ...end === null ? {} : { resetTime: iso(end) },
    };
  }

  return simpleVendor({
    id: "kimi",
    key: KEY,
    environment: { KIMI_CODE_API_KEY: KEY },
    gauges: [weekly, fiveHour],
    routes: {
      "/coding/v1/usages": (req) => ({
        user: {
          userId: req.swapped ? "u-somebody-else" : "u-demo",
          region: "REGION_OVERSEA",
          membership: { level: "LEVEL_INTERMEDIATE" },
        },
        usage: encodeDetail(weekly, req),
        limits: [
          { window: { duration: 300, timeUnit: "TIME_UNIT_MINUTE" }, detail: encodeDetail(fiveHour, req) },
        ],
        parallel: { limit: "20" },
        totalQuota: {},
        subType: "TYPE_PURCHASE",
      }),
    },
  });
}
