/** Fake services after some hours of use: three providers, resets, idle times, a balance and unknown values. */
import type { Reading } from "../../lib/model/quota.ts";
import type { FakeClock } from "./fake_clock.ts";
import { type FakeServices, fakeServices } from "./fake_services.ts";
import { BALANCE, FIVE_HOURS, HOUR_MS, MINUTE_MS, MONTHLY, ONE_WEEK, reading, ROLLING } from "./readings.ts";

const STEP_MS = 10 * MINUTE_MS;

/** Polls every ten minutes for some hours; afterwards the clock shows the time of the last poll. */
export async function createUsedServices(clock: FakeClock, hours: number): Promise<FakeServices> {
  const services = await fakeServices({ clock });
  await use(services, clock, hours);
  return services;
}

export async function use(services: FakeServices, clock: FakeClock, hours: number): Promise<void> {
  for (let step = hours * HOUR_MS / STEP_MS; step >= 0; step--) {
    const at = clock.now();
    await services.polled("synthetic/default", synthetic(at));
    await services.polled("zai/default", zai(at), "pro");
    await services.polled("acme/home", [reading({ used: 3, limit: 0 })]);
    await services.polled("acme/work", acme(at), "Team");
    if (step > 0) clock.jump(STEP_MS);
  }
}

/** Rises for the first two of every five hours, from zero at the reset. */
function inWindow(
  at: number,
  windowMs: number,
  most: number,
): { readonly used: number; readonly resetsAt: number } {
  const since = at % windowMs;
  const part = Math.min(1, since / (windowMs * 0.4));
  return { used: Math.floor(part * most), resetsAt: at - since + windowMs };
}

function synthetic(at: number): readonly Reading[] {
  const five = inWindow(at, 5 * HOUR_MS, 100);
  const week = inWindow(at, 168 * HOUR_MS, 500);
  return [
    reading({ quota: "subscription", label: "Subscription", limit: 135, window: FIVE_HOURS, ...five }),
    reading({ quota: "search", label: "Search", limit: 250, window: ONE_WEEK, ...week }),
    reading({ quota: "tool-calls", label: "Tool calls", used: null, limit: 40, window: ROLLING }),
  ];
}

function zai(at: number): readonly Reading[] {
  const five = inWindow(at, 5 * HOUR_MS, 90);
  const used = 30 + Math.floor(at / HOUR_MS) % 7;
  const parts = [{ name: "search-prime", used: used - 10 }, { name: "web-reader", used: 10 }];
  return [
    reading({ unit: "percent", label: "Tokens", window: FIVE_HOURS, ...five }),
    reading({ quota: "tool-calls", label: "Tools", used, limit: 1000, window: MONTHLY, parts }),
  ];
}

function acme(at: number): readonly Reading[] {
  const hours = Math.floor(at / HOUR_MS) % 1000;
  return [
    reading({ used: 120, limit: 100, window: FIVE_HOURS, resetsAt: at + HOUR_MS }),
    reading({
      quota: "balance",
      label: "Balance",
      unit: "usd",
      used: null,
      limit: null,
      remaining: 1000 - hours / 10,
      window: BALANCE,
    }),
    reading({ quota: "nothing", label: "Nothing", used: null, limit: null }),
  ];
}
