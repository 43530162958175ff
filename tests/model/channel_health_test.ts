/** Whether a channel works, from the results of its messages. */
import { type ChannelDelivery, channelHealth } from "../../lib/model/alerts/channel_health.ts";
import { assertEquals } from "../support/assert.ts";

/** A message that was sent a second after it was created. */
function sent(createdAt: number, fields: Partial<ChannelDelivery> = {}): ChannelDelivery {
  return {
    channel: "mail",
    state: "sent",
    createdAt,
    dueAt: createdAt + 1000,
    attempts: 1,
    note: "",
    ...fields,
  };
}

/** A message that is tried again in a minute, or was given up a second after it was created. */
const waiting = (createdAt: number, fields: Partial<ChannelDelivery> = {}) =>
  sent(createdAt, { state: "waiting", dueAt: createdAt + 60_000, note: `failed ${createdAt}`, ...fields });
const givenUp = (createdAt: number, fields: Partial<ChannelDelivery> = {}) =>
  sent(createdAt, { state: "given-up", note: `failed ${createdAt}`, ...fields });

const health = (...deliveries: readonly ChannelDelivery[]) => channelHealth("mail", deliveries);

Deno.test("a channel is new until a message was tried, and well after it was sent", () => {
  const states = (...deliveries: readonly ChannelDelivery[]) => {
    const { state, waiting, sentAt } = health(...deliveries);
    return [state, waiting, sentAt];
  };
  assertEquals(states(), ["new", 0, null]);
  assertEquals(states(waiting(1, { attempts: 0 })), ["new", 1, null]);
  assertEquals(states(sent(1)), ["well", 0, 1001]);
  assertEquals(states(sent(1), waiting(2, { attempts: 0 })), ["well", 1, 1001]);
});

Deno.test("messages of other channels and expired ones do not count", () => {
  const { state, answers, waiting: count } = health(
    waiting(1, { channel: "phone" }),
    sent(2, { channel: "phone" }),
    givenUp(3, { state: "expired" }),
  );
  assertEquals([state, answers, count], ["new", [], 0]);
});

Deno.test("a channel is in trouble while a tried message waits, or one was given up since the last success", () => {
  const state = (...deliveries: readonly ChannelDelivery[]) => health(...deliveries).state;
  assertEquals(state(sent(5000), waiting(1)), "trouble");
  assertEquals(state(givenUp(1)), "trouble");
  // Given up one millisecond later than the success, and at the same time.
  assertEquals(state(sent(5000), givenUp(5001)), "trouble");
  assertEquals(state(sent(5000), givenUp(5000)), "well");
  assertEquals(state(sent(5000), sent(1), givenUp(4000)), "well");
  // Created after the success, although a clock that was set back says that it ended before.
  assertEquals(state(sent(5000), givenUp(9000, { dueAt: 2000 })), "trouble");
});

Deno.test("a channel is in trouble since its first failing message, for the reason of the newest", () => {
  const { since, problem, sentAt } = health(
    waiting(6000),
    givenUp(9000),
    waiting(7000),
    sent(2000),
    sent(3000),
    sent(1000),
    givenUp(1500),
  );
  assertEquals([since, problem, sentAt], [6000, "failed 9000", 4000]);
  const fine = health(sent(2000), givenUp(1500, { dueAt: 2500 }));
  assertEquals([fine.since, fine.problem], [null, ""]);
});

Deno.test("the last five tried messages are listed, newest first, at the time of their last attempt", () => {
  const { answers } = health(
    sent(3000),
    waiting(7000, { triedAt: 7500 }),
    waiting(6000),
    givenUp(4000),
    sent(2000),
    sent(5000),
    waiting(8000, { attempts: 0 }),
  );
  assertEquals(answers, [
    { at: 7500, state: "waiting", note: "failed 7000" },
    { at: 6000, state: "waiting", note: "failed 6000" },
    { at: 6000, state: "sent", note: "" },
    { at: 5000, state: "given-up", note: "failed 4000" },
    { at: 4000, state: "sent", note: "" },
  ]);
});
