/** The first page of a new user: logins found here, a key to paste, the demo; and names of settings. */
import { join } from "node:path";
import type { AccountKey } from "../../lib/model/quota.ts";
import { settingWords } from "../../lib/ui/settings/setting_words.ts";
import { providers } from "../../providers/mod.ts";
import { fakeProvider } from "../poll/support.ts";
import { withFolder } from "../store/folder.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import {
  type FakeOptions,
  type FakeServices,
  fakeServices,
  ORIGIN,
  providerStatus,
} from "../support/fake_services.ts";
import { textOf } from "../support/html.ts";
import { reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const SECRET = "acme-key-of-somebody-1";

function send(ask: Ask, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Response> {
  const body = new URLSearchParams({ tab: "accounts" });
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) body.append(name, one);
  }
  return ask("/settings?tab=accounts", {
    method: "POST",
    body: String(body),
    headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
  });
}

async function atStart(
  work: (ask: Ask, services: FakeServices, asked: (AccountKey | undefined)[]) => Promise<void>,
  options: Partial<FakeOptions> & { readonly kind?: "ok" | "auth" } = {},
): Promise<void> {
  await withFolder(async (folder) => {
    const asked: (AccountKey | undefined)[] = [];
    const { kind = "ok" } = options;
    const acme = {
      ...fakeProvider(),
      settings: [
        { name: "ACME_API_KEY", secret: true, help: "Key of acme.example" },
        { name: "ACME_CONFIG_DIR", secret: false, help: "Folder of acme", home: true },
      ],
    };
    await using services: FakeServices = await fakeServices({
      clock: new FakeClock(AT),
      keyFile: join(folder, "syntrack.key"),
      addable: [acme],
      providers: [providerStatus({ id: "acme", name: "Acme", accounts: [] })],
      async pollNow(account) {
        asked.push(account);
        if (account === undefined) return [];
        if (kind === "ok") await services.polled(account, [reading()]);
        else await services.failed(account, { kind, hint: "The key was refused" });
        const { outcome } = (await services.store.latest()).find((one) => one.account === account)!;
        return outcome ? [outcome] : [];
      },
      ...options,
    });
    await work(askApp(services), services, asked);
  });
}

Deno.test("a new user has three ways to start, and the field for a key is already there", () =>
  atStart(async (ask) => {
    const html = await (await ask("/")).text();
    const doors = [...html.matchAll(/data-door="(\w+)"/g)].map(([, door]) => door);
    assertEquals(doors, ["logins", "key", "demo"]);
    const text = textOf(html);
    assertStringIncludes(text, "Looked for logins of Acme");
    assertStringIncludes(text, "As a variable: ACME_API_KEY");
    assert(/<label for="value-ACME_API_KEY"[^>]*>API key</.test(html), "The field is named in words");
    assertEquals((await ask("/?add=%3Cb%3E")).status, 200);
  }));

Deno.test("a pasted key is tested at once, and one that works leads to the overview with its figures", () =>
  atStart(async (ask, _, asked) => {
    const answer = await send(ask, {
      action: "add",
      from: "start",
      provider: "acme",
      "value:ACME_API_KEY": SECRET,
    });
    assertEquals([answer.status, answer.headers.get("location")], [303, "/"]);
    assertEquals(asked, ["acme/default"]);
    const html = await (await ask("/")).text();
    assertEquals(html.includes("data-door"), false);
    assertStringIncludes(html, 'data-account="acme/default"');
  }));

Deno.test("a rejected key is reported where it can be changed, and kept until then", () =>
  atStart(async (ask) => {
    const answer = await send(ask, {
      action: "add",
      from: "start",
      provider: "acme",
      "value:ACME_API_KEY": SECRET,
    });
    const location = answer.headers.get("location")!;
    assert(!location.includes(SECRET));
    const html = await (await ask(location)).text();
    assertStringIncludes(html, 'data-tone="bad"');
    assertStringIncludes(
      textOf(html),
      "Stored acme/default, encrypted. Acme: Sign-in rejected. The key was refused.",
    );
    assert(/<details[^>]* open[^>]*><summary[^>]*>Change the API key/.test(html), "The form is open");
    assert(!html.includes(SECRET));
    const empty = await send(ask, { action: "change", account: "acme/default", "value:ACME_API_KEY": " " });
    assertEquals(empty.status, 422);
    assertStringIncludes(textOf(await empty.text()), "Nothing was entered");
  }, { kind: "auth" }));

Deno.test("logins found here are confirmed: checked ones are read, the others left alone", () => {
  const login = (name: string) => ({
    name,
    source: `~/.acme/${name}.json`,
    expiresAt: null,
    fingerprint: null,
    remedy: null,
  });
  const found = providerStatus({ id: "acme", name: "Acme", accounts: [login("default"), login("<b>work")] });
  return atStart(async (ask, services, asked) => {
    const html = await (await ask("/")).text();
    assertEquals([...html.matchAll(/name="watch" value="[^"]*" checked/g)].length, 2);
    assertStringIncludes(textOf(html), "~/.acme/default.json");
    assert(!html.includes("<b>work"), "markup");
    await services.failed("acme/default", { kind: "auth" });
    await services.failed("acme/<b>work" as AccountKey, { kind: "auth" });
    const answer = await send(ask, {
      action: "watch",
      found: ["acme/default", "acme/<b>work", "nobody/else"],
      watch: ["acme/default", "nobody/else"],
    });
    assertEquals([answer.status, answer.headers.get("location")], [303, "/"]);
    assertEquals(asked, [undefined]);
    assertEquals((await services.accounts.list()).map(({ key, polling }) => [key, polling]), [
      ["acme/<b>work", false],
      ["acme/default", true],
    ]);
  }, { providers: [found] });
});

Deno.test("every setting of every vendor has a description that is not the name of a variable", () => {
  for (const { id, settings } of providers) {
    for (const setting of settings.filter(({ alias }) => !alias)) {
      const words = settingWords(setting);
      assert(/^[A-Z][A-Za-z, ]+$/.test(words) && words !== setting.name, `${id} ${setting.name}: ${words}`);
    }
  }
  assertEquals(settingWords({ name: "OPENCODE_CONSOLE_COOKIE", secret: true, help: "" }), "Cookie");
});
