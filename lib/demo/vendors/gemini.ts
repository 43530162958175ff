/**
 * Gemini Code Assist: what is left of a day from the first use, by
 * model family; the tier comes from an earlier call.
 */
import type { Person } from "../person.ts";
import { DAY, iso } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "ya29.demo-opens-nothing";

export function gemini(person: Person): Vendor {
  const pro = createUsage(person, "gemini pro", { share: 0.45, sinceHours: 2 }).session("pro", {
    hours: 24,
    now: [0.1, 0.2],
    step: 0.1,
  });
  const flash = createUsage(person, "gemini flash", { share: 0.7 }).session("flash", {
    hours: 24,
    now: [0.03, 0.08],
    step: 0.1,
  });
  const encodeBucket = (modelId: string, of: CountedUsage, req: VendorRequest) => ({
    modelId,
    tokenType: "REQUESTS",
    remainingFraction: of.left(req) / 100,
    resetTime: iso(of.end(req.now) ?? req.now + DAY),
  });

  return simpleVendor({
    id: "gemini",
    key: KEY,
    method: "POST",
    environment: { GEMINI_ACCESS_TOKEN: KEY, SYNTRACK_GEMINI_ENABLED: "true" },
    gauges: [pro, flash],
    routes: {
      "/v1internal:loadCodeAssist": () => ({
        currentTier: { id: "standard-tier", name: "Gemini Code Assist Standard" },
        cloudaicompanionProject: "demo-project",
      }),
      "/v1internal:retrieveUserQuota": (req) => ({
        buckets: [
          encodeBucket("gemini-2.5-pro", pro, req),
          encodeBucket("gemini-3-pro-preview", pro, req),
          encodeBucket("gemini-2.5-flash", flash, req),
        ],
      }),
    },
  });
}
