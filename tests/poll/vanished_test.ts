/** What is shown of quotas that vanish from answers while something in these is not understood. */
import { accountView } from "../../lib/model/view/view.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR, type House, MINUTE, NOW, openHouse, reading } from "./support.ts";

const WEEK: Reading = {
  ...reading(40, NOW + 10 * HOUR),
  quota: "weekly",
  window: { kind: "fixed", seconds: 604_800 },
};
const BALANCE: Reading = {
  ...reading(0, NOW + 900 * 24 * HOUR),
  quota: "credits",
  used: null,
  limit: null,
  remaining: 12,
  unit: "usd",
  window: { kind: "balance", seconds: null },
};
const STRANGER = { what: "limits.fable", why: "no figure" };

/** Polls an answer after some minutes and returns what is shown then. */
async function poll(house: House, minutes: number, answer: Answer) {
  await house.clock.advance(minutes * MINUTE);
  house.provider.answer = () => Promise.resolve(answer);
  await house.scheduler.pollNow();
  const [record] = await house.store.latest();
  assert(record);
  return accountView({
    account: record.state.account,
    state: record.state,
    outcome: null,
    okAt: null,
    configured: true,
    providerName: "Acme",
  }, house.clock.now());
}

function isGone({ quotas }: Awaited<ReturnType<typeof poll>>, id: string): boolean | undefined {
  return quotas.find(({ quota }) => quota === id)?.gone;
}

Deno.test("a quota that its own part leaves out after it failed is gone, if all that is not understood was there before", async () => {
  await using house = await openHouse();
  const dropped = [STRANGER];
  await poll(house, 0, { readings: [reading(1), WEEK], dropped });
  const failed = await poll(house, 10, { readings: [reading(1)], dropped, unread: ["weekly"] });
  assertEquals(isGone(failed, "weekly"), false);
  assertEquals(isGone(await poll(house, 10, { readings: [reading(1)], dropped }), "weekly"), true);
});

Deno.test("what a failed part did not repeat is nothing new when it answers again", async () => {
  await using house = await openHouse();
  const dropped = [STRANGER];
  await poll(house, 0, { readings: [reading(1), WEEK], dropped });
  const failed = await poll(house, 10, { readings: [reading(1)], unread: ["weekly"] });
  assertEquals([isGone(failed, "weekly"), failed.dropped], [false, dropped]);
  assertEquals(isGone(await poll(house, 10, { readings: [reading(1)], dropped }), "weekly"), true);
  const complete = await poll(house, 10, { readings: [reading(1)] });
  assertEquals(complete.dropped ?? [], []);
});

Deno.test("a quota that may be renamed stays unread when a part of a later poll fails, and after a restart", async () => {
  await using house = await openHouse();
  const dropped = [STRANGER];
  await poll(house, 0, { readings: [reading(1), WEEK] });
  assertEquals(isGone(await poll(house, 10, { readings: [reading(1)], dropped }), "weekly"), false);
  const failed = await poll(house, 10, { readings: [reading(1)], dropped, unread: ["weekly"] });
  assertEquals(isGone(failed, "weekly"), false);
  house.restart();
  assertEquals(isGone(await poll(house, 10, { readings: [reading(1)], dropped }), "weekly"), false);
  // Its reset has passed.
  assertEquals(isGone(await poll(house, 10 * 60, { readings: [reading(1)], dropped }), "weekly"), true);
});

Deno.test("a balance that may be renamed counts as unread for a day, however far ahead it ends", async () => {
  await using house = await openHouse();
  const dropped = [STRANGER];
  await poll(house, 0, { readings: [reading(1), BALANCE] });
  assertEquals(isGone(await poll(house, 23 * 60, { readings: [reading(1)], dropped }), "credits"), false);
  assertEquals(isGone(await poll(house, 61, { readings: [reading(1)], dropped }), "credits"), true);
});

Deno.test("facts and a plan that a complete answer no longer states are over, although something new in it is not understood", async () => {
  await using house = await openHouse();
  const facts = [{ key: "reserve", label: "Resets in reserve", count: 2, expiresAt: null }];
  await poll(house, 0, { readings: [reading(1), WEEK], plan: "Pro", facts });
  const after = await poll(house, 10, { readings: [reading(1)], dropped: [STRANGER] });
  assertEquals([isGone(after, "weekly"), after.plan, after.facts ?? []], [false, null, []]);
  const later = await poll(house, 10, { readings: [reading(1)], dropped: [STRANGER] });
  assertEquals([isGone(later, "weekly"), later.plan, later.facts ?? []], [false, null, []]);
});
