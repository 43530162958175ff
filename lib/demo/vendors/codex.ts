/**
 * Codex on a ChatGPT plan: five hours from the first use and a
 * week, in whole percents, with an expiring login.
 */
import { DAY_MS } from "../../model/duration.ts";
import type { Person } from "../person.ts";
import { iso, ownWeeks } from "./periods.ts";
import { simpleVendor } from "./simple.ts";
import { type CountedUsage, createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const SESSION_SECONDS = 5 * 3600;
const WEEK_SECONDS = 7 * 86_400;
/** The banked resets expire after this many days. */
const BANKED = [9, 23];

export function codex(person: Person, loginEndsAt: number): Vendor {
  const usage = createUsage(person, "codex", { share: 0.55, sinceHours: 1.6 });
  const session = usage.session("five-hour", { hours: 5, now: [0.25, 0.4] });
  const week = usage.period("seven-day", {
    windows: ownWeeks(person, "codex"),
    days: 7,
    typical: [0.8, 1.05],
  });
  const key = tokenThatEnds(loginEndsAt);

  function encodeWindow(of: CountedUsage, seconds: number, req: VendorRequest) {
    // Between windows the end is as far away as if one began now.
    const end = of.end(req.now) ?? req.now + seconds * 1000;
    return {
      used_percent: of.used(req),
      limit_window_seconds: seconds,
      reset_after_seconds: Math.round((end - req.now) / 1000),
      reset_at: Math.round(end / 1000),
    };
  }

  return simpleVendor({
    id: "codex",
    key,
    environment: { CODEX_TOKEN: key, CODEX_ACCOUNT_ID: "acct-demo" },
    gauges: [session, week],
    routes: {
      "/backend-api/wham/usage": (req) => ({
        user_id: "user-demo",
        account_id: "acct-demo",
        plan_type: "plus",
        rate_limit: {
          allowed: true,
          limit_reached: session.used(req) >= 100,
          primary_window: encodeWindow(session, SESSION_SECONDS, req),
          secondary_window: encodeWindow(week, WEEK_SECONDS, req),
        },
        code_review_rate_limit: null,
        additional_rate_limits: null,
        credits: { has_credits: false, unlimited: false, balance: "0" },
        rate_limit_reset_credits: { available_count: BANKED.length },
      }),
      "/backend-api/wham/rate-limit-reset-credits": ({ now }) => ({
        credits: BANKED.map((days, index) => ({
          id: `reset-demo-${index}`,
          reset_type: "codex_rate_limits",
          status: "available",
          // Whole days, so that responses do not change from poll to poll.
          expires_at: iso((Math.floor(now / DAY_MS) + days) * DAY_MS),
        })),
        available_count: BANKED.length,
      }),
    },
  });
}

/** Creates an unsigned JSON web token that states its expiry. */
function tokenThatEnds(at: number): string {
  const encodePart = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("=", "");
  return [encodePart({ alg: "none" }), encodePart({ exp: Math.floor(at / 1000) }), "demo"].join(".");
}
