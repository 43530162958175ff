/** Which accounts are one login under two names. */
import { findTwins } from "../../lib/poll/twins.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Account, Login } from "../../lib/provider/contract.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { account, ANSWER, createTestContext, failWith, fakeProvider, NOW, openHouse } from "./support.ts";

interface Fields extends Partial<Account> {
  readonly settings?: string;
  readonly failure?: unknown;
  readonly isRefused?: boolean;
}

const LOGIN: Login = { name: "work", isStored: true, find: () => undefined };

/** Whether an added account is the one of the environment. */
function isTwin(first: Fields, second: Fields, login: Login | null = LOGIN): boolean {
  const candidate = (name: string, { settings, failure, isRefused = false, ...fields }: Fields) => ({
    key: `acme/${name}` as const,
    account: { ...account(name), ...fields },
    ...settings !== undefined && { settings },
    ...failure !== undefined && { failure },
    isRefused,
  });
  const [own, added] = [candidate("default", first), { ...candidate("work", second), ...login && { login } }];
  return findTwins([own, added]).get(added) === "acme/default";
}

const secret = (text: string) => ({ secret: new Secret(text) });

Deno.test("accounts with the same key, or of the same owner, are one, unless their settings differ", () => {
  const cases: readonly (readonly [string, Fields, Fields, boolean])[] = [
    ["the same key", {}, {}, true],
    ["another key", {}, secret("other"), false],
    ["no key at all", secret(""), secret(""), false],
    ["the same key with another second part", { also: secret("a") }, { also: secret("b") }, false],
    ["the same key in another region", { settings: "eu" }, { settings: "us" }, false],
    ["the same key for another team", { facts: { team: "a" } }, { facts: { team: "b" } }, false],
    ["the same key for another host", { hosts: ["a.acme.com"] }, { hosts: ["b.acme.com"] }, false],
    ["the same owner with another key", { identity: "ann" }, { identity: "ann", ...secret("other") }, true],
    ["another owner with another key", { identity: "ann" }, { identity: "bob", ...secret("other") }, false],
    [
      "an owner named beside the key, which may be another's",
      { identity: "ann" },
      { identity: "ann", isOwnerBeside: true, ...secret("other") },
      false,
    ],
    ["a login that cannot be used", { failure: "broken" }, {}, false],
    [
      "a refused login of the same owner with another key",
      { identity: "ann", isRefused: true },
      { identity: "ann", ...secret("other") },
      false,
    ],
    ["the same key that is refused", { identity: "ann", isRefused: true }, { identity: "ann" }, true],
  ];
  for (const [name, first, second, twin] of cases) assertEquals([name, isTwin(first, second)], [name, twin]);
});

Deno.test("accounts that a provider finds with one login are recognized by it", () => {
  assertEquals([isTwin({}, {}, null), isTwin({}, {})], [false, true]);
});

Deno.test("of several accounts with one login, all but the first are its twins", () => {
  const all = ["a", "b", "c"].map((name) => ({
    key: `acme/${name}` as const,
    account: account(name),
    login: { ...LOGIN, name },
  }));
  assertEquals([...findTwins(all).values()], ["acme/a", "acme/a"]);
});

Deno.test("of two logins of one owner, the one that works is read once the other is refused, and once both work, one is", async () => {
  const provider = fakeProvider();
  const own = { ...account("default", "old"), identity: "ann" };
  provider.configured = [own];
  provider.accounts = ({ env }) =>
    Promise.resolve(
      env("ACME_KEY") ? [{ ...account("default", "new"), identity: "ann" }] : provider.configured,
    );
  provider.answer = (_, { secret }) =>
    secret.reveal() === "old" ? failWith("auth", "Refused")() : Promise.resolve(ANSWER);
  const clock = new FakeClock(NOW);
  await using house = await openHouse({
    logins: () => ({ enabled: true, more: [LOGIN] }),
    createContext: (_, signal, { login } = {}) => ({
      ...createTestContext(clock, signal),
      env: (name) => name === "ACME_KEY" && login ? "new" : undefined,
    }),
  }, provider);
  const names = () => provider.asked.splice(0).map(({ name }) => name);
  await house.store.docs.put("accounts", "acme/work", {}, NOW);
  await house.minutes(1);
  assertEquals(names(), ["default"]);
  // It rests after three refusals.
  await house.minutes(10);
  assertEquals(new Set(names()), new Set(["default", "work"]));
  await house.minutes(3);
  assertEquals(names(), ["work", "work", "work"]);
  house.restart();
  // A command that only discovers, and a server that starts, know it from what is stored.
  await house.scheduler.discover();
  assertEquals(house.scheduler.accounts().map(({ name, sameAs }) => [name, sameAs]), [
    ["default", undefined],
    ["work", undefined],
  ]);
  await house.minutes(2);
  assertEquals(names(), ["work", "work"]);
  provider.configured = [{ ...own, ...secret("renewed") }];
  await house.minutes(3);
  assertEquals(new Set(names()), new Set(["default"]));
});
