import { createFixedClock } from "../../lib/base/clock.ts";
import { prepareDemo, type Scenario, SCENARIOS, VENDORS } from "../../lib/demo/mod.ts";
import { accountKey, type QuotaKey, quotaKey } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { ANCHOR, type DemoSite, openDemoSite, ZONE } from "../support/demo_site.ts";

const HOUR = 3_600_000;

function named(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  assert(found !== undefined);
  return found;
}

interface Shown {
  readonly key: string;
  readonly health: {
    readonly state: string;
    readonly failure: string | null;
    readonly hint: string | null;
    readonly nextAt: string | null;
    readonly okAt: string | null;
  };
  readonly quotas: readonly { readonly quota: string; readonly used: number | null }[];
}

/** The accounts as the served demo shows them after one more poll. */
async function shown(name: string, vendors: readonly string[]): Promise<ReadonlyMap<string, Shown>> {
  await using site = await openDemoSite({ spanMs: 4 * HOUR, scenario: named(name), vendors });
  await site.poll();
  return await accountsOf(site);
}

async function accountsOf(site: DemoSite): Promise<ReadonlyMap<string, Shown>> {
  const page = await fetch(site.origin);
  assertEquals(page.status, 200);
  await page.body?.cancel();
  const { accounts }: { readonly accounts: readonly Shown[] } =
    await (await fetch(`${site.origin}/api/v1/snapshot`)).json();
  return new Map(accounts.map((one) => [one.key, one]));
}

Deno.test("expired logins are shown as such, with the remedy, and the others stay fresh", async () => {
  const accounts = await shown("expired-login", ["zai", "codex", "gemini"]);
  const own = accounts.get("codex/default")?.health;
  assertEquals([own?.state, own?.failure, own?.nextAt], ["expired", "auth", null]);
  assertMatch(own?.hint ?? "", /has expired\. Set CODEX_TOKEN/);
  const refused = accounts.get("gemini/default")?.health;
  assertEquals([refused?.state, refused?.failure], ["failing", "auth"]);
  assertMatch(refused?.hint ?? "", /GEMINI_ACCESS_TOKEN/);
  assertEquals(accounts.get("zai/default")?.health.state, "fresh");
});

Deno.test("repeated 429 answers with retry-after 0 make polls rarer, not faster", async () => {
  const accounts = await shown("rate-limit-storm", ["zai", "copilot"]);
  const limited = accounts.get("copilot/default");
  assertEquals([limited?.health.state, limited?.health.failure], ["waiting", "rate_limited"]);
  assert(Date.parse(limited?.health.nextAt ?? "") > ANCHOR + 30 * 60_000);
  assert(limited !== undefined && limited.quotas.length > 0, "the last figures stay");
  assertEquals(accounts.get("zai/default")?.health.state, "fresh");
});

Deno.test("in an outage the last figures stay, marked with their age", async () => {
  const accounts = await shown("outage", ["zai", "synthetic"]);
  const out = accounts.get("synthetic/default");
  assertEquals([out?.health.state, out?.health.failure], ["failing", "unavailable"]);
  assertMatch(out?.health.hint ?? "", /status 503/);
  assert(Date.parse(out?.health.okAt ?? "") < ANCHOR - 39 * 60_000);
  assertEquals(out?.quotas.length, 3);
  assertEquals(accounts.get("zai/default")?.health.state, "fresh");
});

Deno.test("an answer of another shape gives no figure but a failure that names the vendor", async () => {
  const accounts = await shown("changed-shape", ["zai", "kimi"]);
  const changed = accounts.get("kimi/default")?.health;
  assertEquals([changed?.state, changed?.failure], ["failing", "bad_response"]);
  assertMatch(changed?.hint ?? "", /^Kimi Code answered .*newer version of syntrack/);
});

