/** `collect` again, shortly after the vendor was polled. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { NOW, withCliHome } from "./support.ts";

interface Collected {
  readonly accounts: readonly {
    readonly outcome: string;
    readonly asked?: boolean;
    readonly askedAt?: string;
    readonly quotas: readonly unknown[];
  }[];
}

const GOOD = () => Response.json({ subscription: { limit: 135, requests: 89 } });
const at = (seconds: number) => ({ clock: createFixedClock(NOW + seconds * 1_000) });

Deno.test("collect again reports the recent result, contacts no vendor, and exits with the same code", () =>
  withCliHome(async (home) => {
    let answer: () => Response = () => new Response(null, { status: 503 });
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return answer();
    });
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await home.run("collect", at(0))).code, 1);
    answer = GOOD;
    const again = await home.run("collect --json", at(5));
    assertEquals([again.code, asked], [1, 1]);
    const [account] = (JSON.parse(again.stdout) as Collected).accounts;
    assertEquals([account?.outcome, account?.asked, account?.askedAt], [
      "unavailable",
      false,
      "2026-11-21T13:00:00.000Z",
    ]);
    assertStringIncludes(again.stderr, "polled 5s ago, too soon to poll again (--force polls anyway)");
    const forced = await home.run("collect --force --json", at(6));
    assertEquals([forced.code, asked], [0, 2]);
    assertEquals((JSON.parse(forced.stdout) as Collected).accounts[0]?.asked, undefined);
    const good = await home.run("collect", at(9));
    assertEquals([good.code, good.stdout, asked], [0, "Collected: 89/135 used (46 leftover)\n", 2]);
  }));

Deno.test("a corrected setting, or another key, is used at once", () =>
  withCliHome(async (home) => {
    await using wrong = startVendor(() => new Response(null, { status: 404 }));
    await using vendor = startVendor(GOOD);
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = wrong.origin;
    assertEquals((await home.run("collect", at(0))).code, 1);
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await home.run("collect", at(2))).code, 0);
    await using refusing = startVendor(() => new Response(null, { status: 401 }));
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = refusing.origin;
    assertEquals((await home.run("collect --force", at(4))).code, 1);
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    home.env.SYNTHETIC_API_KEY = "syn-another-secret-key";
    assertEquals((await home.run("collect", at(5))).code, 0);
  }));

for (const status of [429, 503]) {
  Deno.test(`a wait requested by the vendor is respected and stated even with --force: status ${status}`, () =>
    withCliHome(async (home) => {
      let asked = 0;
      await using vendor = startVendor(() => {
        asked++;
        return new Response(null, { status, headers: { "retry-after": "600" } });
      });
      home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
      home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
      await home.run("collect", at(0));
      for (const command of ["collect", "collect --force"]) {
        const { code, stderr } = await home.run(command, at(60));
        assertEquals([code, asked], [1, 1]);
        assertStringIncludes(stderr, "polled 1m ago, and its vendor asks to wait for 9m");
        assertEquals(stderr.includes("--force"), false);
      }
      await home.run("collect --force", at(700));
      assertEquals(asked, 2);
    }));
}

/** Runs `collect` each minute of some without a terminal, as a timer does; returns the minutes that reach the vendor. */
async function minutesAsked(
  home: Parameters<Parameters<typeof withCliHome>[0]>[0],
  minutes: readonly number[],
  count: () => number,
) {
  const reached: number[] = [];
  for (const minute of minutes) {
    const before = count();
    await home.run("collect", at(minute * 60));
    if (count() > before) reached.push(minute);
  }
  return reached;
}

const every = (step: number, last: number) =>
  Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);

Deno.test("a timer asks a vendor that refuses the login three times at growing distances, then when the login changes", () =>
  withCliHome(async (home) => {
    let asked = 0;
    let answer: () => Response = () => new Response(null, { status: 401 });
    await using vendor = startVendor(() => {
      asked++;
      return answer();
    });
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    // With an interval of a minute: after one minute, then after two.
    assertEquals(await minutesAsked(home, [0, 2, 3, 5, ...every(30, 600).slice(1)], () => asked), [0, 2, 5]);
    const resting = await home.run("collect", at(601 * 60));
    assertEquals(resting.code, 1);
    assertStringIncludes(resting.stderr, "not polled again until its login changes (--force polls anyway)");
    assertStringIncludes(resting.stderr, "It ended with auth");
    // A person at a terminal tries again, and so does --force.
    await home.run("collect", { ...at(602 * 60), isTty: true });
    await home.run("collect --force", at(603 * 60));
    assertEquals(asked, 5);
    answer = GOOD;
    home.env.SYNTHETIC_API_KEY = "syn-another-secret-key";
    assertEquals((await home.run("collect", at(604 * 60))).code, 0);
  }));

Deno.test("a timer waits longer each time for a vendor that limits the rate, as a server does", () =>
  withCliHome(async (home) => {
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return new Response(null, { status: 429 });
    });
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    const reached = await minutesAsked(home, every(6, 12 * 60), () => asked);
    // Waits of 5, 10, 20, 40, 80, 160 and 320 minutes, each up to a tenth longer, then at the next run.
    const waits = reached.slice(1).map((minute, index) => minute - reached[index]!);
    for (const [index, wait] of waits.entries()) {
      const least = 5 * 2 ** index;
      assert(wait >= least && wait <= least * 1.1 + 6, `${wait} minutes after ${index + 1} refusals`);
    }
    assertEquals(reached.length, 8);
  }));

Deno.test("a timer polls an account that works in each of its runs", () =>
  withCliHome(async (home) => {
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return GOOD();
    });
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals(await minutesAsked(home, every(30, 120), () => asked), [0, 30, 60, 90, 120]);
  }));

Deno.test("many concurrent collects poll once", () =>
  withCliHome(async (home) => {
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return GOOD();
    });
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    const codes = await Promise.all(
      Array.from({ length: 12 }, async () => (await home.run("collect", at(0))).code),
    );
    assertEquals([codes.every((code) => code === 0), asked], [true, 1]);
  }));
