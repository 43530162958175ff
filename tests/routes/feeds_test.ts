/** Feeds over HTTP: the address is the credential, and opens one feed only. */
import { createRedactor } from "../../lib/base/redact.ts";
import { LOCAL_OWNER, type Principal } from "../../lib/access/principal.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { askAs, ELSEWHERE, signInAs } from "../support/visitors.ts";

const AT = utc("2026-11-21 10:00");
const ICS = "text/calendar; charset=utf-8";
const ATOM = "application/atom+xml; charset=utf-8";

async function house() {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  const read = async (used: number) => {
    clock.jump(5 * MINUTE_MS);
    const one = reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: AT + 3 * HOUR_MS });
    await services.polled("acme/work", [one]);
    await services.polled("zai/default", [one]);
    await services.alerts.evaluate();
  };
  await read(40);
  await read(85);
  const make = async (
    kind: "alerts" | "calendar",
    by: Principal = LOCAL_OWNER,
    accounts: readonly string[] | null = null,
  ) => {
    const { feed, secret } = await services.access.feeds.create(
      { name: crypto.randomUUID(), kind, accounts },
      by,
    );
    return {
      id: feed.id,
      secret,
      path: `/feeds/${secret}/${kind === "alerts" ? "alerts.atom" : "calendar.ics"}`,
    };
  };
  return {
    clock,
    services,
    make,
    nobody: askAs(services, {}),
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

/** A signed-in person, as the guard knows them. */
async function personOf(
  { access }: Awaited<ReturnType<typeof house>>["services"],
  cookie: string,
): Promise<Principal> {
  const client = { address: ELSEWHERE, local: false, secure: false, device: "" };
  const found = await access.authenticate({
    client,
    token: null,
    basic: null,
    cookie: cookie.split("=")[1]!,
    identity: null,
  });
  assert("principal" in found);
  return found.principal;
}

Deno.test("anyone with the URL of a feed reads it without a sign-in, and nothing else", async () => {
  await using place = await house();
  const { services, make, nobody } = place;
  await signInAs(services, "admin");
  const calendar = await make("calendar");
  const alerts = await make("alerts");
  const ics = await nobody(calendar.path);
  assertEquals([ics.status, ics.headers.get("content-type"), ics.headers.get("cache-control")], [
    200,
    ICS,
    "private, no-cache",
  ]);
  const text = await ics.text();
  for (const event of ["reset/acme/work/five-hour@syntrack", "reset/zai/default/five-hour@syntrack"]) {
    assertEquals(text.split(`UID:${event}\r\n`).length - 1, 1, event);
  }
  assertStringIncludes(text, "DTSTART:20261121T130000Z");
  const atom = await nobody(alerts.path);
  assertEquals([atom.status, atom.headers.get("content-type")], [200, ATOM]);
  const entries = await atom.text();
  assertEquals(entries.split("<entry>").length - 1, 2);
  assert(!entries.includes(alerts.secret) && !text.includes(calendar.secret), "the address is in no answer");
  assertMatch(
    entries,
    /<id>urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}<\/id>/,
  );
  // Neither for the other kind, nor as a key.
  for (
    const path of [
      `/feeds/${calendar.secret}/alerts.atom`,
      `/feeds/${"0".repeat(64)}/calendar.ics`,
      "/feeds/x/calendar.ics",
    ]
  ) {
    assertEquals((await nobody(path)).status, 404, path);
  }
  const asKey = askAs(services, { authorization: `Bearer ${calendar.secret}` });
  assertEquals((await asKey("/api/v1/snapshot")).status, 401);
  assertEquals((await nobody(`/api/v1/snapshot?token=${calendar.secret}`)).status, 401);
});

