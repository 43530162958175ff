/** Moonshot: prepaid dollars, and a voucher that is used first if there is one. */
import type { Person } from "../person.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor } from "./vendor.ts";

const KEY = "sk-demo-opens-nothing-moonshot";
const VOUCHER = 5;

export function moonshot(person: Person): Vendor {
  const usage = createUsage(person, "moonshot", { share: 0.3 });
  const cash = usage.purse("cash", { perMonth: 18, topUp: 25, low: 4 });
  const voucher: Level = { quota: "voucher", figure: "remaining", stated: () => VOUCHER };
  const sumBoth = (now: number) => Number((cash.stated(now) + VOUCHER).toFixed(2));
  const balance: Level = { quota: "balance", figure: "remaining", stated: sumBoth };

  return simpleVendor({
    id: "moonshot",
    key: KEY,
    environment: { MOONSHOT_API_KEY: KEY },
    levels: [balance, voucher, cash],
    routes: {
      "/v1/users/me/balance": ({ now }) => ({
        code: 0,
        data: { available_balance: sumBoth(now), voucher_balance: VOUCHER, cash_balance: cash.stated(now) },
        scode: "0x0",
        status: true,
      }),
    },
  });
}
