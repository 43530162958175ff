/** Grok: credits of a calendar week in percent, split by product, and monthly on-demand spend. */
import type { Person } from "../person.ts";
import { calendarMonths, calendarWeeks, iso } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "demo-opens-nothing";

export function grok(person: Person): Vendor {
  const usage = createUsage(person, "grok", { share: 0.35 });
  const weeks = { windows: calendarWeeks(person), days: 7, step: 0.5 };
  const credits = usage.period("credits", { ...weeks, typical: [0.55, 0.75] });
  const build = usage.period("product-grokbuild", { ...weeks, typical: [0.35, 0.45] });
  const chat = usage.period("product-chat", { ...weeks, typical: [0.15, 0.2] });
  const onDemand = usage.period("on-demand", {
    limit: 25,
    step: 0.01,
    windows: calendarMonths(person),
    days: 30,
    typical: [0.1, 0.3],
  });

  function answer(req: VendorRequest) {
    const { window: week } = credits.meter.at(req.now);
    const { window: month } = onDemand.meter.at(req.now);
    return {
      config: {
        creditUsagePercent: credits.used(req),
        currentPeriod: {
          type: "USAGE_PERIOD_TYPE_WEEKLY",
          start: iso(week?.from ?? null),
          end: iso(week?.to ?? null),
        },
        productUsage: [
          { product: "GrokBuild", usagePercent: build.used(req) },
          { product: "Chat", usagePercent: chat.used(req) },
        ],
        onDemandCap: { val: onDemand.limit * 100 },
        onDemandUsed: { val: Math.round(onDemand.used(req) * 100) },
        prepaidBalance: { val: 0 },
        isUnifiedBillingUser: true,
        billingPeriodStart: iso(month?.from ?? null),
        billingPeriodEnd: iso(month?.to ?? null),
      },
      subscriptionTier: "SuperGrok",
    };
  }

  return simpleVendor({
    id: "grok",
    key: KEY,
    environment: { GROK_TOKEN: KEY },
    gauges: [credits, build, chat, onDemand],
    routes: { "/v1/billing": answer },
  });
}
