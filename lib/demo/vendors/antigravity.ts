/** Antigravity: the server of its app, with two pools of five hours and a week each. */
import type { Person } from "../person.ts";
import { iso, ownWeeks } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "demo-opens-nothing";
const PATH = "/exa.language_server_pb.LanguageServerService/RetrieveUserQuotaSummary";

export function antigravity(person: Person): Vendor {
  const weeks = { windows: ownWeeks(person, "antigravity"), days: 7, step: 0.01 };
  const own = createUsage(person, "antigravity gemini", { share: 0.4, sinceHours: 1.9 });
  const third = createUsage(person, "antigravity third party", { share: 0.35, sinceHours: 1.2 });
  const pools = [
    ["gemini-5h", "5h", own.session("gemini-five-hour", { hours: 5, now: [0.3, 0.5], step: 0.01 })],
    ["gemini-weekly", "weekly", own.period("gemini-weekly", { ...weeks, typical: [0.3, 0.5] })],
    ["3p-5h", "5h", third.session("third-party-five-hour", { hours: 5, now: [0.3, 0.5], step: 0.01 })],
    ["3p-weekly", "weekly", third.period("third-party-weekly", { ...weeks, typical: [0.8, 1.1] })],
  ] as const satisfies readonly (readonly [bucketId: string, window: string, gauge: CountedUsage])[];

  const bucketsOf = (group: string, req: VendorRequest) =>
    pools.filter(([bucketId]) => bucketId.startsWith(group)).map(([bucketId, window, gauge]) => ({
      bucketId,
      displayName: window === "5h" ? "Five Hour Limit" : "Weekly Limit",
      window,
      remainingFraction: gauge.left(req) / 100,
      resetTime: iso(gauge.end(req.now) ?? req.now + 5 * 3_600_000),
    }));

  return simpleVendor({
    id: "antigravity",
    key: KEY,
    header: "x-codeium-csrf-token",
    method: "POST",
    environment: { ANTIGRAVITY_CSRF_TOKEN: KEY, SYNTRACK_ANTIGRAVITY_ENABLED: "true" },
    gauges: pools.map(([, , gauge]) => gauge),
    routes: {
      [PATH]: (req) => ({
        response: {
          groups: [
            { displayName: "Gemini Models", buckets: bucketsOf("gemini", req) },
            { displayName: "Claude and GPT models", buckets: bucketsOf("3p", req) },
          ],
        },
      }),
    },
  });
}
