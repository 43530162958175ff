import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, ORIGIN } from "../support/fake_services.ts";
import { linksOf, textOf } from "../support/html.ts";
import { reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { LICENCES } from "../../lib/web/settings_page/licences.ts";
import { readProjectFile } from "../support/sources.ts";

const AT = utc("2026-11-21 10:00");
const GENERAL = {
  tab: "general",
  timezone: "Europe/Berlin",
  display: "left",
  warning: "60",
  critical: "90.5",
  "work-days": "5",
  theme: "dark",
  density: "compact",
};

type Fields = Readonly<Record<string, string | readonly string[]>>;

function send(ask: Ask, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of typeof value === "string" ? [value] : value) body.append(name, one);
  }
  return ask(`/settings?tab=${fields.tab}`, {
    method: "POST",
    body: String(body),
    headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN, ...headers },
  });
}

/** Submits a valid form, and returns the resulting page. */
async function saved(ask: Ask, fields: Fields): Promise<string> {
  const answer = await send(ask, fields);
  assertEquals(answer.status, 303);
  const page = await ask(answer.headers.get("location")!);
  assertEquals(page.status, 200);
  return await page.text();
}

function noteOf(html: string): string {
  return textOf(/<p class="page-note[^>]*>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "");
}

async function pageOf(ask: Ask, path: string): Promise<string> {
  const answer = await ask(path);
  assertEquals(answer.status, 200);
  return await answer.text();
}

async function withAccounts(): Promise<FakeServices> {
  const services = await fakeServices({ clock: new FakeClock(AT) });
  await services.polled("synthetic/default", [reading()]);
  await services.polled("zai/default", [reading()]);
  return services;
}

Deno.test("the accounts tab hides unconfigured accounts, shows them again, and leaves others alone", async () => {
  await using services = await withAccounts();
  await services.polled("idle/old", [reading()]);
  const ask = askApp(services);
  const page = await pageOf(ask, "/settings?tab=accounts");
  assertMatch(page, /name="hidden:idle\/old"/);
  assertEquals(/name="hidden:zai/.test(page), false, "It is configured");
  const form = {
    tab: "accounts",
    account: ["zai/default", "idle/old"],
    hideable: "idle/old",
    "label:zai/default": "",
    "polling:zai/default": "on",
    "label:idle/old": "",
    "polling:idle/old": "on",
  };
  const evil = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
  assertEquals((await send(ask, { ...form, "hidden:idle/old": "on" }, evil)).status, 403);
  assertStringIncludes(await pageOf(ask, "/"), 'data-account="idle/old"');

  const html = await saved(ask, { ...form, "hidden:idle/old": "on" });
  assertMatch(html, /<input[^>]*name="hidden:idle\/old"[^>]*checked/);
  assertEquals((await pageOf(ask, "/")).includes("idle/old"), false);
  assertEquals(services.settings.current.accounts["zai/default"], { label: null, polling: true });
  // The page was rendered before it returned, or by an older tab: without the box nothing is changed.
  await saved(ask, { ...form, hideable: [] });
  assertEquals((await pageOf(ask, "/")).includes("idle/old"), false);
  await saved(ask, form);
  assertStringIncludes(await pageOf(ask, "/"), 'data-account="idle/old"');
});

Deno.test("every tab is a page with its form, and unknown ones show the first with a note", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const html = await pageOf(ask, "/settings");
  assertEquals(linksOf(html, /settings-tab/), [
    "?tab=general",
    "?tab=accounts",
    "?tab=insights",
    "?tab=data",
    "?tab=about",
  ]);
  for (const id of ["settings-save-btn", "settings-timezone", "threshold-warning", "threshold-critical"]) {
    assertMatch(html, new RegExp(`id="${id}"`), id);
  }
  for (const tab of ["general", "accounts", "insights", "data", "about"]) {
    const page = await pageOf(ask, `/settings?tab=${tab}`);
    assertMatch(page, new RegExp(`data-tab="${tab}" aria-current="true"`));
    assertEquals(page.includes('id="settings-save-btn"'), tab !== "about", tab);
  }
  assertMatch(noteOf(await pageOf(ask, "/settings?tab=smtp")), /There is no tab "smtp"/);
});

Deno.test("general settings are saved by a plain form, survive a restart, and every listener is notified", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const events: string[] = [];
  services.hub.listen(({ kind }) => void events.push(kind));
  const html = await saved(ask, GENERAL);
  assertStringIncludes(noteOf(html), "Saved");
  assertEquals(events, ["settings"]);
  const { createSettings } = await import("../../lib/app/settings.ts");
  const { zone, display, thresholds, workDays, theme, density } = await createSettings(services).load();
  assertEquals([zone, display, thresholds, workDays, theme, density], [
    "Europe/Berlin",
    "left",
    { warning: 0.6, critical: 0.905 },
    5,
    "dark",
    "compact",
  ]);
  assertMatch(html, /id="settings-timezone"[^>]*value="Europe\/Berlin"/);
  assertMatch(html, /id="threshold-critical"[^>]*value="90.5"/);
  assertMatch(html, /name="work-days" value="5" checked/);
  assertStringIncludes(noteOf(await saved(ask, { ...GENERAL, timezone: "browser" })), "Saved");
  assertEquals(services.settings.current.zone, "browser");
  await saved(ask, { ...GENERAL, timezone: "" });
  assertEquals(services.settings.current.zone, null);
});

