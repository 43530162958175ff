/** Balances that a vendor states as zero for a moment, from its answers to what was consumed. */
import { assertEquals } from "../support/assert.ts";
import { runCollects, type Vendor } from "./collected.ts";

interface Purse {
  readonly id: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly answer: (left: number) => unknown;
}

const PURSES: readonly Purse[] = [
  {
    id: "deepseek",
    settings: { DEEPSEEK_API_KEY: "sk-one" },
    answer: (left) => ({
      is_available: true,
      balance_infos: [{ currency: "CNY", total_balance: left.toFixed(2) }],
    }),
  },
  {
    id: "moonshot",
    settings: { MOONSHOT_API_KEY: "sk-one" },
    answer: (left) => ({ code: 0, status: true, data: { available_balance: left } }),
  },
];

/** Returns what was consumed in each cycle, the latest first, and in all sessions. */
async function consumed(
  { id, settings, answer }: Purse,
  balances: readonly number[],
  minutes: number,
): Promise<unknown> {
  let [poll, found]: [number, unknown] = [0, undefined];
  const instants = balances.map((_, place) =>
    new Date(Date.UTC(2026, 10, 21, 8, place * minutes)).toISOString().slice(0, 16).replace("T", " ")
  );
  const vendor: Vendor = () => answer(balances[poll++]!);
  await runCollects(id, settings, instants, vendor, async (run) => {
    type Rows = readonly { readonly consumed: number; readonly quotas: Rows }[];
    const { cycles } = JSON.parse((await run("cycles --json")).stdout) as { cycles: Rows };
    const { sessions } = JSON.parse((await run("sessions --json")).stdout) as { sessions: Rows };
    const inSessions = sessions.flatMap(({ quotas }) => quotas).reduce((sum, one) => sum + one.consumed, 0);
    found = [cycles.map((cycle) => cycle.consumed), inSessions];
  });
  return found;
}

for (const purse of PURSES) {
  Deno.test(`${purse.id}: a balance of zero for a moment is no use, and its return no top-up`, async () => {
    assertEquals(await consumed(purse, [54, 0, 54], 10), [[0], 0]);
    // From 54 to 52.5, with up to three zeros in between.
    assertEquals(await consumed(purse, [54, 53, 0, 0, 0, 52.5], 10), [[1.5], 1.5]);
    assertEquals(await consumed(purse, [54, 0, 53, 0, 52], 10), [[2], 2]);
  });

  Deno.test(`${purse.id}: a balance that was spent counts, whatever it is topped up to`, async () => {
    assertEquals(await consumed(purse, [6, 0, 20, 19], 10), [[1, 6], 7]);
    assertEquals(await consumed(purse, [6, 0, 4], 10), [[0, 6], 6]);
    // Zero for more than an hour, or for more readings than a slip takes.
    assertEquals(await consumed(purse, [6, 0, 0, 6], 35), [[0, 6], 6]);
    assertEquals(await consumed(purse, [6, 0, 0, 0, 0, 6], 10), [[0, 6], 6]);
    // Nearly spent in steps, as balances usually are.
    assertEquals(await consumed(purse, [6, 0.5, 0, 6], 10), [[0, 6], 6]);
  });
}
