/** Words in another case mean the same, and what is not understood is never shown as something else. */
import type { Answer } from "../../lib/provider/contract.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { exchangesOf, fixtureOf, matching, responseOf, settingOfFixture } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";

type Body = Record<string, unknown>;

/** Polls as in a fixture, once for each list of changes; each sets places in its answers, such as `data.limit`. */
async function polls(
  id: string,
  name: string,
  ...changes: readonly Readonly<Record<string, unknown>>[]
): Promise<readonly Answer[]> {
  const provider = providers.find((one) => one.id === id);
  assert(provider);
  const fixture = fixtureOf(id, `${name}_2026-11-21`);
  const exchanges = exchangesOf(fixture);
  let now: Readonly<Record<string, unknown>> = {};
  const ctx = createFakeContext({
    ...settingOfFixture(fixture),
    answer(sent) {
      const exchange = matching(exchanges, sent, true);
      if (!exchange) return new Response("{}", { status: 404 });
      const body = structuredClone(exchange.response.body) as Body;
      for (const [path, value] of Object.entries(now)) put(body, path.split("."), value);
      return responseOf({ ...exchange.response, body });
    },
  });
  const [account] = await provider.accounts(ctx);
  assert(account);
  const answers: Answer[] = [];
  const stored = { ...ctx, lastReadings: () => Promise.resolve(answers.at(-1)?.readings ?? []) };
  for (now of changes) answers.push(await provider.read(stored, account));
  return answers;
}

/** Sets a place that exists; answers that do not have it stay as they are. */
function put(body: unknown, path: readonly string[], value: unknown): void {
  const holder = path.slice(0, -1).reduce<unknown>((one, name) => Reflect.get(Object(one), name), body);
  const name = path.at(-1)!;
  if (typeof holder === "object" && holder !== null && name in holder) Reflect.set(holder, name, value);
}

const SAME: readonly (readonly [id: string, fixture: string, path: string, value: unknown])[] = [
  ["zai", "normal", "data.limits.0.type", "time_limit"],
  ["zai", "normal", "data.limits.1.type", "tokens_limit"],
  ["zai", "variant_credits", "data.limits.0.type", "Credit_Limit"],
  ["anthropic", "variant_limits_array", "limits.0.kind", "SESSION"],
  ["anthropic", "variant_limits_array", "limits.1.kind", "Weekly_All"],
  ["anthropic", "variant_limits_array", "limits.2.kind", "WEEKLY_SCOPED"],
  ["anthropic", "variant_enterprise_spend", "extra_usage.currency", "kwd"],
  ["anthropic", "variant_enterprise_spend", "extra_usage.decimal_places", "3"],
  ["antigravity", "normal", "response.groups.0.buckets.1.window", "WEEKLY"],
  ["openrouter", "normal", "data.limit_reset", "WEEKLY"],
  ["openai", "enforced_below_the_limit", "enforcement.status", "ENFORCING"],
  ["azure-openai", "application_with_deployments", "value.0.properties.rateLimits.0.key", "Request"],
  ["azure-openai", "application_with_deployments", "value.0.properties.rateLimits.1.key", "TOKEN"],
  ["azure-openai", "blocked_ceiling", "value.1.status", "BLOCKED"],
];

for (const [id, fixture, path, value] of SAME) {
  Deno.test(`${id}: ${path} as ${JSON.stringify(value)} is nothing else`, async () => {
    const [normal, spelled] = await polls(id, fixture, {}, { [path]: value });
    assertEquals(spelled, normal);
  });
}

/** What is left out with a word, and no reading states it instead. */
const UNKNOWN:
  readonly (readonly [id: string, fixture: string, path: string, value: unknown, quota: string])[] = [
    ["anthropic", "variant_spend_alone", "spend.used.currency", "dinars", "extra-usage"],
    ["anthropic", "variant_spend_alone", "spend.used.exponent", "two", "extra-usage"],
    ["anthropic", "variant_spend_alone", "spend.used.exponent", -2, "extra-usage"],
    ["openrouter", "normal", "data.usage_daily", -1.2, "spend-daily"],
    ["openrouter", "normal", "data.usage_weekly", -6.5, "spend-weekly"],
    ["openrouter", "normal", "data.usage_monthly", -21.7, "spend-monthly"],
    ["minimax", "normal", "model_remains.0.current_weekly_remaining_percent", -9, "weekly"],
    ["grok", "normal", "config.onDemandCap.val", -2500, "on-demand"],
    [
      "azure-openai",
      "application_with_deployments",
      "value.0.properties.rateLimits.0.key",
      "image",
      "deployment-rpm-chat-main",
    ],
  ];

