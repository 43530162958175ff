/**
 * GitHub Copilot: premium requests per calendar month, counting down in tenths, beside two unlimited quotas.
 */
import type { Person } from "../person.ts";
import { calendarMonths, iso } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const KEY = "gho_demoOpensNothing";
const UNLIMITED = {
  entitlement: 0,
  remaining: 0,
  quota_remaining: 0,
  percent_remaining: 100,
  unlimited: true,
  overage_count: 0,
  overage_permitted: false,
};

export function copilot(person: Person): Vendor {
  const usage = createUsage(person, "copilot", { share: 0.5 });
  const premium = usage.period("premium-interactions", {
    limit: 1500,
    step: 0.1,
    windows: calendarMonths(person),
    days: 30,
    typical: [0.75, 0.95],
  });
  const open = (quota: string): Level => ({ quota, figure: "used", stated: () => 0 });

  function answer(req: VendorRequest) {
    const left = premium.left(req);
    const end = premium.end(req.now);
    return {
      login: req.swapped ? "somebody-else" : "octo-demo",
      copilot_plan: "individual_pro",
      access_type_sku: "plus_monthly_subscriber_quota",
      chat_enabled: true,
      quota_reset_date: iso(end)?.slice(0, 10),
      quota_reset_date_utc: iso(end),
      quota_snapshots: {
        chat: UNLIMITED,
        completions: UNLIMITED,
        premium_interactions: {
          entitlement: premium.limit,
          remaining: Math.floor(left),
          quota_remaining: left,
          percent_remaining: left / premium.limit * 100,
          unlimited: false,
          overage_count: 0,
          overage_permitted: false,
        },
      },
    };
  }

  return simpleVendor({
    id: "copilot",
    key: KEY,
    environment: { COPILOT_TOKEN: KEY },
    gauges: [premium],
    levels: [open("chat"), open("completions")],
    routes: { "/copilot_internal/user": answer },
  });
}
