/** The OpenAI platform: daily costs of a calendar month, a limit, requests and tokens, and prepaid credit. */
import type { Person } from "../person.ts";
import { calendarMonths } from "./periods.ts";
import { listDays } from "./reports.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-admin-demo-opens-nothing";
const ITEMS = [["gpt-5, output", 0.6], ["gpt-5, input", 0.3], ["embeddings", 0.1]] as const;
const TOKENS_PER_REQUEST = 2400;

export function openai(person: Person): Vendor {
  const usage = createUsage(person, "openai", { share: 0.4 });
  const month = { windows: calendarMonths(person), days: 30 };
  const spend = usage.period("monthly-spend", { ...month, limit: 150, step: 0.01, typical: [0.7, 0.9] });
  const requests = usage.period("month-requests", { ...month, limit: 1e9, typical: [5e-6, 7e-6] });
  const tokens: Level = {
    quota: "month-tokens",
    figure: "used",
    stated: (now) => requests.stated(now) * TOKENS_PER_REQUEST,
  };
  const credit = usage.purse("credit-balance", { perMonth: 120, topUp: 100, low: 15 });

  const pageOf = (data: readonly unknown[]) => ({ object: "page", data, has_more: false, next_page: null });
  const toSeconds = (at: number) => Math.round(at / 1000);

  const encodeCosts = ({ now }: VendorRequest) =>
    pageOf(
      listDays(spend, now).map(({ from, to, used }) => ({
        object: "bucket",
        start_time: toSeconds(from),
        end_time: toSeconds(to),
        results: used === 0 ? [] : ITEMS.map(([line_item, share]) => ({
          object: "organization.costs.result",
          amount: { value: used * share, currency: "usd" },
          line_item,
        })),
      })),
    );
  const encodeCompletions = ({ now }: VendorRequest) =>
    pageOf(
      listDays(requests, now).map(({ from, to, used }) => ({
        object: "bucket",
        start_time: toSeconds(from),
        end_time: toSeconds(to),
        results: used === 0 ? [] : [{
          object: "organization.usage.completions.result",
          input_tokens: used * TOKENS_PER_REQUEST * 0.75,
          output_tokens: used * TOKENS_PER_REQUEST * 0.25,
          num_model_requests: used,
        }],
      })),
    );

  return simpleVendor({
    id: "openai",
    key: KEY,
    environment: { OPENAI_ADMIN_KEY: KEY },
    gauges: [spend, requests],
    levels: [tokens, credit],
    routes: {
      "/v1/organization/costs": encodeCosts,
      "/v1/organization/usage/completions": encodeCompletions,
      "/v1/organization/spend_limit": () => ({
        currency: "USD",
        interval: "month",
        threshold_amount: 15_000,
      }),
      "/v1/dashboard/billing/credit_grants": ({ now }) => ({
        total_granted: credit.paid(now),
        total_used: credit.spent(now),
        total_available: credit.stated(now),
      }),
    },
  });
}
