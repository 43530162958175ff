/**
 * Lets each request of every poll fail in turn. The poll fails as a whole, or it says which quotas it could not read: one
 * that is only missing counts as gone, and no longer stops anybody's work.
 */
import { matchesAny } from "../../lib/model/history/counting.ts";
import type { Answer, Provider } from "../../lib/provider/contract.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  exchangesOf,
  type Fixture,
  fixturesOf,
  type GivenResponse,
  matching,
  outcomeOf,
  responseOf,
  settingOfFixture,
} from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";

const FAILURES: Readonly<Record<string, GivenResponse>> = {
  "status 503": { status: 503, body: {} },
  "a gateway's page": {
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<html>Bad gateway</html>",
  },
  "half an answer": { status: 200, headers: { "content-type": "application/json" }, body: '{"data": [' },
};

/** @param failing the exchange that fails, and how; null when none does */
async function read(
  provider: Provider,
  fixture: Fixture,
  failing: { readonly at: number; readonly as: GivenResponse } | null,
  last: Answer | null = null,
): Promise<Answer | null> {
  const exchanges = exchangesOf(fixture);
  const ctx = {
    ...createFakeContext({
      ...settingOfFixture(fixture),
      answer(sent) {
        const exchange = matching(exchanges, sent, true);
        if (!exchange) return new Response("{}", { status: 404 });
        const isFailing = failing !== null && exchanges.indexOf(exchange) === failing.at;
        return responseOf(isFailing ? failing.as : exchange.response);
      },
    }),
    lastReadings: () => Promise.resolve(last?.readings ?? []),
  };
  const [account] = await provider.accounts(ctx);
  assert(account);
  return await provider.read(ctx, account).catch(() => null);
}

for (const provider of providers) {
  Deno.test(`${provider.id}: what a failed request would have stated is unread, not gone`, async () => {
    const faults: string[] = [];
    for (const fixture of fixturesOf(provider.id).filter((one) => outcomeOf(one) === "ok")) {
      const good = await read(provider, fixture, null);
      if (good === null) continue;
      for (const at of exchangesOf(fixture).keys()) {
        for (const [how, as] of Object.entries(FAILURES)) {
          const bad = await read(provider, fixture, { at, as }, good);
          if (bad === null) continue;
          const where = `${fixture.name}, request ${at + 1}, ${how}`;
          for (const { quota, limit } of good.readings) {
            const other = bad.readings.find((one) => one.quota === quota);
            if (!other && !matchesAny(quota, bad.unread ?? [])) faults.push(`${where}: ${quota} is gone`);
            if (other && other.limit !== limit) faults.push(`${where}: the limit of ${quota} is another`);
          }
          if (good.plan !== undefined && bad.plan === undefined && !bad.unread) {
            faults.push(`${where}: the plan is gone`);
          }
        }
      }
    }
    assertEquals(faults, []);
  });
}
