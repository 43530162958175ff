/** A dashboard of 80 quotas whose accounts are polled when a benchmark asks for it. */
import { HOUR_MS } from "../../../lib/model/duration.ts";
import type { Reading } from "../../../lib/model/quota.ts";
import { serveBuilt } from "../../../tests/support/built_site.ts";
import { ANCHOR } from "../../../tests/support/demo_site.ts";
import { FakeClock } from "../../../tests/support/fake_clock.ts";
import { fakeServices } from "../../../tests/support/fake_services.ts";
import { reading } from "../../../tests/support/readings.ts";

const ACCOUNTS = 20;
const QUOTAS = 4;
/** Accounts are polled every minute, one after another. */
const BETWEEN_MS = 60_000 / ACCOUNTS;
const KEYS = Array.from(
  { length: ACCOUNTS },
  (_, i) => `acme/account-${String(i).padStart(2, "0")}` as const,
);

export interface Eighty extends AsyncDisposable {
  readonly origin: string;
  /** Polls the next account: its quotas rise. */
  poll(): Promise<void>;
}

export async function openEighty(): Promise<Eighty> {
  const clock = new FakeClock(ANCHOR);
  const services = await fakeServices({ clock });
  let polls = 0;
  async function poll() {
    clock.jump(BETWEEN_MS);
    await services.polled(KEYS[polls % ACCOUNTS]!, readingsAt(Math.floor(polls / ACCOUNTS), clock.now()));
    polls++;
  }
  for (let i = 0; i < 10 * ACCOUNTS; i++) await poll();
  const site = await serveBuilt(services);
  return {
    origin: site.origin,
    poll,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    },
  };
}

/** They reset every five hours, rise at different speeds, and some run out before. */
function readingsAt(round: number, now: number): readonly Reading[] {
  const length = 5 * HOUR_MS;
  return Array.from({ length: QUOTAS }, (_, i) => {
    const resetsAt = (Math.floor(now / length) + 1) * length;
    const since = Math.min(round, (now % length) / 60_000);
    return reading({
      quota: `quota-${i}`,
      label: `Quota ${i}`,
      used: Math.min(100, since * (i + 1) / 8),
      resetsAt,
    });
  });
}
