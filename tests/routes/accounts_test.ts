import { join } from "node:path";
import { createVault, parseSealed } from "../../lib/accounts/vault/vault.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, ORIGIN } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";
import { withFolder } from "../store/folder.ts";
import { fakeProvider } from "../poll/support.ts";

const AT = utc("2026-11-21 10:00");
const PATH = "/api/v1/accounts";
const SECRET = "acme-key-of-somebody-1";
const VALUES = { ACME_API_KEY: SECRET };
const JSON_TYPE = { "content-type": "application/json" };

type Answer = Readonly<Record<string, unknown>>;

async function send(ask: Ask, method: string, body: unknown): Promise<[status: number, answer: Answer]> {
  const answer = await ask(PATH, { method, body: JSON.stringify(body), headers: JSON_TYPE });
  return [answer.status, await answer.json()];
}

function fieldsOf(answer: Answer): readonly string[] {
  return (answer.errors as { field: string }[]).map(({ field }) => field).sort();
}

async function withAccounts(
  work: (ask: Ask, services: FakeServices, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const acme = {
      ...fakeProvider(),
      settings: [
        { name: "ACME_API_KEY", secret: true, help: "the key" },
        { name: "ACME_REGION", secret: false, help: "the region" },
      ],
    };
    const keyFile = join(folder, "syntrack.key");
    await using services = await fakeServices({ clock: new FakeClock(AT), keyFile, addable: [acme] });
    await work(askApp(services), services, folder);
  });
}

async function keysOf(ask: Ask): Promise<readonly string[]> {
  const { accounts } = await (await ask(PATH)).json() as {
    readonly accounts: readonly { readonly key: string }[];
  };
  return accounts.map(({ key }) => key);
}

Deno.test("/api/v1/accounts adds an account, and never returns a secret", () =>
  withAccounts(async (ask, services, folder) => {
    let told = 0;
    services.hub.listen(() => told++);
    const [status, account] = await send(ask, "POST", { provider: "acme", name: "work", values: VALUES });
    assertEquals([status, account.key, account.stored, account.settings], [200, "acme/work", true, [
      "ACME_API_KEY",
    ]]);
    assert(told > 0, "Open pages are told");
    const text = await (await ask(PATH)).text();
    assert(text.includes("acme/work") && !text.includes(SECRET), text);
    const [{ doc } = { doc: null }] = await services.store.docs.list<{ values: Answer }>("accounts", AT);
    const sealed = parseSealed(doc?.values.ACME_API_KEY)!;
    const vault = createVault(join(folder, "syntrack.key"));
    assertEquals(await vault.open({ account: "acme/work", setting: "ACME_API_KEY" }, sealed), SECRET);
    assert(!services.logged.join("\n").includes(SECRET), "The log holds the key");
  }));

Deno.test("/api/v1/accounts lists what can be added for each provider", () =>
  withAccounts(async (ask) => {
    const { providers } = await (await ask(PATH)).json();
    assertEquals(providers, [{
      id: "acme",
      name: "Acme",
      settings: [
        { name: "ACME_API_KEY", secret: true, help: "the key" },
        { name: "ACME_REGION", secret: false, help: "the region" },
      ],
    }]);
  }));

Deno.test("/api/v1/accounts names every invalid field, and changes nothing", () =>
  withAccounts(async (ask) => {
    const wrong: readonly (readonly [method: string, body: unknown, fields: readonly string[]])[] = [
      ["POST", { provider: "acmee", values: VALUES }, ["provider"]],
      ["POST", { provider: "acme", name: "a/b", values: { ACME_REGION: "eu", NOPE: "x" } }, [
        "name",
        "values",
        "values.NOPE",
      ]],
      ["POST", { provider: "acme", values: { ACME_API_KEY: " " } }, ["values.ACME_API_KEY"]],
      ["POST", { provider: "acme", values: { ACME_API_KEY: "a\nb" } }, ["values.ACME_API_KEY"]],
      ["POST", { provider: "acme", values: { ACME_API_KEY: 7 } }, ["values.ACME_API_KEY"]],
      ["POST", { provider: "acme", values: VALUES, extra: 1 }, ["extra"]],
      ["POST", [], [""]],
      ["PUT", { account: "acme/none", polling: false }, ["account"]],
      ["PUT", { account: "acme/none", polling: "no" }, ["polling"]],
      ["DELETE", { account: "acme/none" }, ["account"]],
    ];
    for (const [method, body, fields] of wrong) {
      const [status, answer] = await send(ask, method, body);
      assertEquals([status, fieldsOf(answer)], [422, [...fields]], `${method} ${JSON.stringify(body)}`);
    }
    assertEquals(await keysOf(ask), []);
  }));

