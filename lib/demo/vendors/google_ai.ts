/**
 * The Gemini API: Cloud Monitoring series, at most one request a minute, counted from midnight in California.
 */
import type { Person } from "../person.ts";
import { daysIn, iso } from "./periods.ts";
import { notFound, simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "ya29.demo-opens-nothing-either";
const HOUR = 3_600_000;
const METRIC = "generativelanguage.googleapis.com/quota/generate_content_free_tier_requests";
const LIMIT = 250;

export function googleAi(person: Person): Vendor {
  const usage = createUsage(person, "google ai", { share: 0.4 });
  const daily = usage.period("requests-per-day-gemini-2-5-flash", {
    limit: LIMIT,
    windows: daysIn("America/Los_Angeles", person),
    days: 1,
    typical: [0.3, 0.5],
  });

  /** Hourly points, which readers sum up. */
  function encodePoints(req: VendorRequest) {
    const { window } = daily.meter.at(req.now);
    const found: unknown[] = [];
    let before = 0;
    for (let from = window?.from ?? req.now; from < req.now; from += HOUR) {
      const to = Math.min(req.now, from + HOUR);
      const until = to === req.now ? daily.used(req) : daily.stated(to);
      found.unshift({
        interval: { startTime: iso(from), endTime: iso(to) },
        value: { int64Value: String(until - before) },
      });
      before = until;
    }
    return found;
  }

  function encodeSeries(req: VendorRequest) {
    const filter = new URL(req.request.url).searchParams.get("filter") ?? "";
    const what = ["usage", "limit"].find((one) => filter === `metric.type="${METRIC}/${one}"`);
    if (what === undefined) return notFound();
    const at = iso(req.now);
    return {
      timeSeries: [{
        metric: {
          type: `${METRIC}/${what}`,
          labels: {
            limit_name: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
            model: "gemini-2.5-flash",
          },
        },
        resource: { labels: { project_id: "demo", location: "global" } },
        points: what === "usage" ? encodePoints(req) : [{
          interval: { startTime: at, endTime: at },
          value: { int64Value: String(LIMIT) },
        }],
      }],
    };
  }

  return simpleVendor({
    id: "google-ai",
    key: KEY,
    environment: { GOOGLE_OAUTH_ACCESS_TOKEN: KEY, GOOGLE_AI_PROJECT: "demo" },
    gauges: [daily],
    routes: { "/v3/projects/demo/timeSeries": encodeSeries },
    nonsense: { timeSeries: [{ name: "requests", value: "many" }] },
  });
}
