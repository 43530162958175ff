import { MAX_CARDS } from "../../lib/ui/overview.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { MINUTE_MS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

Deno.test("a quota that is no longer reported stands in no title or icon, and counts in no summary of an account", async () => {
  const clock = new FakeClock(utc("2026-11-21 10:00"));
  await using services = await fakeServices({ clock });
  const [full, half] = [reading({ quota: "full", used: 100 }), reading({ quota: "half", used: 50 })];
  const page = async () => await (await askApp(services)("/?view=compact")).text();
  const title = (text: string) => /<title>([^<]*)/.exec(text)?.[1] ?? "";
  // As many as fold what is not tight.
  for (let i = 0; i < MAX_CARDS; i++) await services.polled(`acme/other-${i}`, [reading({ used: 10 })]);
  await services.polled("acme/work", [full, half]);
  assertMatch(title(await page()), /^100% used/);
  clock.jump(MINUTE_MS);
  await services.polled("acme/work", [half]);
  const text = await page();
  assertMatch(title(text), /^50% used/);
  assert(text.includes("/favicon.svg?used=50&amp;"), "the icon");
  assert(text.includes("at most 50% used"), "the folded account");
  assertEquals(text.includes("at most 100% used"), false);
});

for (const view of ["full", "compact"]) {
  Deno.test(`what a quota stated that is no longer reported is not its status: ${view}`, async () => {
    const clock = new FakeClock(utc("2026-11-21 10:00"));
    await using services = await fakeServices({ clock });
    const resetsAt = utc("2026-11-21 10:30");
    const [full, half] = [
      reading({ quota: "full", used: 100, resetsAt }),
      reading({ quota: "half", used: 50 }),
    ];
    await services.polled("acme/work", [full, half]);
    const card = async () => {
      const page = await (await askApp(services)(`/?view=${view}`)).text();
      return page.split("<article ").find((part) => part.includes('data-quota="full"')) ?? "";
    };
    assertMatch(await card(), /data-status="critical"/);
    clock.jump(40 * MINUTE_MS);
    await services.polled("acme/work", [half]);
    const text = await card();
    assertMatch(text, /data-status="unknown"/);
    assertMatch(text, /not reported/);
    assertMatch(text, /No longer reported/);
    assertEquals(/>critical<|waiting for a reading|fill-status-critical/.exec(text), null);
  });
}

for (const view of ["full", "compact"]) {
  Deno.test(`a quota that the last polls could not read is stale, with its age, and not gone: ${view}`, async () => {
    const clock = new FakeClock(utc("2026-11-21 10:00"));
    await using services = await fakeServices({ clock });
    const [full, half] = [reading({ quota: "full", used: 100 }), reading({ quota: "half", used: 50 })];
    await services.polled("acme/work", [full, half]);
    const card = async (quota: string) => {
      const page = await (await askApp(services)(`/?view=${view}`)).text();
      const article = page.split("<article ").find((part) => part.includes(`data-quota="${quota}"`)) ?? "";
      return article.split("</article>")[0]!.replace(/<[^>]*>/g, "");
    };
    clock.jump(30 * MINUTE_MS);
    await services.polled("acme/work", [half], undefined, ["full"]);
    assertEquals(/Stale|No longer/.exec(await card("full")), null);
    clock.jump(30 * MINUTE_MS);
    await services.polled("acme/work", [half], undefined, ["full"]);
    assertMatch(await card("full"), /Stale, (?:read )?1h ago/);
    assertEquals(/Stale|No longer/.exec(await card("half")), null);
  });
}