Deno.test("/api/v1/accounts renames an account with its history, disables it and removes it", () =>
  withAccounts(async (ask, services) => {
    await send(ask, "POST", { provider: "acme", name: "work", values: VALUES });
    await services.polled("acme/work", [reading({ used: 7 })]);
    const [, renamed] = await send(ask, "PUT", { account: "acme/work", name: "office", polling: false });
    assertEquals([renamed.key, renamed.polling], ["acme/office", false]);
    assertEquals((await services.dashboard()).accounts.map(({ key, quotas }) => [key, quotas[0]?.used]), [[
      "acme/office",
      7,
    ]]);

    assertEquals(await send(ask, "DELETE", { account: "acme/office" }), [200, {
      removed: "acme/office",
      purged: false,
    }]);
    assertEquals(await keysOf(ask), ["acme/office"]);
    const [status, again] = await send(ask, "DELETE", { account: "acme/office" });
    assertEquals([status, fieldsOf(again)], [422, ["account"]]);
    assertEquals((await send(ask, "DELETE", { account: "acme/office", purge: true }))[0], 200);
    assertEquals(await keysOf(ask), []);
    assertEquals((await services.store.latest()).length, 0);
  }));

Deno.test("a renamed account keeps its notes, its own rules with its budget, and its snoozes", () =>
  withAccounts(async (ask, services) => {
    await send(ask, "POST", { provider: "acme", name: "work", values: VALUES });
    await services.polled("acme/work", [reading({ used: 7 })]);
    await services.notes.add({ at: AT, text: "changed plan", account: "acme/work" });
    await services.notes.add({ at: AT, text: "holidays", account: null });
    const own = { budget: 50 };
    await services.alerts.setRules({
      only: {
        "acme/work": own,
        "acme/work/five-hour": { thresholds: [0.5] },
        "acme/workshop": { thresholds: [0.6] },
      } as never,
    });
    await services.alerts.snooze({ target: "acme/work", until: AT + 60_000 });
    await send(ask, "PUT", { account: "acme/work", name: "office" });
    assertEquals(
      (await services.notes.list()).map(({ text, account }) => [text, account]).sort(),
      [["changed plan", "acme/office"], ["holidays", null]],
    );
    assertEquals(
      (await services.alerts.rules()).only,
      {
        "acme/office": own,
        "acme/office/five-hour": { thresholds: [0.5] },
        "acme/workshop": { thresholds: [0.6] },
      } as never,
    );
    assertEquals((await services.alerts.snoozes()).map(({ target }) => target), ["acme/office"]);
  }));

Deno.test("/api/v1/accounts hides unconfigured accounts from current views, and shows them again", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  await services.polled("zai/default", [reading({ used: 7 })]);
  await services.polled("idle/old", [reading({ used: 99, limit: 100, remaining: 1 })]);
  const ask = askApp(services);
  const text = async (path: string) => await (await ask(path)).text();
  assert((await text("/")).includes('data-account="idle/old"'));
  const [status, hidden] = await send(ask, "PUT", { account: "idle/old", hidden: true });
  assertEquals([status, hidden.hidden], [200, true]);

  const page = await text("/");
  assert(!page.includes("idle/old") && page.includes('data-account="zai/default"'), page);
  assert(!(await text("/api/v1/snapshot")).includes("idle/old"));
  assert(!(await text("/api/v1/forecasts")).includes("idle/old"));
  assert((await text("/api/v1/forecasts?account=idle/old")).includes("idle/old"));
  const gone = await ask("/accounts/idle/old");
  assertEquals(gone.status, 404);
  assert((await gone.text()).includes("is hidden"));
  // Open pages get account by account as long as none is added or removed.
  assertEquals(await services.present.members(), "zai/default");
  // Its history and its metrics stay.
  assert((await text("/history")).includes("Idle"));
  assert((await text("/metrics")).includes('provider="idle"'));
  // The frame of a page about the past shows the present: its title is that of the tightest shown quota.
  assert(!/<title>99/.test(await text("/history")));

  assertEquals((await send(ask, "PUT", { account: "idle/old", polling: true }))[1].hidden, true);
  const [, shown] = await send(ask, "PUT", { account: "idle/old", hidden: false });
  assertEquals(shown.hidden, false);
  assertEquals(services.settings.current.accounts["idle/old"], { label: null, polling: true });
  assertEquals(await services.present.members(), "idle/old\nzai/default");
  assert((await text("/")).includes('data-account="idle/old"'));
});

