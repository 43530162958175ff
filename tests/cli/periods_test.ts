/** What a vendor says of the periods of its quotas, from the first poll to what people read. */
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { runCollects, type RunLater, type Vendor } from "./collected.ts";

const POLLS = ["2026-11-11 10:00", "2026-11-11 11:00", "2026-11-11 12:00"];
const MONTH = { start: "2026-11-01T00:00:00+00:00", end: "2026-12-01T00:00:00+00:00" };

interface Case {
  readonly id: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly answer: Vendor;
  /** The quotas of a month, and the share of each. */
  readonly quotas: Readonly<Record<string, number>>;
}

/** Each of them has used two thirds or more after a third of the month. */
const MONTHS: readonly Case[] = [
  {
    id: "grok",
    settings: { GROK_TOKEN: "one" },
    answer: () => ({
      config: {
        creditUsagePercent: 66,
        currentPeriod: { type: "USAGE_PERIOD_TYPE_MONTHLY", ...MONTH },
        onDemandCap: { val: 4000 },
        onDemandUsed: { val: 3100 },
        billingPeriodStart: MONTH.start,
        billingPeriodEnd: MONTH.end,
      },
      subscriptionTier: "SuperGrok",
    }),
    quotas: { credits: 66, "on-demand": 77.5 },
  },
  {
    id: "amp",
    settings: { AMP_API_KEY: "sgamp_user_one" },
    answer: () => ({
      ok: true,
      result: {
        displayText: "Amp Pro Tier: agent usage $5 of $20 remaining (25%), orb usage 3h of 10h " +
          "- period 2026-11-01 to 2026-12-01, resets upon renewal in 20 days",
      },
    }),
    quotas: { "agent-usage": 75, "orb-usage": 70 },
  },
  {
    id: "copilot",
    settings: { COPILOT_TOKEN: "gho_one" },
    answer: () => ({
      copilot_plan: "individual",
      quota_reset_date_utc: "2026-12-01T00:00:00.000Z",
      quota_snapshots: { premium_interactions: { entitlement: 300, remaining: 75, unlimited: false } },
    }),
    quotas: { "premium-interactions": 75 },
  },
  {
    id: "openrouter",
    settings: { OPENROUTER_API_KEY: "sk-or-v1-one" },
    answer: (path) =>
      path.includes("credits")
        ? null
        : { data: { limit: 25, limit_remaining: 5, limit_reset: "monthly", usage: 143 } },
    quotas: { "key-limit": 80 },
  },
  {
    id: "kimi",
    settings: { KIMI_CODE_API_KEY: "one" },
    answer: () => ({
      usages: { limit_month_total: { used_ratio: "0.7", reset_time: "2026-12-01T00:00:00Z" } },
      boosterWallet: {
        monthlyChargeLimitEnabled: true,
        monthlyChargeLimit: { priceInCents: "2000", currency: "USD" },
        monthlyUsed: { priceInCents: "1600", currency: "USD" },
      },
    }),
    quotas: { "monthly-total": 70, "booster-monthly": 80 },
  },
  {
    id: "zai",
    settings: { ZAI_API_KEY: "one" },
    answer: () => ({
      code: 200,
      success: true,
      data: {
        level: "pro",
        limits: [{
          type: "TIME_LIMIT",
          unit: 5,
          number: 1,
          usage: 1000,
          currentValue: 720,
          percentage: 72,
          nextResetTime: Date.parse(MONTH.end),
        }],
      },
    }),
    quotas: { "tool-calls": 72 },
  },
  {
    id: "opencode-zen",
    settings: { OPENCODE_API_KEY: "one" },
    answer: () => ({
      usage: { monthly: { status: "ok", percent: 69, resetsAt: "2026-12-01T00:00:00Z" } },
    }),
    quotas: { monthly: 69 },
  },
];

for (const { id, settings, answer, quotas } of MONTHS) {
  Deno.test(`${id}: the first polls tell that a month with most of it used by its first third runs out`, () =>
    runCollects(id, settings, POLLS, answer, async (run) => {
      const { quotas: all } = JSON.parse((await run("forecast --json")).stdout) as {
        quotas: readonly {
          key: string;
          forecast: { state: string };
          pace: { expected: number } | null;
        }[];
      };
      for (const [quota, percent] of Object.entries(quotas)) {
        const one = all.find(({ key }) => key === quota);
        assertEquals(one?.forecast.state, "runs-dry", `${quota} at ${percent} %`);
        assertEquals(Math.round((one?.pace?.expected ?? 0) * 100), 35, quota);
      }
    }));
}

