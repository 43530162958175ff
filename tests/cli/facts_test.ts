/** Facts about accounts besides quotas, from the vendor's answer to the terminal. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { exchangesOf, fixtureOf } from "../support/exchange.ts";
import { startVendor } from "../support/vendor.ts";
import { withCliHome } from "./support.ts";

async function afterPoll(provider: string, name: string, commands: readonly string[]) {
  const fixture = fixtureOf(provider, name);
  const printed: string[] = [];
  await withCliHome(async (place) => {
    await using vendor = startVendor(exchangesOf(fixture));
    const variable = `SYNTRACK_${provider.toUpperCase().replaceAll("-", "_")}_BASE_URL`;
    const env = { ...fixture.settings, [variable]: vendor.origin };
    const clock = createFixedClock(Date.parse(fixture.now));
    await place.run("collect", { env, clock });
    for (const command of commands) printed.push((await place.run(command, { env, clock })).stdout);
  });
  return printed;
}

Deno.test("status shows the number of banked resets and when the first of them expires, in words and in JSON", async () => {
  const [text = "", json = ""] = await afterPoll("codex", "variant_banked_resets_2026-11-21", [
    "status --long",
    "status --json",
  ]);
  assertMatch(text, /Banked resets: 3, the first expires in 9d 21h/);
  assertEquals(JSON.parse(json).accounts[0].facts, [
    { key: "banked-resets", label: "Banked resets", count: 3, expiresAt: "2026-12-01T09:00:00.000Z" },
  ]);
});

Deno.test("an answer without limits is successful, and status says why there may be none", async () => {
  const [text = "", json = ""] = await afterPoll("zai", "variant_team_without_limits_2026-11-21", [
    "status --long",
    "status --json",
  ]);
  assertMatch(text, /fresh/);
  assertMatch(text, /Z\.ai names no limits for this key/);
  const { health, quotas } = JSON.parse(json).accounts[0];
  assertEquals([health.state, health.failure, quotas], ["fresh", null, []]);
  assert(health.hint.includes("bigmodel.cn"));
});
