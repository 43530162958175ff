/** The idle hours of a week: learned once an hour for each zone and set of accounts. */
import { HOUR_MS } from "../../lib/model/duration.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { readIdleWeek } from "../../lib/web/horizon.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { utc } from "../support/readings.ts";

const AT = utc("2026-11-21 13:10");
const BOTH: readonly AccountKey[] = ["acme/work", "zai/default"];

function history() {
  const clock = new FakeClock(AT);
  const asked: string[] = [];
  const state = { fails: false };
  const analysis = {
    sessionsInRange: (accounts: readonly string[]) => {
      asked.push(accounts.join(" "));
      return state.fails ? Promise.reject(new Error("busy")) : Promise.resolve({ items: [] });
    },
  };
  const services = { clock, analysis } as unknown as Parameters<typeof readIdleWeek>[0];
  return { clock, asked, state, services };
}

Deno.test("readers in two zones and with limited accounts do not invalidate each other's weeks", async () => {
  const { clock, asked, services } = history();
  for (let again = 0; again < 3; again++) {
    for (const zone of ["Europe/Berlin", "Asia/Tokyo"]) {
      await Promise.all([readIdleWeek(services, BOTH, zone), readIdleWeek(services, BOTH, zone)]);
      await readIdleWeek(services, ["zai/default"], zone);
    }
  }
  assertEquals(asked.length, 4);
  clock.jump(HOUR_MS);
  await readIdleWeek(services, BOTH, "Asia/Tokyo");
  assertEquals(asked.length, 5);
});

Deno.test("a week that could not be learned is learned at the next request", async () => {
  const { asked, state, services } = history();
  state.fails = true;
  await assertRejects(() => readIdleWeek(services, BOTH, "UTC"));
  state.fails = false;
  assertEquals(await readIdleWeek(services, BOTH, "UTC"), null);
  assertEquals(asked.length, 2);
});
