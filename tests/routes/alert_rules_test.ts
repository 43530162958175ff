/** Rules for everything, an account and a quota: by forms and by the API, with the alerts they would have sent. */
import { LOCAL_OWNER, type Principal } from "../../lib/access/principal.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { alertsPage } from "../../lib/web/alerts.ts";
import type { State } from "../../lib/web/state.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { FIVE_HOURS, reading, utc } from "../support/readings.ts";
import { askAs, createKey, signInAs } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";

const QUOTA = "acme/work/five-hour";

async function house() {
  const clock = new FakeClock(utc("2026-11-21 13:00"));
  const services = await fakeServices({ clock });
  const ask = askApp(services);
  const poll = async (used: number) => {
    clock.jump(5 * MINUTE_MS);
    for (const account of ["acme/work", "zai/default"] as const) {
      await services.polled(account, [
        reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: utc("2026-11-21 17:00") }),
      ]);
    }
    return (await services.alerts.evaluate()).map(({ account, title }) => `${account} ${title}`);
  };
  const post = (fields: Record<string, string>) =>
    ask("/alerts", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  const put = (body: unknown) =>
    ask("/api/v1/rules", {
      method: "PUT",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  return {
    clock,
    services,
    ask,
    poll,
    post,
    put,
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

const text = async (answer: Promise<Response>) => (await (await answer).text()).replaceAll("<!-- -->", "");

Deno.test("the page shows at once what the rule of a quota would have sent, and what another one would have", async () => {
  await using place = await house();
  const { ask, poll, services } = place;
  for (const used of [10, 40, 70, 90]) await poll(used);
  const now = await text(ask(`/alerts?of=${QUOTA}`));
  assertStringIncludes(now, "Over your last 30 days, this rule would have alerted you once:");
  const query = new URLSearchParams({ of: QUOTA, thresholds: "30, 60", balanceBelow: "", try: "1" });
  for (const kind of ["threshold", "used-up"]) query.append("kind", kind);
  const tried = await text(ask(`/alerts?${query}`));
  assertStringIncludes(tried, "this rule would have alerted you 2 times");
  assertStringIncludes(tried, "Not saved yet.");
  assertStringIncludes(tried, 'value="30, 60"');
  assertEquals((await services.alerts.rules()).only, undefined, "trying saves nothing");
  assertStringIncludes(
    await text(ask(`/alerts?of=${QUOTA}&thresholds=many&try=1`)),
    "Thresholds are up to 10",
  );
  assertEquals((await ask("/alerts?of=nobody/x/y")).status, 200);
});

Deno.test("a rule of one quota applies to it alone, and reverts to the general one when its fields are empty", async () => {
  await using place = await house();
  const { poll, post, services } = place;
  await poll(10);
  const kinds = ["threshold", "used-up", "blocked", "runs-out", "back", "early-reset", "balance-low"];
  const body = (thresholds: string) => {
    const form = new URLSearchParams({ action: "rules", of: QUOTA, thresholds, balanceBelow: "" });
    for (const kind of kinds) form.append("kind", kind);
    return form;
  };
  const send = (form: URLSearchParams) =>
    place.ask("/alerts", {
      method: "POST",
      body: form,
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  assertEquals(
    (await send(body("50"))).headers.get("location"),
    `/alerts?done=saved&of=acme%2Fwork%2Ffive-hour`,
  );
  assertEquals((await services.alerts.rules()).only, { [QUOTA]: { thresholds: [0.5] } });
  assertEquals(await poll(60), ["acme/work Acme (work) Five hours: 60% used"]);
  await services.alerts.setRules({ only: { [QUOTA]: { thresholds: [0.5], budget: 7 } } as never });
  await send(body(""));
  assertEquals(
    (await services.alerts.rules()).only,
    { [QUOTA]: { budget: 7 } },
    "its budget is a matter of its own",
  );
  assertEquals(
    (await post({ action: "rules", of: "nobody/x", thresholds: "5", balanceBelow: "" })).status,
    422,
  );
});

Deno.test("programs read and change the rules, and see what they would have sent", async () => {
  await using place = await house();
  const { ask, poll, put, services } = place;
  for (const used of [10, 40, 70, 90]) await poll(used);
  const { rules } = await (await ask("/api/v1/rules")).json();
  assertEquals([rules.thresholds, rules.failingAfterSeconds, rules.only], [[0.8, 0.95], 900, []]);
  const changed = await (await put({ of: QUOTA, thresholds: [0.6, 0.3], off: ["back"] })).json();
  assertEquals(changed.rules.only, [{ of: QUOTA, thresholds: [0.3, 0.6], off: ["back"] }]);
  assertEquals(changed.rules.thresholds, [0.8, 0.95]);
  const replay = await (await ask(`/api/v1/rules/replay?of=${QUOTA}`)).json();
  assertEquals([replay.count, replay.days, replay.readings], [2, 30, 4]);
  const other = await (await ask(`/api/v1/rules/replay?of=${QUOTA}&thresholds=10,30,60,85&kind=threshold`))
    .json();
  assertEquals([other.count, other.alerts.length], [3, 3]);
  const all = await (await ask("/api/v1/rules/replay")).json();
  assertEquals([all.of, all.count], ["*", 3]);
  const back = await (await put({ of: QUOTA, thresholds: null, off: null })).json();
  assertEquals(back.rules.only, []);
  await put({ thresholds: [0.9], runOutProbability: 0.9, failingAfterSeconds: 60 });
  const { thresholds, runOutProbability, failingAfterMs } = await services.alerts.rules();
  assertEquals([thresholds, runOutProbability, failingAfterMs], [[0.9], 0.9, 60_000]);
});

Deno.test("an invalid rule is named, and changes nothing", async () => {
  await using place = await house();
  const { poll, put, ask, services } = place;
  await poll(10);
  for (
    const [body, field] of [
      [{ thresholds: [0] }, "thresholds.0"],
      [{ thresholds: [{ of: "left", share: 1 }] }, "thresholds.0.share"],
      [{ thresholds: null }, "thresholds"],
      [{ of: "nobody/x" }, "of"],
      [{ of: QUOTA, runOutProbability: 0.5 }, "runOutProbability"],
      [{ off: ["everything"] }, "off.0"],
      [{ color: "red" }, "color"],
    ] as const
  ) {
    const answer = await put(body);
    assertEquals(answer.status, 422, JSON.stringify(body));
    assertEquals((await answer.json()).errors[0].field, field);
  }
  assertEquals((await ask("/api/v1/rules/replay?of=nobody/x")).status, 400);
  assertEquals((await ask("/api/v1/rules/replay?thresholds=many")).status, 400);
  assertEquals((await services.alerts.rules()).thresholds, [0.8, 0.95]);
});

Deno.test("forms and programs have the same limits, so that a form accepts what a program stored", async () => {
  await using place = await house();
  const { poll, put, post, services } = place;
  await poll(10);
  const form = { action: "rules", of: "*", thresholds: "1000", balanceBelow: "1e9", failingMinutes: "43200" };
  const month = { thresholds: [10], balanceBelow: 1e9, failingAfterSeconds: 30 * 86_400 };
  assertEquals((await put(month)).status, 200);
  assertEquals((await post(form)).status, 303);
  assertEquals((await services.alerts.rules()).failingAfterMs, 30 * 86_400_000);
  const eleven = Array.from({ length: 11 }, (_, at) => at + 1);
  for (
    const [body, fields] of [
      [{ thresholds: [10.01] }, { thresholds: "1001" }],
      [{ thresholds: eleven.map((one) => one / 100) }, { thresholds: eleven.join(" ") }],
      [{ balanceBelow: 1e9 + 1 }, { balanceBelow: "1000000001" }],
      [{ failingAfterSeconds: 30 * 86_400 + 60 }, { failingMinutes: "43201" }],
    ] as const
  ) {
    assertEquals((await put(body)).status, 422, JSON.stringify(body));
    assertEquals((await post({ ...form, ...fields })).status, 422, JSON.stringify(fields));
  }
});

Deno.test("without a known reader, a page has no form that changes alerts", async () => {
  await using place = await house();
  const { poll, services } = place;
  await poll(10);
  const shown = async (principal: Principal | null) => {
    const state = { services, principal, preferences: { zone: null, density: null } } as unknown as State;
    return (await alertsPage(state, new URLSearchParams({ of: QUOTA }))).view;
  };
  assertEquals((await shown(LOCAL_OWNER)).mayWrite, true);
  const { mayWrite, replay } = await shown(null);
  assertEquals([mayWrite, replay], [false, null]);
});

Deno.test("a snooze without a target silences nothing", async () => {
  await using place = await house();
  await place.poll(10);
  assertEquals((await place.post({ action: "snooze", hours: "4" })).status, 422);
  assertEquals(await place.services.alerts.snoozes(), []);
});

Deno.test("a viewer reads the rules and changes none, and a limited one reads no rule of other accounts", async () => {
  await using place = await house();
  const { poll, services } = place;
  await poll(10);
  await signInAs(services, "admin");
  await services.alerts.setRules({
    only: { [QUOTA]: { thresholds: [0.5] }, "zai/default": { thresholds: [0.4] } } as never,
  });
  const viewer = askAs(services, await signInAs(services, "viewer"));
  assertEquals((await (await viewer("/api/v1/rules")).json()).rules.only.length, 2);
  const json = { method: "PUT", body: "{}", headers: { "content-type": "application/json" } };
  assertEquals((await viewer("/api/v1/rules", json)).status, 403);
  const page = await text(viewer(`/alerts?of=${QUOTA}`));
  assert(
    !page.includes('value="rules"') && !page.includes('value="snooze"'),
    "nothing that is refused is offered",
  );
  const guest = askAs(services, await signInAs(services, "viewer", ["zai/default"]));
  const { rules } = await (await guest("/api/v1/rules")).json();
  assertEquals(rules.only.map(({ of }: { readonly of: string }) => of), ["zai/default"]);
  assert(!(await text(guest("/alerts"))).includes("acme"));
  const key = askAs(services, await createKey(services, ["read"]));
  assertEquals((await key("/api/v1/rules/replay")).status, 403);
});

Deno.test("a rule of a kind of window applies to all quotas with it, with thresholds as shares and amounts", async () => {
  await using place = await house();
  const { ask, poll, put, services } = place;
  await poll(10);
  assertStringIncludes(await text(ask("/alerts")), '<option  value="*/5h" >Windows of 5 h</option>');
  const thresholds = [{ of: "left", share: 0.7 }, { of: "used", amount: 50 }];
  const answer = await put({ of: "*/5h", thresholds });
  assertEquals(answer.status, 200);
  assertEquals((await answer.json()).rules.only, [{ of: "*/5h", thresholds }]);
  const page = await text(ask(`/alerts?of=${encodeURIComponent("*/5h")}`));
  assertStringIncludes(page, 'value="70% left, 50 used"');
  assertStringIncludes(page, "Windows of 5 h</a>");
  assertEquals(await poll(32), [
    "acme/work Acme (work) Five hours: 68% left",
    "zai/default Z.ai Five hours: 68% left",
  ]);
  await put({ of: "zai/default", thresholds: [0.9] });
  assertEquals(await poll(55), ["acme/work Acme (work) Five hours: 55 requests used"]);
  const replay = await ask(
    `/api/v1/rules/replay?of=${encodeURIComponent("*/5h")}&thresholds=${encodeURIComponent("60% left")}`,
  );
  assertEquals((await replay.json()).count, 1, "the account with its own rule is not told by this one");
  for (
    const wrong of [{ of: "*/9h" }, { thresholds: [{ of: "left" }] }, {
      thresholds: [{ of: "gone", share: 0.5 }],
    }]
  ) {
    assertEquals((await put({ thresholds: [0.5], ...wrong })).status, 422, JSON.stringify(wrong));
  }
  await put({ of: "*/5h", thresholds: null });
  assertEquals((await services.alerts.rules()).only, { "zai/default": { thresholds: [0.9] } } as never);
});

Deno.test("repetitions of lasting alerts are set by forms and the API, within bounds", async () => {
  await using place = await house();
  const { ask, poll, put, services } = place;
  await poll(10);
  const page = await text(ask("/alerts"));
  assertMatch(page, /name="repeatHours"[^>]*value="0"/);
  assertMatch(page, /name="repeatMost"[^>]*value="3"/);
  const send = (fields: Record<string, string>) =>
    place.post({
      action: "rules",
      thresholds: "80",
      balanceBelow: "5",
      failingMinutes: "15",
      kind: "threshold",
      ...fields,
    });
  assertEquals((await send({ repeatHours: "2", repeatMost: "5" })).status, 303);
  const { repeatEveryMs, repeatMost } = await services.alerts.rules();
  assertEquals([repeatEveryMs, repeatMost], [2 * 60 * MINUTE_MS, 5]);
  for (
    const wrong of [{ repeatHours: "0.1" }, { repeatHours: "soon" }, { repeatMost: "0" }, {
      repeatMost: "99",
    }]
  ) {
    const refused = await send({ repeatHours: "2", repeatMost: "5", ...wrong });
    assertEquals(refused.status, 422, JSON.stringify(wrong));
    assertStringIncludes(await text(Promise.resolve(refused)), "Alerts are repeated");
  }
  // From a quarter of an hour up to a week.
  for (const hours of ["0.25", "168"]) {
    assertEquals((await send({ repeatHours: hours, repeatMost: "5" })).status, 303, hours);
    assertEquals((await services.alerts.rules()).repeatEveryMs, Number(hours) * 60 * MINUTE_MS);
  }
  for (const hours of ["0.24", "168.01"]) {
    assertEquals((await send({ repeatHours: hours, repeatMost: "5" })).status, 422, hours);
  }
  assertEquals((await put({ of: "*", repeatEverySeconds: 604_800 })).status, 200);
  assertEquals((await put({ of: "*", repeatEverySeconds: 604_801 })).status, 422);
  assertEquals((await send({ repeatHours: "", repeatMost: "" })).status, 303);
  const cleared = await services.alerts.rules();
  assertEquals([cleared.repeatEveryMs, cleared.repeatMost], [0, 3], "never, and the default");
  assertEquals((await send({ repeatHours: "2", repeatMost: "5" })).status, 303);
  const answer = await put({ of: QUOTA, repeatEverySeconds: 3600, repeatMost: null });
  const { rules } = await answer.json();
  assertEquals([rules.repeatEverySeconds, rules.repeatMost], [7200, 5]);
  assertEquals(rules.only, [{ of: QUOTA, repeatEverySeconds: 3600 }]);
  const own = await text(ask(`/alerts?of=${QUOTA}`));
  assertMatch(own, /name="repeatHours"[^>]*value="1"/);
  assertStringIncludes(own, "Empty for 5 as above");
  for (const wrong of [{ repeatEverySeconds: 60 }, { repeatMost: 1.5 }, { repeatEverySeconds: null }]) {
    assertEquals((await put(wrong)).status, 422, JSON.stringify(wrong));
  }
});

Deno.test("programs snooze for hours, until a time or the reset, and end it again", async () => {
  await using place = await house();
  const { ask, poll, services } = place;
  await poll(10);
  const send = (method: string, body: unknown) =>
    ask("/api/v1/alerts/snoozes", {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const snoozes = async (answer: Response | Promise<Response>) => (await (await answer).json()).snoozes;
  assertEquals(await snoozes(ask("/api/v1/alerts/snoozes")), []);
  assertEquals(await snoozes(send("POST", { target: QUOTA, kind: "threshold", untilReset: true })), [
    { target: QUOTA, kind: "threshold", until: "2026-11-21T17:00:00.000Z" },
  ]);
  assertEquals(await poll(85), [
    "acme/work Acme (work) Five hours: 85% used",
    "zai/default Z.ai Five hours: 85% used",
  ]);
  assertEquals((await services.alerts.snoozes()).length, 1);
  await send("POST", { target: "*", until: "2026-11-21T14:00:00Z" });
  assertEquals((await snoozes(send("POST", { target: "zai/default", hours: 1 }))).length, 3);
  for (
    const wrong of [
      { target: "nobody/x", hours: 1 },
      { target: "*/5h", hours: 1 },
      { target: "*" },
      { target: "*", hours: 1, untilReset: true },
      { target: "*", until: "2020-01-01T00:00:00Z" },
      { target: "*", until: "tomorrow" },
    ]
  ) assertEquals((await send("POST", wrong)).status, 422, JSON.stringify(wrong));
  assertEquals((await snoozes(send("DELETE", { target: "*" }))).length, 2);
  assertEquals((await send("DELETE", { target: "*" })).status, 404);
  const viewer = askAs(services, await signInAs(services, "viewer"));
  assertEquals((await viewer("/api/v1/alerts/snoozes")).status, 200);
  const refused = await viewer("/api/v1/alerts/snoozes", {
    method: "POST",
    body: JSON.stringify({ target: "*", hours: 1 }),
    headers: { "content-type": "application/json", origin: ORIGIN },
  });
  assertEquals(refused.status, 403);
});
