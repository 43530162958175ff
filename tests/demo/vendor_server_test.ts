import { startVendorServer } from "../../lib/demo/vendor_server.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";

const anchor = Date.parse("2026-11-19T13:17:21.000Z");

Deno.test("the vendor server answers on the loopback address, according to its clock", async () => {
  let now = anchor;
  const server = startVendorServer({ clock: { now: () => now }, seed: 1, anchor, zone: "Europe/Berlin" });
  try {
    assertMatch(server.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    const fetchQuotas = () =>
      fetch(`${server.origin}/v2/quotas`, { headers: { authorization: "Bearer syn_demo_opens_nothing" } });
    const early = await (await fetchQuotas()).json();
    now += 3_600_000;
    const late = await (await fetchQuotas()).json();
    assertEquals(late.subscription.requests > early.subscription.requests, true);
    const refused = await fetch(`${server.origin}/v2/quotas`);
    assertEquals(refused.status, 401);
    await refused.body?.cancel();
  } finally {
    await server.close();
  }
});
