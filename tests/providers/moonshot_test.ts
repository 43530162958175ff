import { moonshot } from "../../providers/moonshot.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

async function accountOf(settings: Readonly<Record<string, string>>, answer?: Response) {
  const ctx = createFakeContext({
    settings,
    answer: () => answer?.clone() ?? new Response("{}", { status: 401 }),
  });
  const [account] = await moonshot.accounts(ctx);
  assert(account);
  return { ctx, account };
}

Deno.test("each name of a region leads to its host, and the host decides the currency", async () => {
  const answer = new Response('{"code":0,"data":{"available_balance":1}}');
  const found: Record<string, unknown> = {};
  for (const region of ["international", "INTL", "global", "china", "cn"]) {
    const { ctx, account } = await accountOf({ MOONSHOT_KEY: "one", MOONSHOT_REGION: region }, answer);
    const [reading] = (await moonshot.read(ctx, account)).readings;
    found[region] = [ctx.requests[0]?.host, reading?.currency, reading?.unit];
  }
  assertEquals(found, {
    international: ["api.moonshot.ai", "USD", "usd"],
    INTL: ["api.moonshot.ai", "USD", "usd"],
    global: ["api.moonshot.ai", "USD", "usd"],
    china: ["api.moonshot.cn", "CNY", "credits"],
    cn: ["api.moonshot.cn", "CNY", "credits"],
  });
});

Deno.test("a refused key is not tried in the other region, and the hint names it", async () => {
  const hints: unknown[] = [];
  for (const settings of [{ MOONSHOT_REGION: "cn" }, {}]) {
    const { ctx, account } = await accountOf({ MOONSHOT_API_KEY: "sk-one", ...settings });
    const error = await assertRejects(() => moonshot.read(ctx, account));
    assertEquals(ctx.requests.length, 1);
    hints.push(Reflect.get(error as object, "hint"));
  }
  const start = "Check MOONSHOT_API_KEY in the environment; a key of the other region needs MOONSHOT_REGION=";
  assertEquals(hints, [`${start}international`, `${start}china`]);
});

Deno.test("a key of the coding plan is named as such", async () => {
  const { account } = await accountOf({ MOONSHOT_API_KEY: "sk-kimi-one" });
  assert(account.remedy?.includes("key of the Kimi Code plan"));
});

Deno.test("an unknown region is refused", async () => {
  const ctx = createFakeContext({ settings: { MOONSHOT_KEY: "one", MOONSHOT_REGION: "toString" } });
  assertEquals(kindOf(await assertRejects(() => moonshot.accounts(ctx), /MOONSHOT_REGION/)), "missing");
});
