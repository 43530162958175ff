/** Channels on the dashboard and in the API: who may change them, what is refused, and their state. */
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { addChannel } from "../../lib/web/channels.ts";
import { FieldsError } from "../../lib/web/failure.ts";
import { startReceiver } from "../alerts/support.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { FIVE_HOURS, reading, utc } from "../support/readings.ts";
import { askAs, signInAs } from "../support/visitors.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 13:00");
const SECRET = "hidden-topic-4711";

type Services = Awaited<ReturnType<typeof fakeServices>>;

async function withChannels(
  work: (
    place: {
      readonly services: Services;
      readonly near: Ask;
      readonly clock: FakeClock;
      readonly folder: string;
    },
  ) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const clock = new FakeClock(AT);
    await using services = await fakeServices({ clock, keyFile: `${folder}/key` });
    await work({ services, near: askApp(services), clock, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const form = (ask: Ask, fields: Record<string, string>) =>
  ask("/alerts/channels", {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
  });
const send = (ask: Ask, method: string, body: unknown, path = "/api/v1/channels") =>
  ask(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
const text = async (answer: Response | Promise<Response>) =>
  (await (await answer).text()).replaceAll("<!-- -->", "");

Deno.test("a channel is added, paused and removed on its page; its secret is stored encrypted and shown nowhere", () =>
  withChannels(async ({ services, near }) => {
    const fields = await text(near("/alerts/channels?add=ntfy"));
    assertMatch(fields, /name="value\.topic" type="password"/);
    const added = await form(near, {
      action: "add",
      type: "ntfy",
      id: "phone",
      "value.topic": SECRET,
      "value.server": "https://ntfy.example",
      least: "warning",
      quiet: "22:00-07:00",
    });
    assertEquals([added.status, added.headers.get("location")], [303, "/alerts/channels?done=added"]);
    const [channel] = await services.stored.list();
    assertEquals([channel!.secrets, await channel!.open()], [["topic"], { topic: SECRET }]);
    const page = await text(near("/alerts/channels"));
    assertStringIncludes(page, "Receives every kind from warning on, quiet 22:00-07:00.");
    const stored = JSON.stringify(await services.store.docs.list("channels", AT));
    const all = [
      page,
      stored,
      await text(near("/api/v1/channels")),
      services.logged.join(""),
      JSON.stringify(await services.access.audit.list({ limit: 20 })),
    ].join("");
    assert(!all.includes(SECRET));
    assertStringIncludes(all, "added a channel");
    await form(near, { action: "pause", id: "phone" });
    assertStringIncludes(await text(near("/alerts/channels")), "paused");
    assertEquals((await services.stored.list())[0]!.enabled, false);
    assertStringIncludes(await text(form(near, { action: "remove", id: "phone" })), "Tick the box");
    await form(near, { action: "remove", id: "phone", sure: "1" });
    assertEquals(await services.stored.list(), []);
    assertEquals((await form(near, { action: "test", id: "phone" })).status, 404);
  }));

Deno.test("invalid input is reported beside the form, which keeps everything except secrets", () =>
  withChannels(async ({ services, near }) => {
    const typed = {
      action: "add",
      type: "ntfy",
      id: "Phone!",
      "value.topic": SECRET,
      "value.server": "https://ntfy.example",
    };
    const refused = await form(near, typed);
    assertEquals(refused.status, 422);
    const page = await text(refused);
    assertStringIncludes(page, "The name of a channel has at most 32 lower-case letters");
    assertStringIncludes(page, 'value="https://ntfy.example"');
    assert(!page.includes(SECRET));
    assertStringIncludes(
      await text(form(near, { ...typed, id: "phone", quiet: "late" })),
      "Quiet hours are such as 22:00-07:00",
    );
    assertStringIncludes(
      await text(form(near, { ...typed, id: "phone", "value.topic": "" })),
      "ntfy needs topic",
    );
    assertEquals(await services.stored.list(), []);
  }));

const MANY = ["used-up", "back"];

Deno.test("a channel's severity, quiet hours and summaries are changed on its page, and shown there", () =>
  withChannels(async ({ services, near }) => {
    await send(near, "POST", { id: "team", type: "slack", values: { url: "https://hooks.example/x" } });
    assertMatch(await text(near("/alerts/channels")), /href="\/alerts\/channels\?change=team#channel-team"/);
    const fields = await text(near("/alerts/channels?change=team"));
    assertMatch(fields, /data-change="team"/);
    assertEquals(fields.match(/name="kind" value="[^"]+" checked/g)?.length, 18);
    const typed = new URLSearchParams({
      action: "change",
      id: "team",
      kinds: "chosen",
      least: "warning",
      urgent: "none",
      quiet: "22:00-07:30",
      daily: "08:05",
      weekday: "mon",
      weeklyAt: "09:00",
    });
    for (const kind of MANY) typed.append("kind", kind);
    const change = (fields: URLSearchParams) =>
      near("/alerts/channels", {
        method: "POST",
        body: fields,
        headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
      });
    assertEquals((await change(typed)).headers.get("location"), "/alerts/channels?done=changed");
    const rule = {
      least: "warning",
      kinds: MANY,
      quiet: { from: 22 * 60, to: 7 * 60 + 30 },
      urgent: "none",
      summaries: { daily: { minute: 485 }, weekly: { weekday: 0, minute: 540 } },
    };
    const [channel] = await services.stored.list();
    assertEquals(channel!.rule, rule as never);
    assertEquals(await channel!.open(), { url: "https://hooks.example/x" }, "its secret stays");
    const page = await text(near("/alerts/channels"));
    assertStringIncludes(
      page,
      "Receives daily 08:05, weekly mon-09:00, used-up, back from warning on, quiet 22:00-07:30 for everything.",
    );
    const again = await text(near("/alerts/channels?change=team"));
    assertEquals(again.match(/name="kind" value="[^"]+" checked/g)?.length, 2);
    assertMatch(again, /name="daily"[^>]*value="08:05"/);
    typed.set("quiet", "late");
    typed.set("weeklyAt", "");
    const refused = await change(typed);
    assertEquals(refused.status, 422);
    const told = await text(refused);
    assertStringIncludes(told, "Quiet hours are such as 22:00-07:00. A weekly summary has a day and a time");
    assertMatch(told, /name="quiet"[^>]*value="late"/, "what was typed stays");
    assertEquals((await services.stored.list())[0]!.rule, rule as never);
    typed.delete("kind");
    for (const field of ["quiet", "daily", "weekday"]) typed.set(field, "");
    assertStringIncludes(await text(change(typed)), "A channel takes at least one kind, or a summary");
    typed.set("id", "none");
    assertEquals((await change(typed)).status, 404);
  }));

Deno.test("programs change a channel's filters; absent ones stay, and null restores the default", () =>
  withChannels(async ({ services, near }) => {
    const wanted = {
      id: "team",
      type: "slack",
      values: { url: "https://hooks.example/x" },
      quiet: "23:00-06:00",
    };
    await send(near, "POST", { ...wanted, kinds: MANY, daily: "07:00" });
    const ofTeam = async (answer: Promise<Response>) => {
      const { channels: [team] } = await (await answer).json();
      const { least, kinds, urgent, quiet, daily, weekly, enabled } = team;
      return { least, kinds, urgent, quiet, daily, weekly, enabled };
    };
    const first = {
      least: null,
      kinds: MANY,
      urgent: "critical",
      quiet: "23:00-06:00",
      daily: "07:00",
      weekly: null,
      enabled: true,
    };
    assertEquals(await ofTeam(near("/api/v1/channels")), first);
    assertEquals(
      await ofTeam(send(near, "PUT", { id: "team", weekly: "sun-20:00", urgent: "warning", enabled: false })),
      { ...first, weekly: "sun-20:00", urgent: "warning", enabled: false },
    );
    assertEquals(
      await ofTeam(send(near, "PUT", { id: "team", kinds: null, daily: null, quiet: null, weekly: null })),
      { ...first, kinds: null, daily: null, quiet: null, urgent: "warning", enabled: false },
    );
    const refused = await send(near, "PUT", { id: "team", weekly: "someday" });
    assertEquals(refused.status, 422);
    assertStringIncludes(await text(refused), "A weekly summary has a day and a time such as mon-08:00");
    assertEquals((await send(near, "PUT", { id: "team", kinds: ["test"] })).status, 422);
    assertEquals((await send(near, "PUT", { id: "other", quiet: null })).status, 404);
    assertEquals((await services.stored.list())[0]!.rule, { urgent: "warning" });
  }));

Deno.test("only a recently signed-in admin changes channels, and hooks are never added remotely", () =>
  withChannels(async ({ services, clock }) => {
    const admin = askAs(services, await signInAs(services, "admin"));
    const operator = askAs(services, await signInAs(services, "operator"));
    const wanted = { id: "team", type: "slack", values: { url: "https://hooks.example/x" } };
    assertEquals((await send(operator, "POST", wanted)).status, 403);
    assertEquals((await send(admin, "POST", wanted)).status, 200);
    assertEquals((await send(operator, "GET", undefined)).status, 200);
    for (const method of ["PUT", "DELETE"]) {
      assertEquals((await send(operator, method, { id: "team", enabled: false })).status, 403, method);
    }
    const hook = await send(admin, "POST", { id: "own", type: "hook", values: { command: "/bin/true" } });
    assertEquals(hook.status, 422);
    assertStringIncludes(await hook.text(), "on the machine itself");
    assert(!(await text(admin("/alerts/channels"))).includes('value="hook"'));
    services.hooks.set("opener", { command: "/bin/true" });
    const replaced = await send(admin, "POST", { id: "opener", type: "slack", values: wanted.values });
    assertEquals(replaced.status, 422);
    clock.jump(20 * MINUTE_MS);
    assertEquals((await send(admin, "POST", wanted)).status, 401);
    const page = await text(admin("/alerts/channels"));
    assertStringIncludes(page, "Sign in again");
    assert(!page.includes('value="remove"'));
    const guest = askAs(services, await signInAs(services, "viewer", ["zai/default"]));
    assertEquals((await (await guest("/api/v1/channels")).json()).channels, []);
  }));

Deno.test("a channel added remotely never leads into the server's own network, by address or name", () =>
  withChannels(async ({ services }) => {
    const admin = askAs(services, await signInAs(services, "admin"));
    const wanted = (url: string) => ({ id: "in", type: "webhook", values: { url } });
    for (
      const url of [
        "http://127.0.0.1:9/x",
        "https://10.0.0.7/x",
        "https://[::1]/x",
        "https://inside.example/x",
        "http://169.254.169.254/",
      ]
    ) {
      const answer = await send(admin, "POST", wanted(url));
      assertEquals(answer.status, 422, url);
      assertStringIncludes(await answer.text(), "private network");
    }
    assertEquals((await send(admin, "POST", wanted("https://outside.example/x"))).status, 200);
    assertEquals((await services.stored.list())[0]!.publicOnly, true);
  }));

Deno.test("a channel added remotely is limited to public addresses when it sends, too", () =>
  withChannels(async ({ services }) => {
    await using hook = startReceiver();
    await services.stored.add({ id: "in", type: "webhook", values: { url: hook.url }, publicOnly: true });
    const test = await services.channels.test("in", new AbortController().signal);
    assertEquals([test!.isTaken, hook.received.length], [false, 0]);
    assertStringIncludes(test!.problem, "private network");
  }));

Deno.test("the test shows the request, its duration and its result", () =>
  withChannels(async ({ services, near }) => {
    await using hook = startReceiver((count) => new Response("", { status: count === 1 ? 200 : 401 }));
    await services.stored.add({ id: "team", type: "webhook", values: { url: hook.url } });
    const taken = await text(form(near, { action: "test", id: "team" }));
    assertMatch(
      taken,
      /team accepted the test message after \d+ ms through 127\.0\.0\.1:\d+\. Check that it arrived\./,
    );
    const refused = await (await send(near, "POST", { id: "team" }, "/api/v1/channels/test")).json();
    assertEquals([refused.taken, refused.asked.length], [false, 1]);
    assertStringIncludes(refused.problem, "refused the sign-in (status 401)");
    assertEquals((await send(near, "POST", { id: "none" }, "/api/v1/channels/test")).status, 404);
  }));

Deno.test("a failing channel shows since when and why, and messages waiting during a pause are sent afterwards", () =>
  withChannels(async ({ services, near, clock }) => {
    await using hook = startReceiver((count) => new Response("", { status: count === 1 ? 503 : 200 }));
    await services.stored.add({ id: "team", type: "webhook", values: { url: hook.url } });
    const see = async (used: number) => {
      clock.jump(5 * MINUTE_MS);
      await services.polled("acme/work", [
        reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: AT + 5 * 60 * MINUTE_MS }),
      ]);
      await services.alerts.evaluate();
      return await services.alerts.deliver(new AbortController().signal);
    };
    await see(40);
    assertEquals(await see(85), { sent: 0, failed: 1 });
    const [channel] = (await (await near("/api/v1/channels")).json()).channels;
    assertEquals([channel.state, channel.since, channel.waiting], ["trouble", "2026-11-21T13:10:00.000Z", 1]);
    assertEquals(channel.answers[0].note, "The webhook answered with status 503");
    assertStringIncludes(
      await text(near("/alerts/channels")),
      "Failing since 2026-11-21 13:10: The webhook answered",
    );
    assertStringIncludes(await text(near("/alerts")), "failing");
    await form(near, { action: "pause", id: "team" });
    assertEquals(await see(86), { sent: 0, failed: 0 }, "nothing is tried while it is paused");
    await form(near, { action: "resume", id: "team" });
    assertEquals(await see(87), { sent: 1, failed: 0 });
    const after = (await (await near("/api/v1/channels")).json()).channels[0];
    assertEquals([after.state, after.since, after.waiting], ["well", null, 0]);
  }));

Deno.test("a channel the server cannot reach before a restart is marked so", () =>
  withChannels(async ({ services, near }) => {
    await services.stored.add({ id: "late", type: "webhook", values: { url: "https://closed.example/x" } });
    assertStringIncludes(
      await text(near("/alerts/channels")),
      "started with limited permissions before the channel was added",
    );
    const [channel] = (await (await near("/api/v1/channels")).json()).channels;
    assertEquals(channel.reachable, false);
  }));

Deno.test("without a known reader a channel may not lead into the server's own network, as if added remotely", () =>
  withChannels(async ({ services }) => {
    const wanted = { id: "inside", type: "webhook", values: { url: "http://127.0.0.1:9/x" } };
    const refused = await addChannel(services, null, wanted).catch((error) => error as FieldsError);
    assert(refused instanceof FieldsError);
    assertStringIncludes(refused.errors[0]!.message, "private network");
    await addChannel(services, LOCAL_OWNER, wanted);
  }));

Deno.test("a remote user sees the result of a server's command, but not its path", () =>
  withChannels(async ({ services, near, clock }) => {
    const [folder, odd] = ["/srv/hidden-4711/tell.sh", "/srv/hidden-4711 tools/tell"];
    services.hooks.set("own", { command: folder });
    services.hooks.set("odd", { command: odd });
    for (const used of [40, 85]) {
      clock.jump(5 * MINUTE_MS);
      await services.polled("acme/work", [
        reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: AT + 5 * 60 * MINUTE_MS }),
      ]);
      await services.alerts.evaluate();
      await services.alerts.deliver(new AbortController().signal);
    }
    const seenBy = async (ask: Ask) =>
      (await Promise.all([
        ...["/alerts", "/alerts/channels", "/api/v1/alerts", "/api/v1/channels"].map((path) =>
          text(ask(path))
        ),
        text(send(ask, "POST", { id: "own" }, "/api/v1/channels/test")),
        text(send(ask, "POST", { id: "odd" }, "/api/v1/channels/test")),
        text(form(ask, { action: "test", id: "own" })),
      ])).map((page) => page.replaceAll("&quot;", '"'));
    for (const page of await seenBy(near)) assertStringIncludes(page, "/srv/hidden-4711");
    const far = askAs(services, await signInAs(services, "admin"));
    for (const page of await seenBy(far)) {
      assertStringIncludes(page, "a file of the server is not installed");
      assert(!page.includes("hidden-4711") && !page.includes("tools/tell"), page);
    }
    const tested = await (await send(far, "POST", { id: "odd" }, "/api/v1/channels/test")).json();
    assertEquals(tested.asked, ["a file of the server"]);
  }));

Deno.test("a remote user does not see the path of the key of the secrets", () =>
  withChannels(async ({ services, near, folder }) => {
    await Deno.writeTextFile(`${folder}/key`, "no key at all");
    const wanted = { id: "team", type: "slack", values: { url: "https://hooks.example/x" } };
    assertStringIncludes(await text(send(near, "POST", wanted)), folder);
    const far = askAs(services, await signInAs(services, "admin"));
    const refused = await text(send(far, "POST", wanted));
    assertStringIncludes(refused, "The key file");
    assert(!refused.includes(folder), refused);
  }));
