import { badgeCount } from "../../lib/ui/badge.ts";
import { detectSwipe } from "../../lib/ui/swipe.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";

const FROM = { x: 200, y: 300, at: 0 };
const WIDTH = 375;

Deno.test("a swipe is fast, horizontal, long enough, and does not start at the edge", () => {
  const to = (x: number, y = 300, at = 200) => detectSwipe(FROM, { x, y, at }, WIDTH);
  assertEquals(to(100), "next");
  assertEquals(to(300), "previous");
  assertEquals(to(140), null, "short");
  assertEquals(to(100, 360), null, "aslant");
  assertEquals(to(100, 300, 900), null, "slow");
  assertEquals(
    detectSwipe({ ...FROM, x: 10 }, { x: 200, y: 300, at: 100 }, WIDTH),
    null,
    "from the left edge",
  );
  assertEquals(
    detectSwipe({ ...FROM, x: 370 }, { x: 100, y: 300, at: 100 }, WIDTH),
    null,
    "from the right edge",
  );
});

Deno.test("the badge counts what needs attention and what is used up, nothing else", async () => {
  const at = utc("2026-11-21 10:00");
  await using services = await fakeServices({ clock: new FakeClock(at) });
  assertEquals(badgeCount(await services.dashboard()), 0);
  await services.polled("acme/work", [
    reading({ quota: "one", used: 40, limit: 100, remaining: 60 }),
    reading({ quota: "two", used: 100, limit: 100, remaining: 0 }),
  ]);
  assertEquals(badgeCount(await services.dashboard()), 1);
  await services.failed("zai/default", { kind: "auth" });
  assertEquals(badgeCount(await services.dashboard()), 2);
});
