/** A wait that a vendor asks for counts for every status that asks to come back later. */
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { fixturesOf, outcomeOf, settingOfFixture } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";

const WAIT_S = 1800;

/** Returns what the first request of a poll fails with. */
async function failureOf(provider: typeof providers[number], status: number, wait: string | null) {
  const fixture = fixturesOf(provider.id).find((one) => outcomeOf(one) === "ok")!;
  const ctx = createFakeContext({
    ...settingOfFixture(fixture),
    answer: () => new Response("{}", { status, headers: wait === null ? {} : { "retry-after": wait } }),
  });
  const [account] = await provider.accounts(ctx);
  assert(account);
  try {
    await provider.read(ctx, account);
    return { kind: "ok", waitS: null };
  } catch (error) {
    const { kind, retryAt } = error as { kind?: string; retryAt?: number };
    return { kind, waitS: retryAt === undefined ? null : (retryAt - ctx.now()) / 1000 };
  }
}

// Antigravity and agy are programs on this machine.
for (const provider of providers.filter(({ id }) => id !== "antigravity")) {
  Deno.test(`${provider.id} keeps the wait of an overloaded vendor, and none that it does not ask for`, async () => {
    for (const status of [500, 502, 503, 529]) {
      const asked = await failureOf(provider, status, String(WAIT_S));
      assertEquals(asked, { kind: "unavailable", waitS: WAIT_S }, `status ${status}`);
      assertEquals((await failureOf(provider, status, null)).waitS, null);
    }
    assertEquals(await failureOf(provider, 429, String(WAIT_S)), { kind: "rate_limited", waitS: WAIT_S });
  });
}
