/** DeepSeek: a balance in dollars as text, topped up when it runs low. */
import type { Person } from "../person.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Vendor } from "./vendor.ts";

const KEY = "sk-demo-opens-nothing-deepseek";

export function deepseek(person: Person): Vendor {
  const usage = createUsage(person, "deepseek", { share: 0.5 });
  const purse = usage.purse("balance-usd", { perMonth: 26, topUp: 20, low: 2.5 });

  return simpleVendor({
    id: "deepseek",
    key: KEY,
    environment: { DEEPSEEK_API_KEY: KEY },
    levels: [purse],
    routes: {
      "/user/balance": ({ now }) => ({
        is_available: true,
        balance_infos: [{
          currency: "USD",
          total_balance: purse.stated(now).toFixed(2),
          granted_balance: "0.00",
          topped_up_balance: purse.stated(now).toFixed(2),
        }],
      }),
    },
  });
}