Deno.test("a zone is found by a part of its name, and by current and former names", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const html = await pageOf(ask, "/settings");
  const list = /<datalist id="settings-timezones">[^]*?<\/datalist>/.exec(html)?.[0] ?? "";
  assertMatch(html, /id="settings-timezone"[^>]*list="settings-timezones"/);
  for (const [name, also] of [["Asia/Kolkata", "Asia/Calcutta"], ["Europe/Kyiv", "Europe/Kiev"]]) {
    assert(new RegExp(`<option[^>]*\\svalue="${name}">${also}</option>`).test(list), name);
    assertEquals(list.includes(`value="${also}"`), false);
  }
  assert(/value="Europe\/Berlin"/.test(list));
  for (
    const [typed, kept] of [
      ["asia/kolkata", "Asia/Kolkata"],
      ["Asia/Calcutta", "Asia/Calcutta"],
      [
        "utc",
        "UTC",
      ],
      ["kolkata", "Asia/Kolkata"],
      ["Calcutta", "Asia/Kolkata"],
      ["new york", "America/New_York"],
      [
        "Porto Velho ",
        "America/Porto_Velho",
      ],
    ]
  ) {
    assertStringIncludes(noteOf(await saved(ask, { ...GENERAL, timezone: typed! })), "Saved");
    assertEquals(services.settings.current.zone, kept);
  }
});

