/** Notes at a point in time: by the API, by the form, on charts, and what is refused. */
import { HOUR_MS } from "../../lib/model/duration.ts";
import { limitTo } from "../../lib/web/limited.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 12:00");
const OWN = { origin: ORIGIN, "sec-fetch-site": "same-origin" };

async function house() {
  const clock = new FakeClock(AT - 2 * HOUR_MS);
  const services = await fakeServices({ clock });
  for (const account of ["acme/work", "acme/home"] as const) {
    await services.polled(account, [reading({ used: 10 })]);
  }
  clock.jump(HOUR_MS);
  for (const account of ["acme/work", "acme/home"] as const) {
    await services.polled(account, [reading({ used: 20 })]);
  }
  clock.jump(HOUR_MS);
  return { clock, services, ask: askApp(services) };
}

function send(ask: Ask, method: string, body: unknown): Promise<Response> {
  return ask("/api/v1/notes", {
    method,
    body: JSON.stringify(body),
    headers: { ...OWN, "content-type": "application/json" },
  });
}

function submit(ask: Ask, fields: Record<string, string>): Promise<Response> {
  return ask("/notes", { method: "POST", body: new URLSearchParams(fields), headers: OWN });
}

Deno.test("a note is added, listed, changed and removed over the API, and is in the record", async () => {
  const { services, ask } = await house();
  await using _ = services;
  const added = await (await send(ask, "POST", {
    text: " changed plan ",
    at: "2026-11-19T11:00:00Z",
    account: "acme/work",
  }))
    .json();
  assertEquals([added.text, added.at, added.account], [
    "changed plan",
    "2026-11-19T11:00:00.000Z",
    "acme/work",
  ]);
  const now = await (await send(ask, "POST", { text: "holidays" })).json();
  assertEquals([now.at, now.account], ["2026-11-19T12:00:00.000Z", null]);
  const list = async () => (await (await ask("/api/v1/notes")).json()).notes;
  assertEquals((await list()).map(({ text }: { text: string }) => text), ["changed plan", "holidays"]);
  const changed =
    await (await send(ask, "PUT", { id: now.id, text: "holidays begin", at: "2026-11-19T10:30:00Z" })).json();
  assertEquals([changed.id, changed.text], [now.id, "holidays begin"]);
  assertEquals((await list())[0].text, "holidays begin");
  assertEquals(await (await send(ask, "DELETE", { id: added.id })).json(), { removed: added.id });
  assertEquals((await list()).length, 1);
  assertEquals((await send(ask, "DELETE", { id: added.id })).status, 404);
  assertEquals((await send(ask, "PUT", { id: "nothing", text: "x" })).status, 404);
});

Deno.test("an invalid note is refused with the reason, and nothing is stored", async () => {
  const { services, ask } = await house();
  await using _ = services;
  for (
    const [body, wrong] of [
      [{ text: "" }, /needs a text/],
      [{ text: "  " }, /needs a text/],
      [{ text: "n".repeat(201) }, /at most 200 characters/],
      [{ text: "two\nlines" }, /one line of plain text/],
      [{ text: "\u202egnp.exe" }, /one line of plain text/],
      [{ text: "x", at: "yesterday" }, /Cannot read .{1,2}yesterday.{1,2} as an instant/],
      [{ text: "x", at: "2035-01-01T00:00:00Z" }, /at most a year ahead/],
      [{ text: "x", account: "acme/nobody" }, /acme\/nobody/],
      [{ text: 5 }, /text/],
      [{ text: "x", colour: "red" }, /colour/],
    ] as const
  ) {
    const answer = await send(ask, "POST", body);
    assertEquals(answer.status, 422, JSON.stringify(body));
    assertMatch(JSON.stringify(await answer.json()), wrong);
  }
  assertEquals((await services.notes.list()).length, 0);
});

