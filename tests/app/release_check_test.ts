/** Update checks: opt-in, once a day, signed, and announced by a single alert. */
import { createReleaseCheck, releaseHosts } from "../../lib/app/release_check.ts";
import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import { explainReason } from "../../lib/model/alerts/alert.ts";
import { createKey, ReleaseSite } from "../release/release_site.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { alertHouse } from "../alerts/support.ts";

async function checking({ isOn = true, running = "1.0.0" } = {}) {
  const folder = await Deno.makeTempDir();
  const site = await ReleaseSite.open(folder);
  const warnings: string[] = [];
  const variables: Record<string, string | undefined> = {
    SYNTRACK_UPDATE_URL: site.url,
    SYNTRACK_UPDATE_KEY: site.key.publicKey,
  };
  const house = await alertHouse(undefined, { release: () => check.known() });
  const check = createReleaseCheck({
    docs: house.store.docs,
    clock: house.clock,
    log: {
      debug() {},
      info() {},
      warn: (text, facts) => warnings.push(`${text}: ${JSON.stringify(facts)}`),
      error() {},
    },
    isOn: () => isOn,
    env: (name) => variables[name],
    running,
  });
  return {
    site,
    house,
    check,
    warnings,
    variables,
    /** The titles of alerts raised by a check and the evaluation after it. */
    async tell() {
      await check.check();
      return (await house.alerts.evaluate()).map(({ title }) => title);
    },
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await site.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a newer version is reported once, with instructions, and so is the next one", async () => {
  await using place = await checking();
  const { site, house, tell } = place;
  await site.publish("1.1.0", "x");
  assertEquals(await tell(), ["Syntrack 1.1.0 is out"]);
  const [alert] = await house.alerts.list();
  assertEquals([alert!.kind, alert!.severity], ["new-version", "info"]);
  assertEquals(alert!.text, "A newer version than the one that is running, 1.0.0.");
  assertStringIncludes(alert!.details, "`syntrack update`");
  house.clock.jump(2 * DAY_MS);
  assertEquals(await tell(), []);
  await site.publish("1.2.0", "x");
  house.clock.jump(DAY_MS);
  assertEquals(await tell(), ["Syntrack 1.2.0 is out"]);
});

Deno.test("the server is contacted once a day, and sooner after it was unreachable", async () => {
  await using place = await checking();
  const { site, house, tell, warnings } = place;
  await tell();
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0]!, "does not exist");
  const asked = site.asked.length;
  await tell();
  assertEquals(site.asked.length, asked);
  await site.publish("1.1.0", "x");
  house.clock.jump(4 * HOUR_MS);
  assertEquals(await tell(), ["Syntrack 1.1.0 is out"]);
  const then = site.asked.length;
  house.clock.jump(23 * HOUR_MS);
  await tell();
  assertEquals(site.asked.length, then);
  house.clock.jump(HOUR_MS);
  await tell();
  assertEquals(site.asked.length, then + 2);
});

Deno.test("no server is contacted if update checks are off, or no release is public", async () => {
  await using off = await checking({ isOn: false });
  await off.site.publish("1.1.0", "x");
  assertEquals(await off.tell(), []);
  assertEquals(off.site.asked, []);
  assertEquals((await off.house.alerts.explain()).filter(({ kind }) => kind === "new-version"), []);
  await using none = await checking();
  none.variables["SYNTRACK_UPDATE_URL"] = undefined;
  none.variables["SYNTRACK_UPDATE_KEY"] = undefined;
  assertEquals(await none.tell(), []);
  assertStringIncludes(none.warnings.join(), "No release of syntrack is public yet");
  assertEquals(releaseHosts(() => undefined), []);
  assertEquals(releaseHosts((name) => off.variables[name]), [new URL(off.site.url).host]);
});

Deno.test("a release without a trusted signature, and an older one, are not reported", async () => {
  await using place = await checking();
  await place.site.publish("9.0.0", "x", await createKey());
  assertEquals(await place.tell(), []);
  assertStringIncludes(place.warnings.join(), "not signed by a key this program trusts");
  await place.site.publish("0.9.0", "x");
  place.house.clock.jump(DAY_MS);
  assertEquals(await place.tell(), []);
  const [decision] = (await place.house.alerts.explain()).filter(({ kind }) => kind === "new-version");
  assertEquals([decision!.reason, decision!.figure], ["not-reached", "0.9.0, running 1.0.0"]);
  assertStringIncludes(explainReason(decision!.reason), "does not hold");
});

Deno.test("a disabled kind stays silent about a version, even when it is enabled later", async () => {
  await using place = await checking();
  const { alerts } = place.house;
  await place.site.publish("1.1.0", "x");
  const { off } = await alerts.rules();
  await alerts.setRules({ off: [...off, "new-version"] });
  assertEquals(await place.tell(), []);
  assertEquals((await alerts.counts()).turnedOff, 1);
  await place.tell();
  assertEquals((await alerts.counts()).turnedOff, 1);
  await alerts.setRules({ off });
  assertEquals(await place.tell(), []);
  assert((await alerts.list()).length === 0);
});
