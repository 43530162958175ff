/** Every fixture of every provider through the whole program: environment and files in, JSON out. */
import { dirname } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { createEnvironment } from "../../lib/config/config.ts";
import { baseUrlVariables, enabledVariable } from "../../lib/provider/contract.ts";
import { resolvePlace } from "../../lib/sandbox/places.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { exchangesOf, type ExpectedQuota, filesOf, type Fixture, fixturesOf } from "../support/exchange.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, withCliHome } from "./support.ts";

interface Collected {
  readonly accounts: readonly {
    readonly facts: readonly {
      readonly key: string;
      readonly count: number;
      readonly expiresAt: string | null;
    }[];
    readonly provider: string;
    readonly outcome: string;
    readonly hint?: string;
    readonly plan: string | null;
    readonly quotas: readonly (Omit<ExpectedQuota, "parts" | "currency"> & { readonly currency?: string })[];
  }[];
}

for (const provider of providers) {
  // Foreign tables and command output cannot be put into a folder; those fixtures have their own tests.
  const fixtures = fixturesOf(provider.id).filter(({ rows, commands, os }) => !rows && !commands && !os);

  Deno.test(`collect --provider ${provider.id} gives what its fixtures expect`, async () => {
    for (const fixture of fixtures) {
      await withCliHome(async (place) => {
        await using vendor = startVendor(exchangesOf(fixture));
        const [variable = ""] = baseUrlVariables(provider);
        const env = {
          ...fixture.settings,
          [variable]: vendor.origin,
          [enabledVariable(provider.id)]: "true",
        };
        await layFiles(place, fixture, env);
        const clock = createFixedClock(Date.parse(fixture.now));
        const { stdout, stderr } = await place.run(`collect --provider ${provider.id} --json`, {
          env,
          clock,
        });
        assert(stdout !== "", `${fixture.name}: ${stderr}`);
        check(fixture, JSON.parse(stdout));
      });
    }
  });
}

async function layFiles(
  place: CliHome,
  fixture: Fixture,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const environment = createEnvironment({ env, cwd: place.folder, home: place.folder, readFile: () => null });
  for (const [where, text] of Object.entries(filesOf(fixture))) {
    const path = resolvePlace(where, { environment, find: (name) => environment.find(name) });
    if (path === null) continue;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}

function check({ name, expect }: Fixture, { accounts }: Collected): void {
  const [account] = accounts;
  assertEquals(accounts.length, 1, name);
  assert(account);
  assertEquals(account.outcome, expect.error ?? "ok", `${name}: ${account.hint}`);
  if (expect.error !== undefined) return assert(account.hint, name);
  assertEquals(account.plan, expect.plan ?? null, name);
  const expected = expect.quotas ?? [];
  assertEquals(account.quotas.map(({ key }) => key).sort(), expected.map(({ key }) => key).sort(), name);
  for (const quota of expected) {
    const found = account.quotas.find(({ key }) => key === quota.key);
    assert(found);
    const what = `${name} ${quota.key}`;
    assertEquals([found.unit, found.windowSeconds], [quota.unit, quota.windowSeconds], what);
    assertEquals(found.resetsAt, quota.resetsAt, what);
    near(found.used, quota.used, what);
    near(found.limit, quota.limit, what);
    near(found.utilization, quota.utilization, what);
    if (quota.remaining !== undefined) near(found.remaining ?? null, quota.remaining, what);
    if (quota.currency !== undefined) assertEquals(found.currency, quota.currency, what);
    if (quota.usedUsd !== undefined) near(found.usedUsd ?? null, quota.usedUsd, what);
    if (quota.limitUsd !== undefined) near(found.limitUsd ?? null, quota.limitUsd, what);
  }
  if (expect.facts !== undefined) {
    const facts = account.facts.map(({ key, count, expiresAt }) => ({ key, count, expiresAt }));
    assertEquals(facts, expect.facts, name);
  }
  if (expect.hint !== undefined) assert(account.hint?.includes(expect.hint), name);
}

function near(found: number | null, expected: number | null, what: string): void {
  if (found === null || expected === null) assertEquals(found, expected, what);
  else assertClose(found, expected, 1e-6);
}
