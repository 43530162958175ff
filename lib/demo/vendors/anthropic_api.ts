/** The Claude API of an organization: costs in cents as text, tokens, and rate limits without use. */
import type { Person } from "../person.ts";
import { calendarMonths, iso } from "./periods.ts";
import { listDays } from "./reports.ts";
import { notFound, simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const KEY = "sk-ant-admin01-demo-opens-nothing";
const BUDGET = 80;

export function anthropicApi(person: Person): Vendor {
  const usage = createUsage(person, "anthropic api", { share: 0.35 });
  const month = { windows: calendarMonths(person), days: 30 };
  const spend = usage.period("monthly-spend", {
    ...month,
    limit: BUDGET,
    step: 0.01,
    typical: [0.5, 0.8],
  });
  const output = usage.period("month-output-tokens", { ...month, limit: 1e12, typical: [2e-6, 4e-6] });
  const input: Level = {
    quota: "month-input-tokens",
    figure: "used",
    stated: (now) => output.stated(now) * 6,
  };
  const createCeiling = (quota: string): Level => ({ quota, figure: "used", stated: () => null });

  const pageOf = (data: readonly unknown[]) => ({ data, has_more: false, next_page: null });
  const encodeCosts = ({ now }: VendorRequest) =>
    pageOf(
      listDays(spend, now).map(({ from, to, used }) => ({
        starting_at: iso(from),
        ending_at: iso(to),
        results: used === 0 ? [] : [
          { currency: "USD", amount: String(used * 80), model: "claude-sonnet-4-5", description: "Output" },
          { currency: "USD", amount: String(used * 20), model: "claude-haiku-4-5", description: "Output" },
        ],
      })),
    );
  const encodeTokens = ({ now }: VendorRequest) =>
    pageOf(
      listDays(output, now).map(({ from, to, used }) => ({
        starting_at: iso(from),
        ending_at: iso(to),
        results: used === 0 ? [] : [{
          uncached_input_tokens: used * 2,
          cache_read_input_tokens: used * 3,
          cache_creation: { ephemeral_5m_input_tokens: used, ephemeral_1h_input_tokens: 0 },
          output_tokens: used,
        }],
      })),
    );

  return simpleVendor({
    id: "anthropic-api",
    key: KEY,
    header: "x-api-key",
    environment: { ANTHROPIC_ADMIN_KEY: KEY, ANTHROPIC_MONTHLY_BUDGET_USD: String(BUDGET) },
    gauges: [spend, output],
    levels: [
      input,
      ...["requests", "input-tokens", "output-tokens"].map((what) =>
        createCeiling(`${what}-per-minute-claude-sonnet`)
      ),
    ],
    routes: {
      "/v1/organizations/cost_report": encodeCosts,
      "/v1/organizations/usage_report/messages": encodeTokens,
      "/v1/organizations/rate_limits": () =>
        pageOf([{
          type: "rate_limit",
          group: { type: "model_group", display_name: "Claude Sonnet" },
          group_type: "model_group",
          limits: [
            { type: "requests_per_minute", value: 2000 },
            { type: "input_tokens_per_minute", value: 800_000 },
            { type: "output_tokens_per_minute", value: 160_000 },
          ],
        }]),
      "/v1/organizations/spend_limits/effective": notFound,
    },
  });
}