Deno.test("an answer for someone else goes to a separate account, and nothing of it to the old one", async () => {
  const accounts = await shown("identity-swap", ["zai", "kimi"]);
  const kept = accounts.get("kimi/default");
  assertEquals([kept?.health.state, kept?.health.failure], ["off", "auth"]);
  assertMatch(kept?.health.hint ?? "", /answered for a different owner/);
  const [other, ...more] = [...accounts.keys()].filter((key) => /^kimi\/default-[0-9a-f]+$/.test(key));
  assert(other !== undefined && more.length === 0);
  const strangers = accounts.get(other);
  assertEquals(strangers?.health.state, "fresh");
  assert((strangers?.quotas[0]?.used ?? 0) > 50 && (kept?.quotas[0]?.used ?? 100) < 50);
});

Deno.test("each scenario has a row in the docs", async () => {
  const docs = await Deno.readTextFile(new URL("../../docs/demo.md", import.meta.url));
  for (const { name } of SCENARIOS) assertMatch(docs, new RegExp(`^\\| \`${name}\` `, "m"));
});

Deno.test("scenarios have unique names, and each affects some of the shown vendors", () => {
  assertEquals(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  for (const { name, help, troubles } of SCENARIOS) {
    assertMatch(name, /^[a-z]+(-[a-z]+)+$|^[a-z]+$/);
    assertMatch(help, /^[a-z][^.]{10,80}$/);
    for (const vendors of [["zai"], ["bedrock", "amp"], Object.keys(VENDORS)]) {
      const own = troubles(ANCHOR, vendors);
      assert(own.length > 0 && own.every((one) => vendors.includes(one.vendor)), name);
      assert(own.some(({ from, to }) => from < ANCHOR && to > ANCHOR) || name === "inverted-numbers");
    }
  }
});

const STEADY: readonly QuotaKey[] = [
  quotaKey(accountKey("zai", "default"), "weekly"),
  quotaKey(accountKey("codex", "default"), "five-hour"),
  quotaKey(accountKey("codex", "default"), "seven-day"),
];

async function filled<T>(scenario: Scenario | undefined, look: (store: Store) => Promise<T>): Promise<T> {
  const demo = await prepareDemo({
    clock: createFixedClock(ANCHOR),
    providers,
    seed: 1,
    zone: ZONE,
    vendors: ["zai", "codex"],
    troubles: [],
    ...scenario ? { scenario } : {},
  });
  const store = await openSqliteStore(":memory:");
  try {
    await demo.fill(store, { spanMs: 30 * HOUR });
    return await look(store);
  } finally {
    await store[Symbol.asyncDispose]();
    await demo.close();
  }
}

/** How far an announced reset of five hours may wander: 5 percent. */
const MAX_EARLY_S = 900;

Deno.test("inverted figures are no reset as long as the vendor states the same reset", async () => {
  const look = (store: Store) =>
    Promise.all(STEADY.map(async (quota) => {
      const cycles = await store.cycles({ quota, limit: 50 });
      const [last] = await store.readings({ quota, newestFirst: true, limit: 1 });
      const readings = await store.readings({ quota, from: ANCHOR - 3 * HOUR });
      const most = Math.max(...readings.map(({ used }) => used ?? 0));
      return { cycles: cycles.map(({ startedAt }) => Math.round(startedAt / 1000)), last: last?.used, most };
    }));
  const usual = await filled(undefined, look);
  const inverted = await filled(named("inverted-numbers"), look);
  assertEquals(inverted.map(({ last }) => last), usual.map(({ last }) => last));
  assertEquals(inverted.map(({ cycles }) => cycles.length), usual.map(({ cycles }) => cycles.length));
  // An inverted figure just before the first use of an idle window may be taken for it.
  for (const [place, { cycles }] of inverted.entries()) {
    for (const [i, start] of cycles.entries()) {
      assert(
        Math.abs(start - usual[place]!.cycles[i]!) <= MAX_EARLY_S,
        `${start} for ${usual[place]!.cycles[i]}`,
      );
    }
  }
  assert(inverted.some(({ most }, index) => most > (usual[index]?.most ?? 0)), "the spells were read");
});
