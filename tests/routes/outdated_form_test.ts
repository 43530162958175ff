/** Forms that were opened before someone else changed what they show. */
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { fakeServices, ORIGIN, providerStatus } from "../support/fake_services.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

async function house() {
  const clock = new FakeClock(utc("2026-11-19 10:00"));
  const services = await fakeServices({
    clock,
    providers: [providerStatus({ id: "acme", configured: true })],
  });
  await services.polled("acme/api", [reading({ quota: "week", used: 10, limit: 100 })]);
  const ask = askApp(services);
  const text = async (response: Response) => await response.text();

  /** Opens a page and returns the fields of the form with this one, as a browser would send it. */
  async function open(path: string, having: string): Promise<URLSearchParams> {
    const html = await text(await ask(path));
    const form = html.split("<form").find((one) => one.includes(having))?.split("</form>")[0] ?? "";
    const fields = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*>/g)) {
      const of = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1];
      const isBox = /type="(?:checkbox|radio)"/.test(input);
      const name = of("name");
      if (name !== undefined && (!isBox || /\schecked/.test(input))) fields.append(name, of("value") ?? "");
    }
    return fields;
  }

  const send = (path: string, fields: URLSearchParams) =>
    ask(path, {
      method: "POST",
      body: fields,
      headers: { origin: ORIGIN, "content-type": "application/x-www-form-urlencoded" },
    });
  return { services, open, send };
}

Deno.test("a form of prices opened long ago changes only what its user changed", async () => {
  const { services, open, send } = await house();
  const account = "acme/api";
  const old = await open("/spend", 'name="price"');
  const theirs = await open("/spend", 'name="price"');
  theirs.set("price", "25");
  theirs.set("currency", "EUR");
  assertEquals((await send("/spend", theirs)).status, 303);
  old.set("budget", "50");
  assertEquals((await send("/spend", old)).status, 303);
  assertEquals((await services.settings.load()).accounts[account]?.price, { amount: 25, currency: "EUR" });
  assertEquals((await services.alerts.rules()).only?.[account]?.budget, 50);
});

Deno.test("a price that both changed is not overwritten: the form shows both, and saving again replaces it", async () => {
  const { services, open, send } = await house();
  const old = await open("/spend", 'name="price"');
  const theirs = await open("/spend", 'name="price"');
  theirs.set("price", "25");
  await send("/spend", theirs);
  old.set("price", "30");
  const refused = await send("/spend", old);
  assertEquals(refused.status, 422);
  const html = await refused.text();
  assertStringIncludes(html, "Someone changed this to 25 meanwhile");
  assertStringIncludes(html, 'name="price" class="field touch-target w-28" value="30"');
  const price = async () => (await services.settings.load()).accounts["acme/api"]?.price?.amount;
  assertEquals(await price(), 25);
  old.set("was:price", "25");
  assertEquals((await send("/spend", old)).status, 303);
  assertEquals(await price(), 30);
});

Deno.test("general settings and alert rules opened long ago keep what others changed", async () => {
  const { services, open, send } = await house();
  const general = await open("/settings", 'name="timezone"');
  const rules = await open("/alerts", 'name="balanceBelow"');
  await services.settings.save(() => ({ display: "left", workDays: 6 }));
  await services.alerts.setRules({ thresholds: [0.7], off: ["back"] });
  general.set("theme", "dark");
  assertEquals((await send("/settings?tab=general", general)).status, 303);
  const { display, workDays, theme } = await services.settings.load();
  assertEquals([display, workDays, theme], ["left", 6, "dark"]);

  const kinds = rules.getAll("kind").filter((kind) => kind !== "blocked");
  rules.delete("kind");
  for (const kind of kinds) rules.append("kind", kind);
  rules.set("balanceBelow", "3");
  rules.set("action", "rules");
  assertEquals((await send("/alerts", rules)).status, 303);
  const { thresholds, balanceBelow, off } = await services.alerts.rules();
  assertEquals([thresholds, balanceBelow, off.toSorted()], [[0.7], 3, ["back", "blocked"]]);

  rules.set("thresholds", "60");
  const refused = await send("/alerts", rules);
  assertEquals(refused.status, 422);
  assertStringIncludes(await refused.text(), "Someone changed this to 70 meanwhile");
  assertEquals((await services.alerts.rules()).thresholds, [0.7]);
});
