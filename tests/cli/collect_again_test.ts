/** `collect` again, shortly after the vendor was polled. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
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
  withCliHome(async (place) => {
    let answer: () => Response = () => new Response(null, { status: 503 });
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return answer();
    });
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await place.run("collect", at(0))).code, 1);
    answer = GOOD;
    const again = await place.run("collect --json", at(5));
    assertEquals([again.code, asked], [1, 1]);
    const [account] = (JSON.parse(again.stdout) as Collected).accounts;
    assertEquals([account?.outcome, account?.asked, account?.askedAt], [
      "unavailable",
      false,
      "2026-11-21T13:00:00.000Z",
    ]);
    assertStringIncludes(again.stderr, "polled 5s ago, too soon to poll again (--force polls anyway)");
    const forced = await place.run("collect --force --json", at(6));
    assertEquals([forced.code, asked], [0, 2]);
    assertEquals((JSON.parse(forced.stdout) as Collected).accounts[0]?.asked, undefined);
    const good = await place.run("collect", at(9));
    assertEquals([good.code, good.stdout, asked], [0, "Collected: 89/135 used (46 leftover)\n", 2]);
  }));

Deno.test("a corrected setting, or another key, is used at once", () =>
  withCliHome(async (place) => {
    await using wrong = startVendor(() => new Response(null, { status: 404 }));
    await using vendor = startVendor(GOOD);
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = wrong.origin;
    assertEquals((await place.run("collect", at(0))).code, 1);
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await place.run("collect", at(2))).code, 0);
    await using refusing = startVendor(() => new Response(null, { status: 401 }));
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = refusing.origin;
    assertEquals((await place.run("collect --force", at(4))).code, 1);
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    place.env.SYNTHETIC_API_KEY = "syn-another-secret-key";
    assertEquals((await place.run("collect", at(5))).code, 0);
  }));

Deno.test("a wait requested by the vendor is respected even with --force", () =>
  withCliHome(async (place) => {
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return new Response(null, { status: 429, headers: { "retry-after": "600" } });
    });
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await place.run("collect", at(0));
    assertEquals([(await place.run("collect --force", at(60))).code, asked], [1, 1]);
    await place.run("collect --force", at(700));
    assertEquals(asked, 2);
  }));

Deno.test("many concurrent collects poll once", () =>
  withCliHome(async (place) => {
    let asked = 0;
    await using vendor = startVendor(() => {
      asked++;
      return GOOD();
    });
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    const codes = await Promise.all(
      Array.from({ length: 12 }, async () => (await place.run("collect", at(0))).code),
    );
    assertEquals([codes.every((code) => code === 0), asked], [true, 1]);
  }));
