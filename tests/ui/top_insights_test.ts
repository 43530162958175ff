import type { Insight } from "../../lib/model/insights/insight.ts";
import { chooseTopInsights, describeSubject } from "../../lib/ui/top_insights.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";

const ACCOUNTS = [
  accountViewOf([quotaViewOf({ quota: "weekly" }), quotaViewOf({ quota: "five-hour" })].map((quota) => ({
    ...quota,
    key: `acme/default/${quota.quota}` as const,
  }))),
  accountViewOf([quotaViewOf({ key: "beta/work/daily", quota: "daily" })], {
    key: "beta/work",
    provider: "beta",
    providerName: "Beta",
    name: "work",
  }),
];
const ALL = { provider: "", words: "" };

function insight(key: string, fields: Partial<Insight> = {}): Insight {
  const quota = key.slice(key.indexOf(":") + 1);
  return {
    key,
    type: "trend",
    account: quota.split("/").slice(0, 2).join("/") as Insight["account"],
    quota: quota.split("/").length === 3 ? quota as NonNullable<Insight["quota"]> : null,
    severity: "warning",
    title: "Use is rising",
    metric: "+40%",
    figure: { value: 0.4, unit: "change" },
    sublabel: "",
    description: "It rises.",
    evidence: [],
    ...fields,
  };
}

const keys = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);

Deno.test("the overview shows the three most severe insights, as ranked, and none without relevance", () => {
  const ranked = [
    insight("budget:acme/default/weekly", { severity: "negative" }),
    insight("trend:acme/default/five-hour"),
    insight("trend:beta/work/daily"),
    insight("variance:beta/work"),
    insight("window-ratio:beta/work/daily", { severity: "info" }),
  ];
  assertEquals(keys(chooseTopInsights(ranked, { accounts: ACCOUNTS }, ALL)), keys(ranked).slice(0, 3));
  assertEquals(chooseTopInsights(ranked.slice(4), { accounts: ACCOUNTS }, ALL), []);
});

Deno.test("it repeats no forecast and no level, which are beside each quota, and prefers different subjects", () => {
  const ranked = [
    insight("forecast:acme/default/weekly", { type: "forecast", severity: "negative" }),
    insight("budget:acme/default/weekly", { severity: "negative" }),
    insight("trend:acme/default/weekly"),
    insight("trend:acme/default/five-hour"),
    insight("trend:beta/work/daily"),
  ];
  const shown = { accounts: ACCOUNTS };
  assertEquals(keys(chooseTopInsights(ranked, shown, ALL)), [ranked[1]!.key, ranked[3]!.key, ranked[4]!.key]);
  // With fewer subjects than places, one may appear twice.
  assertEquals(keys(chooseTopInsights(ranked.slice(0, 4), shown, ALL)), keys(ranked.slice(1, 4)));
});

Deno.test("it follows tab and filter, and names the account", () => {
  const ranked = [
    insight("trend:acme/default/weekly"),
    insight("trend:beta/work/daily"),
    insight("variance:beta/work"),
  ];
  const of = (provider: string, words: string) =>
    chooseTopInsights(ranked, { accounts: ACCOUNTS }, { provider, words });
  assertEquals(keys(of("beta", "")), keys(ranked.slice(1)));
  assertEquals(keys(of("", "weekly")).includes("trend:beta/work/daily"), false);
  assertEquals(describeSubject(of("beta", "")[0]!, ACCOUNTS), "Beta work");
});
