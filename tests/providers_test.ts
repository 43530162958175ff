/**
 * The contract of every provider, checked with the registry and the fixtures: once in a
 * context made of exchanges, and once over the network with a server on this machine.
 */
import {
  MARKS,
  marksSheet,
  PERMISSIONS,
  permissionsPage,
  PROVIDERS,
  providersPage,
  README,
  readmeWith,
} from "../dev/provider_docs.ts";
import { PRODUCTS_FILE, productsModule } from "../dev/product_names.ts";
import type { ProviderContext } from "../lib/provider/context.ts";
import { type Answer, baseUrlVariables, type Provider, setUpHint } from "../lib/provider/contract.ts";
import { providers } from "../providers/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "./support/assert.ts";
import {
  checkQuotas,
  exchangesOf,
  type Expected,
  type Fixture,
  fixturesOf,
  outcomeOf,
  type Sent,
  settingOfFixture,
} from "./support/exchange.ts";
import { createFakeContext } from "./support/fake_context.ts";
import { checkReadings, KEBAB, kindOf } from "./support/check_readings.ts";
import { startVendor } from "./support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "./support/test_sandbox.ts";
import { parseSetting, resolvePlace } from "../lib/sandbox/places.ts";

Deno.test("the ids of all providers are unique and in kebab-case", () => {
  const ids = providers.map((provider) => provider.id);
  assertEquals([...new Set(ids)], ids);
  for (const id of ids) assertMatch(id, KEBAB);
});

