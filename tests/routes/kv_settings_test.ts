/** What the settings page offers for a database that is not a file. */
import { createMaintenanceJobs } from "../../lib/app/database_maintenance.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, ORIGIN } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";
import { commitAll, minutes } from "../store/polls.ts";
import { withFolder } from "../store/folder.ts";

const AT = utc("2026-11-21 10:00");

Deno.test("a database that is not a file can be pruned from the settings, and its alternatives to a copy are named", () =>
  withFolder(async (folder) => {
    const clock = new FakeClock(AT);
    await using services = await fakeServices({ clock });
    await services.polled("zai/default", [reading()]);
    await using store = await openKvStore(`kv:${folder}/syntrack.kv`);
    await commitAll(store, minutes([1, 2, 3]));
    const maintenance = createMaintenanceJobs({
      store,
      clock,
      retention: () => Promise.resolve({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }),
      keepReadingsMs: 0,
    });
    const own: FakeServices = Object.create(services, { maintenance: { value: maintenance } });
    const ask = askApp(own);
    const html = await (await ask("/settings?tab=data")).text();
    assertStringIncludes(html, `kv:${folder}/syntrack.kv`);
    assertStringIncludes(
      html,
      "This database is not a single file that can be copied: syntrack export writes everything",
    );
    assertStringIncludes(html, "Remove expired rows");
    assert(!html.includes("Download a backup") && !html.includes("Free unused space"));
    const act = (action: string) =>
      ask("/settings?tab=data", {
        method: "POST",
        body: String(new URLSearchParams({ tab: "data", action })),
        headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
      });
    assertEquals((await act("prune")).status, 303);
    assertEquals((await store.readings({ quota: "acme/work/five-hour" })).length, 1);
    for (const action of ["backup", "vacuum"]) {
      const answer = await act(action);
      assertEquals(answer.status, 400);
      assertStringIncludes(await answer.text(), "not a single file");
    }
  }));
