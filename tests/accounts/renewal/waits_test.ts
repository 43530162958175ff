/** How long a renewal waits after a failure, and for what it does not. */
import { ProviderError, type RefreshReason } from "../../../lib/provider/contract.ts";
import { assertEquals } from "../../support/assert.ts";
import { HOUR, MINUTE } from "../../poll/support.ts";
import { LOGIN, type Tool, withTool } from "./support.ts";

/** Returns after which of the minutes an attempt reaches the vendor. */
async function attemptsWithin(tool: Tool, minutes: number, why: RefreshReason = "expired") {
  const reached: number[] = [];
  for (let minute = 0; minute <= minutes; minute += 5) {
    const before = tool.sent.length;
    await tool.renew(why);
    if (tool.sent.length > before) reached.push(minute);
    await tool.clock.advance(5 * MINUTE);
  }
  return reached;
}

Deno.test("a renewal that keeps failing waits twice as long each time, at most half an hour, as polls do", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("unavailable", "Down");
    // Waits of 5, 10, 20, 30 and 30 minutes.
    assertEquals(await attemptsWithin(tool, 100), [0, 5, 15, 35, 65, 95]);
    // A restart changes nothing: the wait is stored.
    const again = tool.again();
    const { signal } = new AbortController();
    assertEquals(await again.renew(await tool.account(), "expired", signal), false);
    assertEquals(tool.sent.length, 6);
  }));

Deno.test("a vendor that limits renewals is asked after 5, 10, 20 minutes and so on, up to 6 hours, or when it says", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("rate_limited", "Too many");
    assertEquals(await attemptsWithin(tool, 320), [0, 5, 15, 35, 75, 155, 315]);
    const retryAt = tool.clock.now() + 24 * HOUR;
    tool.vendor.fail = new ProviderError("rate_limited", "Too many", { retryAt });
    await tool.clock.advance(6 * HOUR);
    await tool.renew();
    const before = tool.sent.length;
    // 6 hours later it was told to wait for 18 more.
    await tool.clock.advance(18 * HOUR - 10 * MINUTE);
    await tool.renew();
    assertEquals(tool.sent.length, before);
    await tool.clock.advance(10 * MINUTE);
    await tool.renew();
    assertEquals(tool.sent.length, before + 1);
  }));

Deno.test("a renewal that the vendor answered without a login is tried again after an hour", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("bad_response", "Without a token");
    assertEquals(await attemptsWithin(tool, 125), [0, 60, 120]);
  }));

Deno.test("another login is renewed at once, however long the former one has failed", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("unavailable", "Down");
    await attemptsWithin(tool, 95);
    tool.vendor = {};
    const another = { ...LOGIN, token: "signed-in-again", refresh: "refresh-new" };
    await Deno.writeTextFile(tool.path, JSON.stringify(another));
    assertEquals(await tool.renew(), true);
    assertEquals(tool.sent.at(-1), "refresh-new");
  }));

Deno.test("a login renewed because of a rate limit is renewed again when it ends, not hours later", () =>
  withTool(["limited", "expired"], async (tool) => {
    assertEquals(await tool.renew("limited"), true);
    await tool.clock.advance(HOUR);
    assertEquals(await tool.renew("limited"), false);
    assertEquals(await tool.renew("expired"), true);
    // That was no reason to renew it for a rate limit earlier.
    assertEquals(await tool.renew("limited"), false);
    await tool.clock.advance(5 * HOUR);
    assertEquals(await tool.renew("limited"), true);
  }));

Deno.test("waits that a clock far ahead began are over once it is right", () =>
  withTool(["limited", "expired"], async (tool) => {
    await tool.clock.advance(400 * 24 * HOUR);
    assertEquals(await tool.renew("limited"), true);
    tool.vendor.fail = new ProviderError("unavailable", "Down");
    assertEquals(await tool.renew("expired"), false);
    tool.vendor = {};
    tool.clock.jump(-400 * 24 * HOUR);
    assertEquals(await tool.renew("limited"), true);
  }));