Deno.test("an unchanged feed is not sent again", async () => {
  await using place = await house();
  const { path } = await place.make("calendar");
  const first = await place.nobody(path);
  const etag = first.headers.get("etag")!;
  await first.body?.cancel();
  const headers = { "if-none-match": etag };
  place.clock.jump(MINUTE_MS);
  assertEquals((await place.nobody(path, { headers })).status, 304);
  await place.services.polled("acme/work", [
    reading({ used: 90, limit: 100, window: FIVE_HOURS, resetsAt: AT + 3 * HOUR_MS }),
  ]);
  const changed = await place.nobody(path, { headers });
  assertEquals(changed.status, 200);
  assert(changed.headers.get("etag") !== etag);
  const head = await place.nobody(path, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-type"), await head.text()], [200, ICS, ""]);
});

Deno.test("a feed shows the accounts of its creator, also after these are reduced", async () => {
  await using place = await house();
  const { services, make, nobody } = place;
  await signInAs(services, "admin");
  const { cookie } = await signInAs(services, "viewer", ["zai/default"], "guest");
  const guest = await personOf(services, cookie!);
  for (const kind of ["calendar", "alerts"] as const) {
    const { path } = await make(kind, guest);
    const text = await (await nobody(path)).text();
    assert(text.includes("Z.ai") && !text.includes("Acme") && !text.includes("acme"), kind);
    await services.access.people.change("guest", { accounts: ["acme/work"] });
    const now = await (await nobody(path)).text();
    assert(!now.includes("Z.ai") && !now.includes("zai/"), "what both agree on is left");
    await services.access.people.change("guest", { accounts: ["zai/default"] });
  }
  const { path } = await make("calendar", guest);
  await services.access.people.remove("guest");
  assertEquals((await nobody(path)).status, 404, "whoever made it is gone");
  const one = await make("alerts", LOCAL_OWNER, ["acme/work"]);
  assert(!(await (await nobody(one.path)).text()).includes("Z.ai"));
});

Deno.test("a feed is created, shown once, and revoked on the user's page", async () => {
  await using place = await house();
  const { services, nobody } = place;
  await signInAs(services, "admin", null, "ada");
  const viewer = askAs(services, await signInAs(services, "viewer", null, "eve"));
  const post = (fields: Record<string, string>) =>
    viewer("/me", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  const shown = await (await post({ action: "make-feed", name: "phone", kind: "calendar" })).text();
  const [, secret = ""] = /http:\/\/127\.0\.0\.1:9211\/feeds\/([0-9a-f]{64})\/calendar\.ics/.exec(shown) ??
    [];
  assertEquals((await nobody(`/feeds/${secret}/calendar.ics`)).status, 200);
  const page = await (await viewer("/me")).text();
  assert(page.includes("phone") && !page.includes(secret), "shown this once");
  assertEquals((await post({ action: "make-feed", name: "phone", kind: "alerts" })).status, 422);
  assertEquals((await post({ action: "make-feed", name: "x", kind: "other" })).status, 400);
  const stored = JSON.stringify(await services.store.docs.list("feeds", AT));
  const written = JSON.stringify(await services.access.audit.list({ limit: 50 }));
  assert(!stored.includes(secret) && !written.includes(secret) && !services.logged.join("").includes(secret));
  assertStringIncludes(written, "made a feed");
  const [feed] = await services.access.feeds.list("eve");
  // Another person's feed counts as missing.
  const other = askAs(services, await signInAs(services, "viewer", null, "bob"));
  const revoke = { method: "POST", body: new URLSearchParams({ action: "revoke-feed", id: feed!.id }) };
  assertStringIncludes(await (await other("/me", revoke)).text(), "There is no such feed");
  assertEquals((await nobody(`/feeds/${secret}/calendar.ics`)).status, 200);
  await post({ action: "revoke-feed", id: feed!.id });
  assertEquals((await nobody(`/feeds/${secret}/calendar.ics`)).status, 404);
});

Deno.test("guessing URLs becomes slow, is recorded without them, and masked in logs", async () => {
  await using place = await house();
  const { services, make, nobody } = place;
  const { path, secret } = await make("calendar");
  const statuses: number[] = [];
  for (let guess = 0; guess < 12; guess++) {
    statuses.push((await nobody(`/feeds/${String(guess).padStart(64, "0")}/calendar.ics`)).status);
  }
  assertEquals(statuses, [...Array(10).fill(404), 429, 429]);
  assertEquals((await nobody(path)).status, 200, "what is right is never counted");
  const written = JSON.stringify(await services.access.audit.list({ limit: 50 }));
  assert(written.includes("feed") && !written.includes("0".repeat(60)));
  const line = createRedactor().redact(`GET http://127.0.0.1:9211${path} failed`);
  assert(!line.includes(secret.slice(0, 16)), line);
});

Deno.test("a key creates no feed, which would outlive it", async () => {
  await using place = await house();
  const { services } = place;
  const { secret } = await services.access.keys.create({ name: "k", scopes: ["read"] }, LOCAL_OWNER);
  const ask = askAs(services, { authorization: `Bearer ${secret}` });
  const answer = await ask("/me", {
    method: "POST",
    body: new URLSearchParams({ action: "make-feed", name: "x", kind: "alerts" }),
  });
  assertEquals(answer.status, 422);
  assertStringIncludes(await answer.text(), "A key cannot create a feed");
  assertEquals(await services.access.feeds.list(), []);
});
