import { DEFAULT_RULES } from "../../lib/model/advance.ts";
import { quotaView } from "../../lib/model/view.ts";
import { rulesFor } from "../../lib/poll/rules.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { fakeProvider, HOUR, MINUTE, openHouse, reading } from "./support.ts";

Deno.test("rulesFor() leaves the rules as they are where polls are close", () => {
  assertEquals(rulesFor(DEFAULT_RULES, MINUTE), DEFAULT_RULES);
  assertEquals(rulesFor(DEFAULT_RULES, 6 * MINUTE), DEFAULT_RULES);
});

Deno.test("rulesFor() remembers for longer where polls are further apart", () => {
  assertEquals(rulesFor(DEFAULT_RULES, 20 * MINUTE), { ...DEFAULT_RULES, idleMs: 30 * MINUTE });
  assertEquals(rulesFor(DEFAULT_RULES, 2 * HOUR), { recentMs: 5 * HOUR, idleMs: 3 * HOUR });
});

Deno.test("an account that is polled every two hours has a rate and one session", async () => {
  const provider = fakeProvider("acme", 2 * HOUR);
  await using house = await openHouse({}, provider);
  const { scheduler, store, clock } = house;
  for (const used of [10, 20, 26]) {
    provider.answer = () => Promise.resolve({ readings: [reading(used)] });
    await scheduler.pollNow();
    await clock.advance(2 * HOUR);
  }
  const account = "acme/default";
  const { quotas, at } = await store.recall(account);
  const state = quotas["five-hour"];
  assert(state);
  assertEquals(quotaView(account, state, at).ratePerHour, 4);
  const sessions = await store.sessions({ account, limit: 9 });
  assertEquals(sessions.map(({ quotas }) => quotas[0]?.consumed), [16]);
});
