import { HOUR_MS } from "../../lib/model/duration.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { alertHouse, startReceiver } from "./support.ts";

const FOUND = {
  quotas: [{
    name: "Acme 5-hour",
    unit: "requests" as const,
    isBalance: false,
    use: { consumed: 20, share: 0.2, high: 0.6, resets: 0 },
    parts: [],
    ended: [],
  }],
};
// The clock of the tests starts at 14:00 in Berlin.
const AT_FIVE = { daily: { minute: 17 * 60 } };

Deno.test("a summary is sent at the hour of its channel, in quiet hours too, and not by channels without one", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  house.summarizes(FOUND);
  const rule = { least: "critical", summaries: AT_FIVE, quiet: { from: 16 * 60, to: 20 * 60 } } as const;
  await house.add({ id: "mine", type: "webhook", rule, values: { url: hook.url } });
  await house.add({ id: "other", type: "webhook", values: { url: `${hook.url}/other` } });
  await house.alerts.evaluate();
  for (let hour = 0; hour < 24; hour++) {
    house.clock.jump(HOUR_MS);
    await house.alerts.evaluate();
    await house.deliver();
  }
  assertEquals(hook.received.map(({ path }) => path), ["/"]);
  const [summary] = JSON.parse(hook.received[0]!.text).alerts;
  assertEquals([summary.kind, summary.title], ["summary", "Daily summary: 1 of 1 quotas used"]);
  assertEquals(house.asked.length, 1);
});

Deno.test("a summary for two channels is computed once, and sent by both", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  house.summarizes(FOUND);
  for (const id of ["mine", "other"]) {
    await house.add({
      id,
      type: "webhook",
      rule: { summaries: AT_FIVE },
      values: { url: `${hook.url}/${id}` },
    });
  }
  await house.alerts.evaluate();
  house.clock.jump(3 * HOUR_MS);
  assertEquals((await house.alerts.evaluate()).map(({ kind }) => kind), ["summary"]);
  await house.deliver();
  assertEquals(hook.received.map(({ path }) => path).sort(), ["/mine", "/other"]);
  assertEquals((await house.alerts.counts()).raised, 1);
  assertEquals(await house.alerts.evaluate(), []);
});

Deno.test("a restart at the hour of a summary, and a second process, send no second one", async () => {
  await using hook = startReceiver();
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await using second = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", rule: { summaries: AT_FIVE }, values: { url: hook.url } });
  for (const house of [first, second]) {
    house.summarizes(FOUND);
    await house.alerts.evaluate();
    house.clock.jump(3 * HOUR_MS);
  }
  await Promise.all([first, second].map((house) => house.alerts.evaluate()));
  // As after a crash before the memory was stored.
  await store.docs.delete("alert_memory", "summary:mine");
  await store.docs.put(
    "alert_memory",
    "summary:mine",
    { daily: { date: "2026-11-18", reason: "raised" } },
    0,
  );
  await first.alerts.evaluate();
  await Promise.all([first.deliver(), second.deliver()]);
  assertEquals(hook.received.length, 1);
});

Deno.test("explain states when the next summary is due, and why there was none", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", rule: { summaries: AT_FIVE }, values: { url: hook.url } });
  const why = async () => (await house.alerts.explain()).filter(({ kind }) => kind === "summary");
  assertEquals((await why()).map(({ reason, figure }) => [reason, figure]), [
    ["not-due", "daily by mine, next at 17:00 (in 3h)"],
  ]);
  await house.alerts.evaluate();
  house.clock.jump(3 * HOUR_MS);
  await house.alerts.evaluate();
  assertEquals((await why())[0]?.reason, "nothing-to-say");
  await house.alerts.setRules({ off: ["summary"] });
  assertEquals((await why())[0]?.reason, "turned-off");
  house.summarizes(FOUND);
  house.clock.jump(24 * HOUR_MS);
  await house.alerts.evaluate();
  await house.deliver();
  assertEquals(hook.received.length, 0);
});

Deno.test("the spend of an account is compared with its budget after each poll", async () => {
  await using house = await alertHouse();
  await house.alerts.setRules({ only: { "acme/default": { budget: 50 } } });
  house.spends(20);
  await house.see(0, 10);
  house.spends(51);
  const raised = await house.see(1, 11);
  assertEquals(raised.map(({ kind }) => kind), ["over-budget"]);
  assert(raised[0]!.text.startsWith("$51.00 spent"), raised[0]!.text);
  assertEquals(await house.see(1, 12), []);
});
