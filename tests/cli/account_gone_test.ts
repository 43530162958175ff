/** What is said about an account whose key is no longer configured. */
import { startVendor } from "../support/vendor.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { inPlace } from "./support.ts";

Deno.test("`account list` says what to do about a failing account only as long as it is polled", () =>
  inPlace(async (place) => {
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
