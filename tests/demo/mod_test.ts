import { createFixedClock, systemClock } from "../../lib/base/clock.ts";
import { prepareDemo } from "../../lib/demo/mod.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { createSandbox } from "../../lib/sandbox/sandbox.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";

const zone = "Europe/Berlin";
const vendors = ["synthetic", "zai"];
const anchor = Date.parse("2026-11-19T13:17:21.000Z");
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

Deno.test("the demo has a private folder and removes it at the end", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const demo = await prepareDemo({
      clock: createFixedClock(anchor),
      providers,
      seed: 1,
      zone,
      vendors,
      dir,
    });
    assert(demo.folder.startsWith(dir));
    assertStringIncludes(demo.dbPath, demo.folder);
    if (Deno.build.os !== "windows") assertEquals(((await Deno.stat(demo.folder)).mode ?? 0) & 0o777, 0o700);
    const store = await openSqliteStore(demo.dbPath, { ownFolder: true });
    await demo.fill(store, { spanMs: 3_600_000 });
    await store[Symbol.asyncDispose]();
    await demo.close();
    await demo.close();
    assertEquals([...Deno.readDirSync(dir)], []);
    await assertRejects(() => fetch(demo.origin));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("the variables of the demo lead to the fake vendors only", async () => {
  const demo = await prepareDemo({ clock: createFixedClock(anchor), providers, seed: 1, zone, vendors });
  try {
    assertEquals(Object.keys(demo.variables).toSorted(), [
      "SYNTHETIC_API_KEY",
      "SYNTRACK_SYNTHETIC_BASE_URL",
      "SYNTRACK_ZAI_BASE_URL",
      "ZAI_API_KEY",
    ]);
    for (const [name, value] of Object.entries(demo.variables)) {
      if (name.endsWith("_BASE_URL")) assertEquals(value, demo.origin);
    }
    assertEquals(demo.environment.find("PATH"), undefined);
    assertEquals(demo.environment.files(), []);
  } finally {
    await demo.close();
  }
});

Deno.test({
  name: "the demo runs without permission to read the environment, and with loopback as only network",
  // None of the user's variables can leak if they cannot be read.
  permissions: {
    env: false,
    net: ["127.0.0.1"],
    read: true,
    write: true,
    run: false,
    ffi: false,
    sys: false,
  },
  async fn() {
    const demo = await prepareDemo({ clock: createFixedClock(anchor), providers, seed: 1, zone, vendors });
    const store = await openSqliteStore(demo.dbPath, { ownFolder: true });
    try {
      const { polls } = await demo.fill(store, { spanMs: 3_600_000 });
      assert((polls.ok ?? 0) > 100);
      assertEquals(Object.keys(polls), ["ok"]);
    } finally {
      await store[Symbol.asyncDispose]();
      await demo.close();
    }
  },
});

Deno.test("the real providers read the fake vendors over the socket", async () => {
  let now = anchor;
  const clock = { ...systemClock, now: () => now };
  const demo = await prepareDemo({ clock, providers, seed: 1, zone, vendors });
  try {
    let found = 0;
    for (const provider of demo.providers) {
      const { signal } = new AbortController();
      const ctx = createSandbox({ provider, environment: demo.environment, clock, log, signal });
      for (const account of await provider.accounts(ctx)) {
        found++;
        const vendor = demo.story.vendors.find((one) => one.id === provider.id);
        assert(vendor !== undefined);
        for (now of [anchor, anchor + 3_600_000]) {
          const { readings } = await provider.read(ctx, account);
          for (const { quota, stated } of vendor.gauges) {
            assertEquals(readings.find((one) => one.quota === quota)?.used, stated(now));
          }
          assertEquals(readings.length, vendor.gauges.length);
        }
      }
    }
    assertEquals(found, demo.story.vendors.length);
  } finally {
    await demo.close();
  }
});