Deno.test("/api/v1/accounts refuses other sites, other types and long bodies", () =>
  withAccounts(async (ask) => {
    const body = JSON.stringify({ provider: "acme", values: VALUES });
    for (const method of ["POST", "PUT", "DELETE"]) {
      const foreign = { ...JSON_TYPE, origin: "http://evil.example", "sec-fetch-site": "cross-site" };
      assertEquals((await ask(PATH, { method, body, headers: foreign })).status, 403, method);
      assertEquals(
        (await ask(PATH, { method, body, headers: { "content-type": "text/plain" } })).status,
        415,
        method,
      );
      const long = JSON.stringify({ provider: "acme", values: { ACME_API_KEY: "x".repeat(70_000) } });
      assertEquals((await ask(PATH, { method, body: long, headers: JSON_TYPE })).status, 413, method);
    }
    assertEquals(await keysOf(ask), []);
  }));

Deno.test("/api/v1/accounts states the remedy when the key of stored secrets is lost", () =>
  withAccounts(async (ask, _, folder) => {
    await send(ask, "POST", { provider: "acme", name: "work", values: VALUES });
    await Deno.remove(join(folder, "syntrack.key"));
    const [status, problem] = await send(ask, "POST", { provider: "acme", name: "home", values: VALUES });
    assertEquals(status, 409);
    assert(String(problem.detail).includes("Restore"), String(problem.detail));
  }));

/** Submits a form of the settings page like a browser without scripts. */
function sendForm(ask: Ask, fields: Readonly<Record<string, string>>, origin = ORIGIN): Promise<Response> {
  return ask("/settings?tab=accounts", {
    method: "POST",
    body: String(new URLSearchParams({ tab: "accounts", ...fields })),
    headers: { "content-type": "application/x-www-form-urlencoded", origin },
  });
}

/** The page after a successful form. */
async function afterForm(ask: Ask, fields: Readonly<Record<string, string>>): Promise<string> {
  const answer = await sendForm(ask, fields);
  assertEquals(answer.status, 303);
  const location = answer.headers.get("location")!;
  assert(!location.includes(SECRET), location);
  return await (await ask(location)).text();
}

Deno.test("the settings page adds, renames and removes a stored account without scripts", () =>
  withAccounts(async (ask, services) => {
    const first = await (await ask("/settings?tab=accounts")).text();
    assert(/<option[^>]*value="acme"/.test(first), "The provider can be chosen");
    const form = await (await ask("/settings?tab=accounts&add=acme")).text();
    assert(
      /<input[^>]*type="password"[^>]*>/.exec(form)?.[0].includes("value:ACME_API_KEY"),
      "The key is typed hidden",
    );

    const add = {
      action: "add",
      provider: "acme",
      name: "work",
      "value:ACME_API_KEY": SECRET,
      "value:ACME_REGION": "",
    };
    const added = await afterForm(ask, add);
    assert(added.includes("Stored acme/work, encrypted"), "It says what was done");
    assert(!added.includes(SECRET), "The page holds the key");
    await services.polled("acme/work", [reading({ used: 7 })]);
    const renamed = await afterForm(ask, { action: "rename", account: "acme/work", name: "office" });
    assert(renamed.includes('data-stored="acme/office"'), "It is listed under its new name");
    await afterForm(ask, { action: "remove", account: "acme/office" });
    assertEquals((await services.store.latest()).map(({ account }) => account), ["acme/office"]);
    await afterForm(ask, add);
    await afterForm(ask, { action: "remove", account: "acme/work", purge: "on" });
    assertEquals(await keysOf(ask), ["acme/office"]);
  }));

Deno.test("an invalid account form is returned with its errors, and without the secret", () =>
  withAccounts(async (ask) => {
    const wrong = {
      action: "add",
      provider: "acme",
      name: "a/b",
      "value:ACME_API_KEY": SECRET,
      "value:ACME_REGION": "eu",
    };
    const answer = await sendForm(ask, wrong);
    const page = await answer.text();
    assertEquals(answer.status, 422);
    assert(
      page.includes("cannot be used") && page.includes('value="eu"') && page.includes('value="a/b"'),
      page,
    );
    assert(!page.includes(SECRET), "The page holds the key");
    const rejected: readonly (readonly [fields: Readonly<Record<string, string>>, status: number])[] = [
      [{ action: "add", provider: "acme" }, 422],
      [{ action: "add", provider: "nobody", "value:X": "1" }, 422],
      [{ action: "rename", account: "acme/none", name: "x" }, 422],
      [{ action: "explode" }, 400],
    ];
    for (const [fields, status] of rejected) {
      assertEquals((await sendForm(ask, fields)).status, status, JSON.stringify(fields));
    }
    assertEquals(
      (await sendForm(ask, { action: "remove", account: "x/y" }, "http://evil.example")).status,
      403,
    );
    assertEquals((await ask("/settings?tab=accounts&add=nobody")).status, 200);
    assertEquals(await keysOf(ask), []);
  }));