for (const [id, fixture, path, value, quota] of UNKNOWN) {
  Deno.test(`${id}: ${path} as ${JSON.stringify(value)} is left out with a word`, async () => {
    const [normal, strange] = await polls(id, fixture, {}, { [path]: value });
    const has = ({ readings }: Answer) => readings.some((one) => one.quota === quota);
    assertEquals([has(normal!), has(strange!)], [true, false]);
    const told = (strange!.dropped ?? []).length - (normal!.dropped ?? []).length;
    assert(told > 0, "nothing is said about it");
    assertEquals(strange!.readings, normal!.readings.filter((one) => one.quota !== quota));
  });
}

function left({ readings }: Answer, quota: string): Reading["remaining"] | undefined {
  return readings.find((one) => one.quota === quota)?.remaining;
}

Deno.test("money that was there and is spent is a balance of 0, not a balance that is unknown", async () => {
  const total = "balance_infos.0.total_balance";
  const purses = await polls("deepseek", "two_currencies", {}, { [total]: "0.00" }, { [total]: "0.00" }, {
    [total]: "5.00",
  });
  assertEquals(purses.map((one) => left(one, "balance-usd")), [4, 0, 0, 5]);
  const [never] = await polls("deepseek", "two_currencies", { [total]: "0.00" });
  assertEquals(left(never!, "balance-usd"), undefined, "a currency that was never used");

  const balance = "config.prepaidBalance.val";
  const prepaid = await polls("grok", "percent_missing_plain_billing", {}, { [balance]: 0 });
  assertEquals(prepaid.map((one) => left(one, "prepaid-balance")), [12.5, 0]);
  const [empty] = await polls("grok", "percent_missing_plain_billing", { [balance]: 0 });
  assertEquals(left(empty!, "prepaid-balance"), undefined);
});

Deno.test("what was spent before pay-as-you-go was switched off stays spent", async () => {
  const [, off, none] = await polls(
    "grok",
    "normal",
    {},
    { "config.onDemandCap.val": 0 },
    { "config.onDemandCap.val": 0, "config.onDemandUsed.val": 0 },
  );
  const spent = ({ readings }: Answer) => readings.find(({ quota }) => quota === "on-demand");
  assertEquals([spent(off!)?.used, spent(off!)?.limit, spent(off!)?.remaining], [1.4, 0, 0]);
  assertEquals(spent(none!), undefined);
});

/** Two names in another script, where they stand in an answer, and what each of them is of. */
const SCRIPTS: readonly (readonly [id: string, fixture: string, places: readonly [string, string]])[] = [
  ["minimax", "variant_two_of_one_name", ["model_remains.1.model_name", "model_remains.2.model_name"]],
  ["grok", "normal", ["config.productUsage.0.product", "config.productUsage.1.product"]],
];

for (const [id, fixture, [one, other]] of SCRIPTS) {
  Deno.test(`${id}: two names in Chinese are two, each with its own figures, in every answer the same`, async () => {
    const [advanced, standard] = ["\u9ad8\u7ea7", "\u6807\u51c6"];
    const [found, again, swapped] = await polls(
      id,
      fixture,
      { [one]: advanced, [other]: standard },
      { [one]: advanced, [other]: standard },
      { [one]: standard, [other]: advanced },
    );
    assertEquals(again?.readings, found?.readings);
    const named = (answer: Answer | undefined, name: string) =>
      answer?.readings.filter(({ label }) => label.includes(name)) ?? [];
    for (const name of [advanced, standard]) {
      assert(named(found, name).length > 0, `${name} is not in ${found?.readings.map(({ label }) => label)}`);
    }
    const ids = (answer: Answer | undefined, name: string) => named(answer, name).map(({ quota }) => quota);
    assertEquals(ids(swapped, advanced), ids(found, advanced));
    assertEquals(new Set(found?.readings.map(({ quota }) => quota)).size, found?.readings.length);
    const used = (answer: Answer | undefined, name: string) => named(answer, name).map(({ used }) => used);
    assertEquals(used(swapped, advanced), used(found, standard));
  });
}
