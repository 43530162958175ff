import { deepseek } from "../../providers/deepseek.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";

async function readAs(body: unknown) {
  const ctx = createFakeContext({
    settings: { DEEPSEEK_KEY: "two" },
    answer: () => new Response(JSON.stringify(body)),
  });
  const [account] = await deepseek.accounts(ctx);
  assert(account);
  return (await deepseek.read(ctx, account)).readings;
}

Deno.test("the larger balance comes first, whatever its currency", async () => {
  const { body } = fixtureOf("deepseek", "two_currencies_2026-11-21").response;
  assertEquals((await readAs(body)).map(({ quota, label, unit }) => [quota, label, unit]), [
    ["balance-cny", "Balance (CNY)", "credits"],
    ["balance-usd", "Balance (USD)", "usd"],
  ]);
});

Deno.test("unspendable money is distinguishable from other money", async () => {
  const info = (total_balance: string) => [{ currency: "USD", total_balance }];
  const label = async (is_available: boolean, total: string) =>
    (await readAs({ is_available, balance_infos: info(total) }))[0]?.label;
  assertEquals(await label(false, "2.00"), "Balance (USD), calls are refused");
  assertEquals(await label(true, "2.00"), "Balance (USD)");
  assertEquals(await label(false, "0.00"), "Balance (USD)");
});

Deno.test("the longer name of the key wins", async () => {
  const ctx = createFakeContext({ settings: { DEEPSEEK_KEY: "two", DEEPSEEK_API_KEY: "one" } });
  assertEquals((await deepseek.accounts(ctx)).map(({ secret }) => secret.reveal()), ["one"]);
});
