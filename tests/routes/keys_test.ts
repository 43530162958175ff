import { HOUR_MS } from "../../lib/model/duration.ts";
import { options, type VNode } from "preact";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

/** Fresh 2.3.3 writes keys of components into comments unchanged. */
const HOSTILE = "--><b>bold";

Deno.test("no key of a component can end the comment in which Fresh writes it", async () => {
  const clock = new FakeClock(utc("2026-11-21 10:00"));
  await using services = await fakeServices({ clock });
  for (let hour = 0; hour < 8; hour++) {
    const resetsAt = clock.now() + (5 - hour % 5) * HOUR_MS;
    const readings = [HOSTILE, "search"].map((quota) =>
      reading({ quota, used: 10 + hour % 5 * 20, limit: 100, resetsAt })
    );
    await services.polled(`acme/${HOSTILE}`, readings);
    await services.alerts.evaluate();
    clock.jump(HOUR_MS);
  }
  assert((await services.alerts.list()).length > 0);
  const ask = askApp(services);
  const account = `/accounts/acme/${encodeURIComponent(HOSTILE)}`;
  const before = options.vnode;
  let hostile = 0;
  const broken = new Set<string>();
  try {
    options.vnode = (vnode: VNode) => {
      before?.(vnode);
      if (typeof vnode.type !== "function" || vnode.key == null) return;
      const key = String(vnode.key);
      if (key.includes("bold")) hostile++;
      if (key.includes(">")) broken.add(vnode.type.name);
    };
    for (
      const path of ["/", "/?view=compact", account, "/cycles", "/sessions", "/cycle-overview", "/history"]
        .concat("/stats", "/analytics", "/spend", "/alerts", "/alerts/channels", "/audit", "/keys", "/people")
        .concat("/me", "/help", "/settings?tab=accounts", "/settings?tab=insights")
    ) {
      const page = await ask(path);
      assertEquals(page.status, 200, path);
      const html = (await page.text()).replaceAll(/<script\b[\s\S]*?<\/script>/g, "");
      assert(!html.includes(HOSTILE), path);
    }
  } finally {
    if (before) options.vnode = before;
    else delete options.vnode;
  }
  assert(hostile > 0);
  assertEquals([...broken], []);
});
