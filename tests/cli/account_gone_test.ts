/** What is said about an account whose key is no longer configured. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { DAY_MS } from "../support/readings.ts";
import { startVendor } from "../support/vendor.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { NOW, withCliHome } from "./support.ts";

Deno.test("`account list` says what to do about a failing account only as long as it is polled", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => new Response("Broken", { status: 500 }));
    const env = { ZAI_API_KEY: "key-1234567890", ZAI_BASE_URL: vendor.origin };
    assertEquals((await place.run("collect", { env })).code, 1);
    const polled = await place.run("account list", { env });
    assertMatch(polled.stdout, /zai\/default +✕ unavailable/);
    assertStringIncludes(polled.stderr, "zai/default: Z.ai is not available");
    const { stdout, stderr } = await place.run("account list");
    assertMatch(stdout, /zai\/default +○ gone/);
    assertEquals(stderr, "");
  }));

Deno.test("status names an account that was never read, with its remedy, until it has not been polled for a week", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => new Response("Broken", { status: 500 }));
    const env = { ZAI_API_KEY: "key-1234567890", ZAI_BASE_URL: vendor.origin };
    assertEquals((await place.run("collect", { env })).code, 1);
    const { stdout } = await place.run("status", { env });
    assertMatch(stdout, /Z\.ai: cannot be read\. Z\.ai is not available.+ \(never read\)/);
    const later = createFixedClock(NOW + 8 * DAY_MS);
    assert(!(await place.run("status", { clock: later })).stdout.includes("cannot be read"));
  }));
