/** Cursor: three percentages of a billing month and on-demand spend, through the editor's calls. */
import type { Person } from "../person.ts";
import { ownMonths } from "./periods.ts";
import { notFound, simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "demo-opens-nothing";
const SERVICE = "/aiserver.v1.DashboardService";

export function cursor(person: Person): Vendor {
  const usage = createUsage(person, "cursor", { share: 0.6 });
  const month = { windows: ownMonths(person, "cursor"), days: 30 };
  const total = usage.period("total", { ...month, typical: [0.55, 0.75], step: 0.01 });
  const auto = usage.period("auto", { ...month, typical: [0.35, 0.55], step: 0.01 });
  const api = usage.period("api", { ...month, typical: [0.85, 1.1], step: 0.01 });
  const onDemand = usage.period("on-demand", { ...month, limit: 50, step: 0.01, typical: [0.1, 0.25] });

  function encodePeriod(req: VendorRequest) {
    const { window } = total.meter.at(req.now);
    const spent = Math.round(onDemand.used(req) * 100);
    return {
      billingCycleStart: String(window?.from ?? req.now),
      billingCycleEnd: String(window?.to ?? req.now),
      planUsage: {
        limit: 2000,
        includedSpend: Math.round(total.used(req) * 20),
        remaining: Math.round(total.left(req) * 20),
        autoPercentUsed: auto.used(req),
        apiPercentUsed: api.used(req),
        totalPercentUsed: total.used(req),
      },
      spendLimitUsage: {
        individualLimit: onDemand.limit * 100,
        individualUsed: spent,
        individualRemaining: onDemand.limit * 100 - spent,
        limitType: "user",
      },
      enabled: true,
    };
  }

  return simpleVendor({
    id: "cursor",
    key: KEY,
    method: "POST",
    environment: { CURSOR_TOKEN: KEY },
    gauges: [total, auto, api, onDemand],
    routes: {
      [`${SERVICE}/GetCurrentPeriodUsage`]: encodePeriod,
      [`${SERVICE}/GetPlanInfo`]: () => ({ planInfo: { planName: "Pro", includedAmountCents: 2000 } }),
      [`${SERVICE}/GetCreditGrantsBalance`]: notFound,
      [`${SERVICE}/GetSandUsageStatus`]: notFound,
    },
  });
}