Deno.test("a reset further ahead than its window is long is left out with a word, and the real reset is seen", () => {
  const used = [80, 90, 5, 20, 30];
  const instants = [
    "2026-11-11 10:00",
    "2026-11-11 11:00",
    "2026-11-11 12:00",
    "2026-11-11 12:10",
    "2026-11-11 12:20",
  ];
  let polls = 0;
  const answer = () => ({
    usage: { limit: "100", used: "10", resetTime: "2026-11-15T00:00:00Z" },
    limits: [{
      window: { duration: 300, timeUnit: "TIME_UNIT_MINUTE" },
      detail: { limit: "100", used: String(used[polls++]), resetTime: "2026-11-13T00:00:00Z" },
    }],
  });
  return runCollects("kimi", { KIMI_CODE_API_KEY: "one" }, instants, answer, async (run) => {
    const { accounts } = JSON.parse((await run("status --json")).stdout) as {
      accounts: readonly {
        quotas: readonly { key: string; resetsAt: string | null }[];
        dropped: readonly { what: string; why: string }[];
      }[];
    };
    assertEquals(accounts[0]?.quotas.map(({ key, resetsAt }) => [key, resetsAt]), [
      ["weekly", "2026-11-15T00:00:00.000Z"],
      ["five-hour", null],
    ]);
    assertEquals(accounts[0]?.dropped, [
      { what: "reset of five-hour", why: "further ahead than its window is long" },
    ]);
    const { cycles } = JSON.parse((await run("cycles --json --quota five-hour")).stdout) as {
      cycles: readonly { peak: number; consumed: number }[];
    };
    assertEquals(cycles.map(({ peak, consumed }) => [peak, consumed]), [[30, 30], [90, 10]]);
  });
});

Deno.test("a day of 25 hours is no reason to leave out its reset", () => {
  // New York sets its clocks back on 1 November 2026.
  const answer = () => ({
    ok: true,
    result: { displayText: "Amp Free: 62% remaining today (resets daily)" },
  });
  const instants = ["2026-11-01 00:10"];
  return runCollects("amp", { AMP_API_KEY: "sgamp_user_one" }, instants, answer, async (run) => {
    assertStringIncludes((await run("status --json")).stdout, '"resetsAt": "2026-11-02T01:00:00.000Z"');
  });
});

Deno.test("DeepSeek's refusal for want of money is an empty balance on every surface", () => {
  const infos = [{ currency: "CNY", total_balance: "1.20" }];
  const answer: Vendor = (_, at) =>
    at === utc(POLLS[2] ?? "")
      ? Response.json({ error: { message: "Insufficient Balance" } }, { status: 402 })
      : { is_available: true, balance_infos: infos };
  return runCollects("deepseek", { DEEPSEEK_API_KEY: "sk-one" }, POLLS, answer, async (run) => {
    const guard = await run("guard");
    assertEquals(guard.code, 1, guard.stdout + guard.stderr);
    assertStringIncludes((await run("status")).stdout, "No: DeepSeek, Balance (CNY), is used up.");
    assertStringIncludes((await run("forecast")).stdout, "used up");
  });
});

Deno.test("use over a month and use over a day or a week are never compared: another window begins a new cycle", async () => {
  const instants = [9, 10, 11, 12, 13].map((hour) => `2026-11-11 ${String(hour).padStart(2, "0")}:00`);
  const month = { type: "USAGE_PERIOD_TYPE_MONTHLY", ...MONTH };
  const week = {
    type: "USAGE_PERIOD_TYPE_WEEKLY",
    start: "2026-11-09T00:00:00Z",
    end: "2026-11-16T00:00:00Z",
  };
  const periods = [
    [66, week],
    [70, week],
    [20, month],
    [22, month],
    [30, week],
  ] as const;
  let polls = 0;
  const grok: Vendor = (path) => {
    if (!path.includes("format=credits")) return null;
    const [creditUsagePercent, currentPeriod] = periods[polls++] ?? [];
    return { config: { creditUsagePercent, currentPeriod }, subscriptionTier: "SuperGrok" };
  };
  const cyclesOf = async (run: RunLater) =>
    (JSON.parse((await run("cycles --json")).stdout) as {
      cycles: readonly { key: string; peak: number; consumed: number; endedBy: readonly string[] }[];
    }).cycles.map(({ peak, consumed, endedBy }) => [peak, consumed, endedBy]);
  await runCollects("grok", { GROK_TOKEN: "one" }, instants, grok, async (run) => {
    assertEquals(await cyclesOf(run), [
      [30, 0, []],
      [22, 2, ["window-changed"]],
      [70, 4, ["window-changed"]],
    ]);
  });

  const keys = [[5, "monthly"], [4, "monthly"], [23, "daily"], [13, "daily"], [3, "monthly"]] as const;
  let reads = 0;
  const openrouter: Vendor = (path) => {
    if (path.includes("credits")) return null;
    const [limit_remaining, limit_reset] = keys[reads++] ?? [];
    return { data: { limit: 25, limit_remaining, limit_reset, usage: 143 } };
  };
  await runCollects(
    "openrouter",
    { OPENROUTER_API_KEY: "sk-or-v1-one" },
    instants,
    openrouter,
    async (run) => {
      assertEquals(await cyclesOf(run), [
        [22, 0, []],
        [12, 10, ["window-changed"]],
        [21, 1, ["window-changed"]],
      ]);
    },
  );
});
