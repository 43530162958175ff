/** Settings and alert rules that two processes, or two browsers, change at the same moment: no change is lost. */
import { createSettings, readSettings } from "../../lib/app/settings.ts";
import { createHub } from "../../lib/base/hub.ts";
import { withBudget } from "../../lib/model/alerts/rules.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { alertHouse } from "../alerts/support.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { HOUR_MS } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";
import { READ_AT } from "../support/views.ts";

const ACCOUNTS: readonly AccountKey[] = ["acme/a", "acme/b", "acme/c", "acme/d"];

Deno.test("settings that several processes change at the same moment are all kept", async () => {
  await using store = await openTestStore();
  const clock = new FakeClock(READ_AT);
  const keepers = ACCOUNTS.map(() => createSettings({ store, hub: createHub(), clock }));
  await Promise.all([
    ...keepers.map((keeper, place) =>
      keeper.save(({ accounts }) => ({
        accounts: { ...accounts, [ACCOUNTS[place]!]: { label: `Label ${place}`, polling: true } },
      }))
    ),
    keepers[0]!.save({ theme: "dark" }),
  ]);
  const { accounts, theme } = await readSettings(store, clock.now());
  assertEquals(
    [theme, ...ACCOUNTS.map((key) => accounts[key]?.label)],
    ["dark", "Label 0", "Label 1", "Label 2", "Label 3"],
  );
  // Each process goes on with what is stored, or reads it again.
  clock.jump(HOUR_MS);
  for (const keeper of keepers) assertEquals((await keeper.load()).theme, "dark");
});

Deno.test("budgets, rules and snoozes that several processes change at the same moment are all kept", async () => {
  await using store = await openTestStore();
  const houses = await Promise.all(ACCOUNTS.map(() => alertHouse(store)));
  await Promise.all([
    ...houses.map(({ alerts }, place) =>
      alerts.setRules((before) => withBudget(before, ACCOUNTS[place]!, 10 + place))
    ),
    houses[0]!.alerts.setRules({ thresholds: [0.7] }),
    ...houses.map(({ alerts }, place) =>
      alerts.snooze({ target: ACCOUNTS[place]!, until: READ_AT + HOUR_MS })
    ),
  ]);
  const { alerts } = houses[3]!;
  const { only, thresholds } = await alerts.rules();
  assertEquals([thresholds, ...ACCOUNTS.map((key) => only?.[key]?.budget)], [[0.7], 10, 11, 12, 13]);
  assertEquals((await alerts.snoozes()).map(({ target }) => target).sort(), [...ACCOUNTS]);
  assertEquals(await alerts.unsnooze("acme/b"), 1);
  assertEquals((await alerts.snoozes()).length, 3);
});