Deno.test("invalid input is reported at its field, stays there, and changes nothing", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const before = await services.settings.load();
  const wrong: readonly (readonly [fields: Record<string, string>, told: RegExp])[] = [
    [{ warning: "95", critical: "50" }, /expected warning to be below critical/],
    [{ warning: "0" }, /thresholds.warning": expected a number above 0/],
    [{ critical: "101" }, /thresholds.critical": expected a number above 0 and at most 100/],
    [{ warning: "many" }, /thresholds.warning": expected number, got "many"/],
    [{ critical: "" }, /thresholds.critical": expected number/],
    [{ timezone: "Mars/Olympus" }, /Unknown time zone "Mars\/Olympus"/],
    [{ display: "<script>" }, /display": expected "used" or "left"/],
    [{ "work-days": "4", theme: "blue" }, /theme.*work_days|work_days.*theme/],
  ];
  for (const [fields, told] of wrong) {
    const answer = await send(ask, { ...GENERAL, ...fields });
    assertEquals(answer.status, 422, JSON.stringify(fields));
    const html = await answer.text();
    assertMatch(textOf(html), told);
    assertMatch(textOf(html), /Nothing was changed/);
    assertMatch(html, new RegExp(`id="threshold-warning"[^>]*value="${fields.warning ?? GENERAL.warning}"`));
    assert(!html.includes("<script>alert"), "markup");
    assertEquals(await services.settings.load(), before);
  }
});

Deno.test("accounts are named, ordered, disabled and polled, each by a button of the form", async () => {
  const asked: (AccountKey | undefined)[] = [];
  await using services = await fakeServices({
    clock: new FakeClock(AT),
    pollNow: (account) => {
      asked.push(account);
      return Promise.resolve([]);
    },
  });
  await services.polled("synthetic/default", [reading()]);
  await services.polled("zai/default", [reading(), reading({ quota: "week" })]);
  const ask = askApp(services);
  const accounts = ["synthetic/default", "zai/default", "acme/default"];
  const form = {
    tab: "accounts",
    account: accounts,
    "label:synthetic/default": "",
    "label:zai/default": "<i>Work</i>",
    "label:acme/default": "",
    "polling:zai/default": "on",
    "polling:acme/default": "on",
  };
  const html = await saved(ask, form);
  assertMatch(html, /value="&lt;i>Work&lt;\/i>"/);
  const { settings } = services;
  assertEquals(settings.current.accounts["synthetic/default"], { label: null, polling: false });
  assertEquals(settings.current.accounts["zai/default"], { label: "<i>Work</i>", polling: true });
  assertEquals(settings.current.accountOrder, []);
  assertStringIncludes(textOf(html), "Polling is off");

  await saved(ask, { ...form, move: "up:zai/default" });
  assertEquals(settings.current.accountOrder, ["zai/default", "synthetic/default", "acme/default"]);
  await saved(ask, { ...form, move: "up:synthetic/default" });
  assertEquals(settings.current.accountOrder, ["zai/default", "synthetic/default", "acme/default"]);

  assertMatch(noteOf(await saved(ask, { ...form, poll: "zai/default" })), /Work<\/i>: 2 quotas were read/);
  assertEquals(asked, ["zai/default"]);

  for (
    const wrong of [
      { account: ["nobody/else"] },
      { poll: "nobody/else" },
      { "label:zai/default": "x".repeat(61) },
    ]
  ) {
    const answer = await send(ask, { ...form, ...wrong });
    assertEquals(answer.status, 422, JSON.stringify(wrong));
    await answer.body?.cancel();
  }
});

Deno.test("kinds of insights are hidden and shown, and single ones shown again", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const key = "forecast:zai/default/five-hour";
  await services.settings.save({ hiddenInsights: [key, "weekly_pace", "something:else"] });
  const html = await pageOf(ask, "/settings?tab=insights");
  assertMatch(html, /name="show" value="trend" checked/);
  assert(!/name="show" value="weekly-pace" checked/.test(html));
  assertStringIncludes(textOf(html), "Forecast: Z.ai Five hours");
  const types = [...html.matchAll(/name="show" value="([^"]+)"/g)].map(([, type]) => type!);
  await saved(ask, { tab: "insights", show: types.filter((type) => type !== "trend"), keep: [key] });
  assertEquals(services.settings.current.hiddenInsights, [key, "trend"]);
  await saved(ask, { tab: "insights", show: types, keep: [] });
  assertEquals(services.settings.current.hiddenInsights, []);
});

Deno.test("retention of readings is set in days, and a store that is not a file has no maintenance", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  await saved(ask, { tab: "data", keep: "30" });
  assertEquals(services.settings.current.keepReadingsDays, 30);
  await saved(ask, { tab: "data", keep: "" });
  assertEquals(services.settings.current.keepReadingsDays, null);
  for (const keep of ["-1", "1.5", "4000", "a year"]) {
    const answer = await send(ask, { tab: "data", keep });
    assertEquals(answer.status, 422, keep);
    assertMatch(textOf(await answer.text()), /keep_readings_days/);
  }
  for (const action of ["prune", "vacuum", "backup"]) {
    const answer = await send(ask, { tab: "data", action });
    assertEquals(answer.status, 400, action);
    await answer.body?.cancel();
  }
});

Deno.test("forms of other sites, other types and endless ones are refused", async () => {
  await using services = await withAccounts();
  const ask = askApp(services);
  const refused: readonly (readonly [status: number, headers: Record<string, string>, fields?: Fields])[] = [
    [403, { origin: "http://evil.example" }],
    [403, { origin: "http://evil.example", "sec-fetch-site": "cross-site" }],
    [415, { "content-type": "text/plain" }],
    [415, { "content-type": "multipart/form-data; boundary=x" }],
    [413, {}, { ...GENERAL, more: "x".repeat(70_000) }],
    [400, {}, { ...GENERAL, tab: "smtp" }],
    [400, {}, { tab: "about" }],
  ];
  for (const [status, headers, fields = GENERAL] of refused) {
    const answer = await send(ask, fields, headers);
    assertEquals(answer.status, status, JSON.stringify(headers));
    await answer.body?.cancel();
  }
  assertEquals(services.settings.current.display, "used");
});

Deno.test("the listed licences are those of every package the server and its pages import", async () => {
  const { imports } = JSON.parse(await readProjectFile("deno.json")) as { imports: Record<string, string> };
  const known = new Map<string, string>();
  for (const target of Object.values(imports)) {
    const [, name, version] = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target) ?? [];
    if (name && version) known.set(name, version);
  }
  // Packages for builds and tests only are in no distributed program.
  const others = [
    "@twind/core",
    "@twind/preset-tailwind",
    "@valibot/to-json-schema",
    "axe-core",
    "fast-check",
    "playwright-core",
    "terser",
  ];
  const wanted = [...known].filter(([name]) => !others.includes(name)).sort();
  const named = LICENCES.filter(({ version }) => /^\d+\.\d+\.\d+$/.test(version));
  assertEquals(
    named.map(({ name, version }): [string, string] => [name, version]).sort(),
    wanted,
    "A dependency came, went or changed: name it with its licence in lib/web/settings_page/licences.ts",
  );
});

Deno.test("results are reported only for existing accounts, and never in words from the URL", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  for (const done of ["added", "renamed", "removed", "purged"]) {
    const planted = encodeURIComponent("your key was stolen, call 555");
    const html = await (await ask(`/settings?tab=accounts&done=${done}&account=${planted}`)).text();
    assertMatch(noteOf(html), /the account/);
    assert(!noteOf(html).includes("stolen"), noteOf(html));
  }
});

Deno.test("settings that wait for a restart are named", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp({ ...services, needRestart: () => ["port", "log-level"] });
  const html = await (await ask("/settings?tab=about")).text();
  assertStringIncludes(
    noteOf(html),
    "port, log-level were changed outside of the dashboard and take effect at the next start.",
  );
  assertStringIncludes(textOf(html), "Waiting for a restart");
});
