/** OpenCode Go: five hours, a week and a month in percent, and the workspace's owner. */
import type { Person } from "../person.ts";
import { calendarWeeks, iso, ownMonths } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-demo-opens-nothing";

export function opencodeZen(person: Person): Vendor {
  const usage = createUsage(person, "opencode", { share: 0.3, sinceHours: 1.1 });
  const rolling = usage.session("five-hour", { hours: 5, now: [0.2, 0.35] });
  const weekly = usage.period("weekly", { windows: calendarWeeks(person), days: 7, typical: [0.5, 0.7] });
  const monthly = usage.period("monthly", {
    windows: ownMonths(person, "opencode"),
    days: 30,
    typical: [0.5, 0.8],
  });
  const encodeWindow = (of: CountedUsage, req: VendorRequest) => ({
    status: of.used(req) >= 100 ? "rate-limited" : "ok",
    percent: of.used(req),
    resetsAt: iso(of.end(req.now)),
  });

  return simpleVendor({
    id: "opencode-zen",
    key: KEY,
    environment: { OPENCODE_GO_API_KEY: KEY },
    gauges: [rolling, weekly, monthly],
    routes: {
      "/zen/go/v1/usage": (req) => ({
        workspaceID: req.swapped ? "wrk_SomebodyElse" : "wrk_Demo",
        userID: "usr_demo",
        usage: {
          rolling: encodeWindow(rolling, req),
          weekly: encodeWindow(weekly, req),
          monthly: encodeWindow(monthly, req),
        },
      }),
    },
  });
}