for (const provider of providers) {
  const fixtures = fixturesOf(provider.id);

  Deno.test(`${provider.id} declares its hosts, its settings, and how often it may be polled`, () => {
    assert(provider.hosts.length > 0);
    for (const host of provider.hosts) assertMatch(host, /^[a-z0-9.-]+$/);
    for (const { name, help } of provider.settings) {
      assertMatch(name, /^[A-Z][A-Z0-9_]+$/);
      assert(help.length > 0, name);
    }
    const names = provider.settings.map((setting) => setting.name);
    assertEquals([...new Set(names)], names);
    assertMatch(
      setUpHint(provider),
      /^(?:[A-Z].+, or s|S)et [A-Z0-9_]+ in the environment, in \.\/\.env or in ~\/\.syntrack\/\.env$|^[A-Z].+/,
    );
    for (const { path, what } of provider.places ?? []) {
      assertMatch(path, /^(?:~|\/|\$\{[A-Z][A-Z0-9_]*:-[^}]+\})/);
      assert(what.length > 0, path);
      const setting = parseSetting(path);
      assert(setting === undefined || names.includes(setting), `${setting} of ${path} is no setting`);
    }
    for (const ending of provider.hostEndings ?? []) assertMatch(ending, /^\.[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
    assert((provider.everyMs ?? 0) >= 10_000);
  });

  Deno.test(`${provider.id} has a readable mark, and links to its vendor's own pages over https`, () => {
    const { vendor } = provider;
    assert(vendor, "no vendor");
    assertMatch(vendor.letters, /^[A-Z][A-Za-z]?$/);
    assertMatch(vendor.colour, /^#[0-9a-f]{6}$/);
    const white = 1.05 / (luminance(vendor.colour) + 0.05);
    assert(white >= 4.5, `white on ${vendor.colour}: ${white.toFixed(2)} to 1`);
    for (const link of [vendor.usage, ...vendor.status === undefined ? [] : [vendor.status]]) {
      const { protocol, hostname, username, port, hash } = new URL(link);
      assertEquals([protocol, username, port, hash], ["https:", "", "", ""], link);
      assert(hostname.includes(".") && !/^[\d.]+$/.test(hostname), link);
    }
  });

  Deno.test(`${provider.id} has fixtures for the ways a poll ends`, () => {
    const ends = new Set(fixtures.map(outcomeOf));
    for (const end of ["ok", "auth", "rate_limited", "bad_response"] as const) assert(ends.has(end), end);
    for (const { name } of fixtures) assertMatch(name, /_\d{4}-\d\d-\d\d$/);
  });

  Deno.test(`${provider.id} has no account when nothing is set`, async () => {
    assertEquals(await provider.accounts(createFakeContext()), []);
  });

  Deno.test(`${provider.id} cannot reach a host that it does not declare`, async () => {
    const ctx = createTestSandbox(provider, createTestEnvironment({}), {
      fetch: () => Promise.reject(new Error("Reached")),
    });
    const error = await assertRejects(() => ctx.fetch("https://elsewhere.example/"), /may not reach/);
    assertEquals(kindOf(error), "bad_response");
  });

  Deno.test(`${provider.id} has a known kind of failure for a key no header can carry, and does not show it`, async () => {
    const secrets = provider.settings.filter((setting) => setting.secret).map((setting) => setting.name);
    const fixture = fixtures.find((one) =>
      outcomeOf(one) === "ok" && secrets.some((name) => one.settings[name] !== undefined)
    );
    if (!fixture) return;
    const settings = Object.fromEntries(
      Object.entries(fixture.settings).map((
        [name, value],
      ) => [name, secrets.includes(name) ? `${value}\u2028unsendable` : value]),
    );
    const ctx = createFakeContext({
      ...settingOfFixture(fixture),
      settings,
      answer: () => new Response("{}"),
    });
    const error = await assertRejects(async () => {
      const [account] = await provider.accounts(ctx);
      if (account) await provider.read(ctx, account);
    });
    assert(!kindOf(error).startsWith("none"), kindOf(error));
    const { message, hint } = error as { message: string; hint?: string };
    assert(!`${message} ${hint ?? ""}`.includes("unsendable"));
  });

  for (const fixture of fixtures) {
    Deno.test(`${provider.id} ${fixture.name}: ${fixture.about}`, async () => {
      const exchanges = exchangesOf(fixture);
      const ctx = createFakeContext({ ...settingOfFixture(fixture), exchanges });
      await checkPoll(provider, () => ctx, fixture);
      checkRequests(ctx.requests, fixture, false);
    });

    Deno.test(`${provider.id} ${fixture.name} over the network`, async () => {
      await using vendor = startVendor(exchangesOf(fixture));
      const [variable = ""] = baseUrlVariables(provider);
      const environment = createTestEnvironment({ ...fixture.settings, [variable]: vendor.origin });
      const at = (path: string) =>
        resolvePlace(path, { environment, find: (name) => environment.find(name) });
      const placed = <Value>(all: Readonly<Record<string, Value>>, path: string) =>
        Object.entries(all).find(([place]) => at(place) === path)?.[1] ?? null;
      const { now, rows, commands, files, os } = settingOfFixture(fixture);
      const ctx = (hosts?: readonly string[]) =>
        createTestSandbox(provider, environment, {
          now,
          os,
          hosts,
          readText: (path) => Promise.resolve(placed(files, path)),
          readRows: (path) => Promise.resolve(placed(rows, path)),
          run: (command, args) => Promise.resolve(commands[[command, ...args].join(" ")] ?? null),
        });
      await checkPoll(provider, ctx, fixture);
      checkRequests(vendor.requests, fixture, true);
    });
  }
}

/** @param createContext creates the context, with the hosts of the account once they are known */
async function checkPoll(
  provider: Provider,
  createContext: (hosts?: readonly string[]) => ProviderContext,
  fixture: Fixture,
) {
  const [account] = await provider.accounts(createContext());
  assert(account, "no account was found");
  const secret = account.secret.reveal();
  const given = provider.settings.filter((setting) => setting.secret)
    .map((setting) => fixture.settings[setting.name]).find((value) => value);
  if (fixture.credential !== undefined || given !== undefined) {
    assertEquals(secret, fixture.credential ?? given);
  }
  const secrets = [secret, ...Object.values(account.also ?? {}).map((one) => one.reveal())].filter((one) =>
    one
  );
  for (const one of secrets) {
    assert(!`${account.source} ${account.remedy ?? ""}`.includes(one), "a secret is shown");
  }
  const ctx = createContext(account.hosts);
  const { expect } = fixture;
  if (expect.error === undefined) return checkAnswer(await provider.read(ctx, account), expect);

  const error = await assertRejects(() => provider.read(ctx, account));
  assertEquals(kindOf(error), expect.error, error instanceof Error ? error.message : "");
  const { message, hint, reason, retryAt } = error as {
    message: string;
    hint?: string;
    reason?: string;
    retryAt?: number;
  };
  for (const one of secrets) assert(!`${message} ${hint ?? ""}`.includes(one), "a secret is in the message");
  if (expect.reason !== undefined) assertEquals(reason, expect.reason);
  if (expect.retryAt !== undefined) {
    assertEquals(retryAt, expect.retryAt === null ? undefined : Date.parse(expect.retryAt));
  }
}

function checkAnswer(answer: Answer, expect: Expected) {
  checkReadings(answer.readings);
  assertEquals(answer.plan ?? null, expect.plan ?? null);
  checkQuotas(answer.readings, expect.quotas ?? []);
  assertEquals(answer.dropped?.map(({ what }) => what) ?? [], expect.dropped ?? []);
  if (expect.facts !== undefined) {
    const facts = (answer.facts ?? []).map(({ key, count, expiresAt }) => {
      return { key, count, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
    });
    assertEquals(facts, expect.facts);
  }
  if (expect.hint !== undefined) assert(answer.hint?.includes(expect.hint), answer.hint ?? "no hint");
}

function checkRequests(requests: readonly Sent[], fixture: Fixture, anyHost: boolean) {
  const expected = exchangesOf(fixture).map((exchange) => exchange.request);
  assertEquals(requests.length, expected.length);
  for (const [index, request] of expected.entries()) {
    const sent = requests[index];
    assert(sent);
    assertEquals(sent.method, request.method);
    if (!anyHost) assertEquals(sent.host, request.host);
    assertEquals(sent.path, request.path);
    for (const [name, value] of Object.entries(request.headers)) assertEquals(sent.headers.get(name), value);
    if (request.body !== undefined && typeof request.body !== "string") {
      assertEquals(JSON.parse(sent.body), request.body);
    } else if (request.body !== undefined) assertEquals(sent.body, request.body);
  }
}

/** Relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

Deno.test("the marks of vendors are those of the registry, and no two are alike", () => {
  assertEquals(Deno.readTextFileSync(MARKS), marksSheet(), "Run `deno run -A dev/provider_docs.ts`");
  const letters = providers.map(({ vendor }) => vendor?.letters);
  assertEquals([...new Set(letters)], letters);
  const colours = providers.map(({ vendor }) => vendor?.colour);
  assertEquals([...new Set(colours)], colours);
});

Deno.test("every provider has a page in the documents that names its settings", () => {
  for (const { id, settings } of providers) {
    const text = Deno.readTextFileSync(new URL(`../docs/providers/${id}.md`, import.meta.url));
    for (const { name } of settings) {
      assert(text.includes(name), `docs/providers/${id}.md does not name ${name}`);
    }
  }
});

Deno.test("documents about all providers agree with the registry", () => {
  const readme = Deno.readTextFileSync(README);
  assertEquals(readme, readmeWith(readme));
  const table = Deno.readTextFileSync(PROVIDERS);
  assertEquals(table, providersPage(table));
  assertEquals(Deno.readTextFileSync(PERMISSIONS), permissionsPage());
});

Deno.test("the names that commands know without a provider are those of the registry, and each belongs to one", () => {
  assertEquals(
    Deno.readTextFileSync(PRODUCTS_FILE),
    productsModule(),
    "Run `deno run -A dev/provider_docs.ts`",
  );
  const words = providers.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
  assertEquals(words.filter((word, at) => words.indexOf(word) !== at), []);
  for (const word of words) assert(/^[a-z0-9-]+$/.test(word), word);
});
