/** How often an account of each state is polled in a day, stored and logged: as rarely as its state says. */
import type { FailureKind } from "../../lib/model/outcome.ts";
import { Secret } from "../../lib/provider/context.ts";
import { type Login, ProviderError } from "../../lib/provider/contract.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ANSWER, failWith, HOUR, type House, NOW, openHouse } from "./support.ts";

const KEY = "acme/default";
const DAY_MINUTES = 24 * 60;

/** Returns the number of polls, stored outcomes and lines in the log of one account. */
async function countOf(house: House, account = KEY): Promise<readonly [number, number, number]> {
  const outcomes = await house.store.outcomes({ account: account as typeof KEY, limit: 5000 });
  const lines = house.log.lines.filter(({ level, fields }) => level === "warn" && fields.account === account);
  const name = account.slice(account.indexOf("/") + 1);
  return [house.provider.asked.filter((one) => one.name === name).length, outcomes.length, lines.length];
}

// Waits are 5% longer than their length: half of the jitter.
const EXPECTED: Readonly<Record<FailureKind, number>> = {
  // It waits for another login.
  missing: 1,
  // After three refusals, too.
  auth: 3,
  // After 5, 10, 20, 40, 80, 160 and 320 minutes, then every six hours: 0, 5, 15, 36, 78, 162, 330, 666, 1044 and 1422.
  rate_limited: 10,
  // After 1, 2, 4, 8 and 16 minutes, then every half hour: six by minute 32, and 44 in the rest of the day.
  unavailable: 50,
  // Every hour.
  bad_response: 23,
};

for (const [kind, count] of Object.entries(EXPECTED)) {
  Deno.test(`an account that ends with ${kind} is polled as often in a day as its wait says, and stored and logged as often`, async () => {
    await using house = await openHouse();
    house.provider.answer = failWith(kind as FailureKind, "It does not work");
    await house.minutes(DAY_MINUTES);
    assertEquals(await countOf(house), [count, count, count]);
    // Nor does a restart begin anew.
    house.restart();
    await house.minutes(3);
    assert((await countOf(house))[0] <= count + 1);
  });
}

Deno.test("a login that cannot be used, and one that stands beside another, are stored and logged once", async () => {
  const login = (name: string): Login => ({ name, isStored: true, find: () => undefined });
  await using house = await openHouse({
    logins: () => ({ enabled: true, more: [login("broken"), login("twin")] }),
  });
  const { provider } = house;
  provider.answer = () => Promise.resolve(ANSWER);
  let asked = 0;
  provider.accounts = () => {
    // The environment's account, then the two that were added.
    const place = asked++ % 3;
    return place === 1
      ? Promise.reject(new ProviderError("missing", "The stored login cannot be read"))
      : Promise.resolve([{ name: "default", source: "a file", secret: new Secret("same") }]);
  };
  for (const name of ["broken", "twin"]) await house.store.docs.put("accounts", `acme/${name}`, {}, NOW);
  await house.minutes(12 * 60);
  assertEquals(await countOf(house, "acme/broken"), [0, 1, 1]);
  // One line for its outcome, one that names both.
  assertEquals(await countOf(house, "acme/twin"), [0, 1, 2]);
  house.restart();
  await house.minutes(60);
  assertEquals((await countOf(house, "acme/broken"))[1], 1);
  assertEquals((await countOf(house, "acme/twin"))[1], 1);
});

Deno.test("an account whose login has ended is stored as ended three times, however long it lasts", async () => {
  await using house = await openHouse();
  house.provider.configured = [{ ...house.provider.configured[0]!, expiresAt: NOW - HOUR }];
  house.provider.answer = failWith("auth", "The login has ended", { reason: "expired" });
  await house.minutes(DAY_MINUTES);
  assertEquals(await countOf(house), [3, 3, 3]);
});