Deno.test("charts have the notes of their own accounts and of all, within their time, as text", async () => {
  const { services, ask } = await house();
  await using _ = services;
  const hostile = '<script>alert(1)</script>"&';
  await send(ask, "POST", { text: hostile, at: "2026-11-19T11:10:00Z", account: "acme/work" });
  await send(ask, "POST", { text: "of the other", at: "2026-11-19T11:20:00Z", account: "acme/home" });
  await send(ask, "POST", { text: "of all", at: "2026-11-19T11:30:00Z" });
  await send(ask, "POST", { text: "long ago", at: "2026-01-01T00:00:00Z" });
  const { notes } = await (await ask("/api/v1/series?range=6h&quota=acme/work/five-hour")).json();
  assertEquals(notes.map(({ text }: { text: string }) => text), [hostile, "of all"]);
  const svg = await (await ask("/api/v1/chart.svg?range=6h&account=acme/work")).text();
  assertStringIncludes(svg, "<title>of all</title>");
  assert(!svg.includes("of the other") && !svg.includes("<script>"));
  const page = await (await ask("/accounts/acme/work?range=6h")).text();
  assertStringIncludes(page, "&lt;script>alert(1)&lt;/script>");
  assert(!page.includes("long ago") && !page.includes("of the other"));
  // Without JavaScript as well: the marks, and the list below the chart.
  assertEquals([...page.matchAll(/data-note="/g)].length, 2);
  const overview = await (await ask("/?range=6h")).text();
  assertEquals([...overview.matchAll(/data-note="/g)].length, 3);
});

Deno.test("the notes page works as a form: it adds, prefills changes, removes, and keeps invalid input", async () => {
  const { services, ask } = await house();
  await using _ = services;
  const saved = await submit(ask, {
    action: "save",
    id: "",
    text: "changed plan",
    at: "2026-11-19T11:00",
    account: "acme/work",
  });
  assertEquals([saved.status, saved.headers.get("location")], [303, "/notes?done=added"]);
  const [note] = await services.notes.list();
  assertEquals([note!.at, note!.account], [utc("2026-11-19 11:00"), "acme/work"]);
  const filled = await (await ask(`/notes?edit=${note!.id}`)).text();
  assertMatch(filled, /value="changed plan"/);
  assertMatch(filled, /value="2026-11-19T11:00"/);
  const wrong = await submit(ask, {
    action: "save",
    id: note!.id,
    text: "",
    at: "2026-11-19T11:00",
    account: "",
  });
  assertEquals(wrong.status, 422);
  assertStringIncludes(await wrong.text(), "A note needs a text");
  await submit(ask, {
    action: "save",
    id: note!.id,
    text: "changed back",
    at: "2026-11-19T11:30",
    account: "",
  });
  assertEquals((await services.notes.list()).map(({ text, account }) => [text, account]), [[
    "changed back",
    null,
  ]]);
  assertEquals(
    (await submit(ask, { action: "remove", id: note!.id })).headers.get("location"),
    "/notes?done=removed",
  );
  assertEquals(await services.notes.list(), []);
  assertEquals((await submit(ask, { action: "remove", id: note!.id })).status, 404);
});

Deno.test("a note of a gone account stays with it when its text is changed by the form", async () => {
  const { services, ask } = await house();
  await using _ = services;
  const { id } = await services.notes.add({ at: AT, text: "changd plan", account: "acme/gone" });
  const page = await (await ask(`/notes?edit=${id}`)).text();
  const [chosen] = /<option[^>]*selected[^>]*>/.exec(page) ?? [];
  const account = /value="([^"]*)"/.exec(chosen ?? "")?.[1] ?? "";
  const fields = { action: "save", id, at: "2026-11-19T11:30", account };
  const wrong = await submit(ask, { ...fields, text: "" });
  assertMatch(await wrong.text(), /<option[^>]*acme\/gone[^>]*selected/);
  assertEquals((await submit(ask, { ...fields, text: "changed plan" })).status, 303);
  assertEquals((await services.notes.list()).map(({ text, account }) => [text, account]), [[
    "changed plan",
    "acme/gone",
  ]]);
  assertEquals((await submit(ask, { ...fields, text: "x", account: "acme/other" })).status, 422);
});

Deno.test("a person who sees one account sees only its notes, and writes none", async () => {
  const { services, ask } = await house();
  await using _ = services;
  for (const account of ["acme/work", "acme/home", null]) {
    await send(ask, "POST", { text: `of ${account}`, account });
  }
  const limited = limitTo(services, ["acme/work"]);
  assertEquals((await limited.notes.list()).map(({ text }) => text), ["of acme/work"]);
  let refused = false;
  await limited.notes.add({ at: AT, text: "x", account: null }).catch(() => refused = true);
  assert(refused);
});
