import { kimi } from "../../providers/kimi.ts";
import { gatherLimits } from "../../providers/kimi/limits.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const FILE = "${KIMI_CODE_HOME:-~/.kimi-code}/credentials/kimi-code.json";
const NORMAL = JSON.stringify(fixtureOf("kimi", "normal_2026-11-21").response.body);

Deno.test("a token in a setting precedes the login of the CLI", async () => {
  const ctx = createFakeContext({
    settings: { KIMI_TOKEN: "two", KIMI_CODE_TOKEN: "one" },
    files: { [FILE]: '{"access_token":"three"}' },
  });
  const accounts = await kimi.accounts(ctx);
  assertEquals(accounts.map(({ secret, file }) => [secret.reveal(), file]), [["one", undefined]]);
});

Deno.test("the login of the CLI states its expiry, the remedy, and the file to watch", async () => {
  const files = { [FILE]: '{"access_token":"one","expires_at":1795269600.5}' };
  const [account] = await kimi.accounts(createFakeContext({ files }));
  assertEquals(account?.expiresAt, 1_795_269_600_500);
  assertEquals(account?.remedy, "Run kimi once to sign in again");
  assertEquals(account?.file, FILE);
  assertEquals(account?.source, "the login of Kimi Code in ~/.kimi-code/credentials/kimi-code.json");
});

Deno.test("a second folder of the CLI is a second login, and one that points nowhere is reported", async () => {
  const at = (home: string) => ({
    name: "2",
    find: (name: string) =>
      name === "KIMI_CODE_HOME" ? { value: home, source: "KIMI_CODE_HOME_2" } : undefined,
  });
  const readText = (path: string) => {
    return Promise.resolve(
      path === "/home/ann/.kimi-work/credentials/kimi-code.json" ? '{"access_token":"two"}' : null,
    );
  };
  const contextIn = (home: string) =>
    createTestSandbox(kimi, createTestEnvironment({ KIMI_TOKEN: "x" }), { login: at(home), readText });
  const [account] = await kimi.accounts(contextIn("~/.kimi-work"));
  assertEquals(account?.secret.reveal(), "two");
  const error = await assertRejects(
    () => kimi.accounts(contextIn("~/elsewhere")),
    /where KIMI_CODE_HOME points/,
  );
  assertEquals(kindOf(error), "missing");
});

Deno.test("a login without a token is explained", async () => {
  const ctx = createFakeContext({ files: { [FILE]: '{"access_token":""}' } });
  assertEquals(kindOf(await assertRejects(() => kimi.accounts(ctx), /no access token/)), "missing");
});

Deno.test("the answer states its owner, by an id and no address", async () => {
  const ctx = createFakeContext({ settings: { KIMI_TOKEN: "one" }, answer: () => new Response(NORMAL) });
  const [account] = await kimi.accounts(ctx);
  assert(account);
  assertEquals((await kimi.read(ctx, account)).identity, "u-1");
});

Deno.test("a refused key of the Moonshot platform is named as such", async () => {
  const hint = async (key: string) => {
    const [account] = await kimi.accounts(createFakeContext({ settings: { KIMI_CODE_API_KEY: key } }));
    return account?.remedy;
  };
  assertEquals(
    await hint("sk-one"),
    "KIMI_CODE_API_KEY in the environment looks like a key of the Moonshot platform: " +
      "use one of Kimi Code, or sign in with its CLI",
  );
  assertEquals(await hint("sk-kimi-one"), "Check KIMI_CODE_API_KEY in the environment");
});

Deno.test("an unknown host is refused before any request", async () => {
  const ctx = createFakeContext({ settings: { KIMI_TOKEN: "one", KIMI_CODE_HOST: "kimi.example" } });
  assertEquals(kindOf(await assertRejects(() => kimi.accounts(ctx), /KIMI_CODE_HOST/)), "missing");
});

Deno.test("the cookie of the site comes after tokens and before the file of the CLI", async () => {
  const files = { [FILE]: '{"access_token":"three"}' };
  const settings: Record<string, string> = { KIMI_TOKEN: "one", KIMI_AUTH_TOKEN: "two" };
  const found: unknown[] = [];
  for (const name of ["", "KIMI_TOKEN", "KIMI_AUTH_TOKEN"]) {
    delete settings[name];
    const [account] = await kimi.accounts(createFakeContext({ settings, files }));
    found.push([account?.secret.reveal(), account?.facts?.way]);
  }
  assertEquals(found, [["one", undefined], ["two", "site"], ["three", undefined]]);
});

function answered(body: Readonly<Record<string, unknown>>) {
  const { readings, dropped } = gatherLimits(body, Date.parse("2026-11-21T12:00:00Z"));
  return {
    figures: readings.map(({ quota, used, limit }) => [quota, used, limit]),
    told: dropped.map(({ what }) => what),
  };
}

Deno.test("new windows of the map are shown with the length in their names, or under their names", () => {
  const reset_time = "2026-11-21T20:00:00Z";
  assertEquals(
    answered({
      usages: {
        limit_5h: { used_ratio: 0.3, reset_time },
        limit_24h: { used_ratio: 0.97, reset_time },
        limit_168h: { used_ratio: 0.5, reset_time },
        limit_month_total: { used_ratio: 0.1, reset_time },
        limit_fable: { used_ratio: "0.88", reset_time },
      },
    }),
    {
      figures: [
        ["five-hour", 30, 100],
        ["window-24h", 97, 100],
        ["weekly", 50, 100],
        ["monthly-total", 10, 100],
        ["fable", 88, 100],
      ],
      told: [],
    },
  );
});

Deno.test("the map is understood with joined names, and other renames are reported", () => {
  assertEquals(
    answered({ usages: { limit5h: { usedRatio: 0.3, resetAt: "2026-11-21T20:00:00Z" } } }).figures,
    [
      ["five-hour", 30, 100],
    ],
  );
  assertEquals(answered({ usages: { limit_5h: { share: 0.3 } } }), {
    figures: [],
    told: ["usages.limit_5h.share", "usages.limit_5h"],
  });
});

Deno.test("an unreadable amount of the wallet is unknown, and a missing one is zero", () => {
  const wallet = (monthlyChargeLimit: unknown, monthlyUsed: unknown = { priceInCents: "750" }) =>
    answered({
      usage: { limit: "100", used: "1" },
      boosterWallet: { monthlyChargeLimitEnabled: true, monthlyChargeLimit, monthlyUsed },
    }).figures.slice(1);
  assertEquals(wallet("abc"), [["booster-monthly", 7.5, null]]);
  assertEquals(wallet({ priceInCents: "abc" }), [["booster-monthly", 7.5, null]]);
  assertEquals(wallet({ priceInCents: -5 }), [["booster-monthly", 7.5, null]]);
  assertEquals(wallet({ cents: 5000, currency: "USD" }), [["booster-monthly", 7.5, null]]);
  assertEquals(wallet({ priceInCents: "5000" }, { currency: "USD" }), [["booster-monthly", 0, 50]]);
  assertEquals(wallet({ priceInCents: "5000" }, null), [["booster-monthly", null, 50]]);
});
