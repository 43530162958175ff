/** What is found of an account: its settings, its failure, and what other parts may know. */
import { createHub } from "../../lib/base/hub.ts";
import { type Account, type Login, type Provider, ProviderError } from "../../lib/provider/contract.ts";
import { type ConfiguredAccount, createDiscovery } from "../../lib/poll/discovery.ts";
import { foundAccount } from "../../lib/poll/found_account.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { account, createMemoryLog, createTestContext, fakeProvider, NOW } from "./support.ts";

const BROKEN = "broken";

type Env = Readonly<Record<string, string | Error>>;

/** Finds the accounts of a provider with two settings, one of them secret. */
async function discover(env: Env = {}, more: readonly Login[] = []): Promise<readonly ConfiguredAccount[]> {
  const provider: Provider = {
    ...fakeProvider(),
    accounts: ({ find }) =>
      find("ACME_API_KEY")?.value === BROKEN
        ? Promise.reject(new ProviderError("auth", "The key is damaged"))
        : Promise.resolve([account("default", find("ACME_API_KEY")?.value)]),
    settings: [
      { name: "ACME_REGION", label: "Region", secret: false },
      { name: "ACME_API_KEY", label: "Key", secret: true },
    ] as unknown as Provider["settings"],
  };
  const clock = new FakeClock(NOW);
  const discovery = createDiscovery({
    providers: [provider],
    createContext: (_, signal, { login } = {}) => ({
      ...createTestContext(clock, signal),
      find: (name) => login?.find(name),
      env: (name) => {
        const value = env[name];
        if (value instanceof Error) throw value;
        return value;
      },
    }),
    logins: () => ({ enabled: true, more }),
    hub: createHub(),
    clock,
    log: createMemoryLog(),
    redact: (text) => text,
    signal: new AbortController().signal,
  });
  await discovery.refresh(provider);
  return discovery.found();
}

async function settingsOf(env: Env): Promise<string | undefined> {
  const [found] = await discover(env);
  assert(found);
  assertEquals("settings" in found, found.settings !== undefined);
  return found.settings;
}

Deno.test("an account's settings have a short fingerprint, which differs for each value but not for its key", async () => {
  const europe = await settingsOf({ ACME_REGION: "eu" });
  assert(/^[0-9a-f]{12}$/.test(europe ?? ""), europe);
  assertEquals(await settingsOf({ ACME_REGION: "eu", ACME_API_KEY: "key" }), europe);
  const prints = [
    europe,
    await settingsOf({ ACME_REGION: "us" }),
    await settingsOf({ ACME_REGION: "" }),
    await settingsOf({ SYNTRACK_ACME_BASE_URL: "https://eu" }),
    await settingsOf({ ACME_REGION: "eu", SYNTRACK_ACME_BASE_URL: "https://eu" }),
    await settingsOf({ ACME_REGION: new Error("The file is gone") }),
    await settingsOf({ ACME_REGION: new Error("The file is locked") }),
  ];
  assertEquals(new Set(prints).size, prints.length);
});

Deno.test("an account without settings has no fingerprint of them", async () => {
  assertEquals(await settingsOf({}), undefined);
  assertEquals(await settingsOf({ ACME_API_KEY: "key", OTHER_REGION: "eu" }), undefined);
});

Deno.test("the fingerprint of settings does not change between versions", async () => {
  // The first 12 digits of the SHA-256 of `ACME_REGION`, NUL and `eu`: outcomes are stored with it.
  assertEquals(await settingsOf({ ACME_REGION: "eu" }), "2e8a13f30036");
});

Deno.test("a login that cannot be used is an account with that failure, and the others have none", async () => {
  const login = (name: string, value: string): Login => ({
    name,
    isStored: true,
    find: () => ({ value, source: name }),
  });
  const found = await discover({}, [login("work", "key"), login("home", BROKEN)]);
  assertEquals(found.map(({ key }) => key), ["acme/default", "acme/work", "acme/home"]);
  assertEquals(found.map((one) => "failure" in one), [false, false, true]);
  assertEquals((found[2]?.failure as Error).message, "The key is damaged");
  // Without a key it is known by what is wrong with it, so that a repaired one is tried at once.
  assertEquals(new Set(found.map(({ credential }) => credential)).size, 3);
});

function foundOf(changes: Partial<Account>, identity: string | null, renewal: Provider["renewal"]) {
  const provider: Provider = { ...fakeProvider(), ...renewal && { renewal } };
  return foundAccount({
    key: "acme/default",
    provider,
    account: { ...account(), ...changes },
    credential: "one",
    origin: { key: "acme/default", fingerprint: "one" },
    identity,
  });
}

Deno.test("other parts know of an account where it was found, and never its secret", () => {
  const plain = {
    account: "acme/default",
    provider: "acme",
    name: "default",
    source: "ACME_API_KEY in ./.env",
    expiresAt: null,
    fingerprint: null,
    hosts: [],
    remedy: null,
    renewable: false,
  } as const;
  assertEquals(foundOf({}, null, undefined), plain);
  // Eight digits of the owner's hash distinguish people and do not name them.
  assertEquals(foundOf({ expiresAt: 5, hosts: ["api.acme.example"] }, "0123456789abcdef", undefined), {
    ...plain,
    expiresAt: 5,
    fingerprint: "01234567",
    hosts: ["api.acme.example"],
  });
});

Deno.test("a login can be renewed if its provider knows how and it has a file to write", () => {
  const renewal = {} as NonNullable<Provider["renewal"]>;
  const file = "~/.acme/login.json" as unknown as NonNullable<Account["file"]>;
  assertEquals(
    [
      foundOf({ file }, null, renewal),
      foundOf({ file }, null, undefined),
      foundOf({}, null, renewal),
      foundOf({}, null, undefined),
    ].map(({ renewable }) => renewable),
    [true, false, false, false],
  );
});
