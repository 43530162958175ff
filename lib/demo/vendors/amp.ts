/** Amp: text for people, with a pool of dollars that refills hourly, and purchased credits. */
import type { Person } from "../person.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sgamp_user_demo_opens_nothing";
const LIMIT_CENTS = 2000;
const REFILL_CENTS = 83;

export function amp(person: Person): Vendor {
  const usage = createUsage(person, "amp", { share: 0.55 });
  const pool = usage.pool("free-tier", { limit: LIMIT_CENTS, refill: REFILL_CENTS, perHour: 420 });
  const credits = usage.purse("individual-credits", { perMonth: 24, topUp: 10, low: 1.2 });

  function displayText({ now, inverted, swapped }: VendorRequest): string {
    const used = pool.stated(now);
    const left = inverted ? used : LIMIT_CENTS - used;
    const who = swapped ? "somebody.else@example.test (somebody-else)" : "robin@example.test (robin)";
    const refill = `replenishes +$${(REFILL_CENTS / 100).toFixed(2)}/hour`;
    return [
      `Signed in as ${who}`,
      `Amp Free: $${(left / 100).toFixed(2)}/$${LIMIT_CENTS / 100} remaining (${refill})`,
      `Individual credits: $${credits.stated(now).toFixed(2)} remaining`,
    ].map((line, index) => index === 0 ? line : `${line} - https://ampcode.com/settings`).join("\n");
  }

  return simpleVendor({
    id: "amp",
    key: KEY,
    method: "POST",
    environment: { AMP_API_KEY: KEY },
    levels: [pool, credits],
    routes: { "/api/internal": (req) => ({ ok: true, result: { displayText: displayText(req) } }) },
  });
}
