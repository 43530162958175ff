/** Spent balances, read by processes that share nothing but the database: a timer that runs `collect`. */
import { assertEquals, assertMatch } from "../support/assert.ts";
import { runCollects, type RunLater } from "./collected.ts";

const INSTANTS = ["2026-11-11 10:00", "2026-11-11 10:10", "2026-11-11 10:20", "2026-11-11 10:30"];

type Purses = Readonly<Record<string, string>>;

const answerOf = (purses: Purses | null) =>
  purses === null ? new Response('{"error":{"message":"Insufficient Balance"}}', { status: 402 }) : {
    is_available: true,
    balance_infos: Object.entries(purses).map(([currency, total_balance]) => ({ currency, total_balance })),
  };

/** The balances that are still reported, with whether they are spent, and what was used since the first reading. */
async function balances(run: RunLater): Promise<unknown> {
  const { quotas } = JSON.parse((await run("status --format json")).stdout) as {
    quotas: readonly { key: string; need: string }[];
  };
  const stats = JSON.parse((await run("stats --json")).stdout) as {
    quotas: readonly { key: string; overall: { consumed: number } }[];
  };
  const consumed = new Map(stats.quotas.map(({ key, overall }) => [key, overall.consumed]));
  return quotas.filter(({ need }) => need !== "old").toSorted((a, b) => a.key < b.key ? -1 : 1)
    .map((
      { key, need },
    ) => [key, need === "out" || need === "tight", consumed.get(key.slice(key.lastIndexOf("/") + 1))]);
}

async function afterPolls(polls: readonly (Purses | null)[]): Promise<unknown> {
  let poll = 0;
  let found: unknown;
  const instants = INSTANTS.slice(0, polls.length);
  await runCollects(
    "deepseek",
    { DEEPSEEK_API_KEY: "sk-one" },
    instants,
    () => answerOf(polls[poll++]!),
    async (run) => {
      found = await balances(run);
    },
  );
  return found;
}

const USD = "deepseek/default/balance-usd";
const CNY = "deepseek/default/balance-cny";

Deno.test("a spent balance stops no work as long as the vendor allows it, because another one pays", async () => {
  const purses = [{ CNY: "3.00", USD: "5.00" }, { CNY: "3.00", USD: "0.00" }];
  for (const isAvailable of [true, false]) {
    let poll = 0;
    const answer = () => ({ ...answerOf(purses[poll++]!), is_available: isAvailable });
    await runCollects(
      "deepseek",
      { DEEPSEEK_API_KEY: "sk-one" },
      INSTANTS.slice(0, 2),
      answer,
      async (run) => {
        const { state } = JSON.parse((await run("status --format json")).stdout) as { state: string };
        assertEquals([isAvailable, state === "out"], [isAvailable, !isAvailable]);
        assertEquals((await run("guard")).code, isAvailable ? 69 : 1);
      },
    );
  }
});

Deno.test("the last dollars count when the balance is spent, also beside another one", async () => {
  assertEquals(await afterPolls([{ CNY: "3.00", USD: "5.00" }, { CNY: "3.00", USD: "0.00" }]), [
    [CNY, false, 0],
    [USD, true, 5],
  ]);
});

Deno.test("a vendor that refuses for lack of money without stating a balance means those that were stored", async () => {
  assertEquals(await afterPolls([{ USD: "5.00" }, null]), [[USD, true, 5]]);
  assertEquals(await afterPolls([{ CNY: "0.00", USD: "5.00" }, null, null]), [[USD, true, 5]]);
});

Deno.test("a spent balance stays, and one that never held anything does not appear", async () => {
  assertEquals(await afterPolls([{ CNY: "0.00", USD: "5.00" }, { CNY: "0.00", USD: "0.00" }]), [[
    USD,
    true,
    5,
  ]]);
  const empty = { CNY: "0.00", USD: "0.00" };
  assertEquals(await afterPolls([{ CNY: "0.00", USD: "5.00" }, empty, empty]), [[USD, true, 5]]);
  const both = { CNY: "3.00", USD: "0.00" };
  assertEquals(await afterPolls([{ CNY: "3.00", USD: "5.00" }, both, both]), [[CNY, false, 0], [
    USD,
    true,
    5,
  ]]);
  assertEquals(await afterPolls([{ CNY: "0.00" }, { CNY: "0.00", USD: "5.00" }]), [[USD, false, 0]]);
});

Deno.test("every command names the currency of a balance, and adds it up with no other", async () => {
  const polls = [{ CNY: "9.00", USD: "5.00" }, { CNY: "4.90", USD: "4.00" }];
  let poll = 0;
  const answer = () => answerOf(polls[poll++]!);
  await runCollects("deepseek", { DEEPSEEK_API_KEY: "sk-one" }, INSTANTS.slice(0, 2), answer, async (run) => {
    const commands = [
      "status --long",
      "history --quota balance-cny",
      "stats --quota balance-cny",
      "cycles --quota balance-cny",
      "sessions",
      "chart --quota balance-cny",
    ];
    for (const command of commands) {
      const { stdout } = await run(command);
      // 4.90 are left, and 9.00 - 4.90 were used.
      assertMatch(stdout, /\b4\.[19]0 CNY/, `${command}\n${stdout}`);
      assertEquals(/credits/.test(stdout), false, `${command}\n${stdout}`);
    }
    const { quotas } = JSON.parse((await run("forecast --json")).stdout) as {
      quotas: readonly { key: string; currency?: string }[];
    };
    assertEquals(quotas.map(({ key, currency }) => [key, currency]).sort(), [["balance-cny", "CNY"], [
      "balance-usd",
      "USD",
    ]]);
  });
});
