/** Whoever has signed in before still gets in during a flood of invalid attempts, which cost no hash each. */
import { derivePbkdf2 } from "../../lib/access/passwords.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { askAs, ELSEWHERE, PASSWORD, signInAs } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };
const FLOOD = 100;
/** Allowed failures per address, and allowed failures in total that cost a hash. */
const [OF_ONE, IN_ALL] = [10, 30];

/** A server with a fixed clock, in which nothing decays, and the number of its hashes since the last call. */
async function counted(work: (services: FakeServices, hashes: () => number) => Promise<void>): Promise<void> {
  let made = 0;
  await using services = await fakeServices({
    clock: new FakeClock(utc("2026-11-21 10:00")),
    access: {
      running: () => 0,
      derive: (password, salt) => {
        made++;
        return derivePbkdf2(password, salt, 1);
      },
    },
  });
  await services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
  // The hash that unknown names are checked against is computed once.
  await services.access.signIn({
    name: "nobody",
    password: "x",
    client: { address: "198.51.100.9", local: false, secure: false, device: "" },
  });
  await work(services, () => {
    const since = made;
    made = 0;
    return since;
  });
}

type Attempt = (at: number) => readonly [path: string, init: RequestInit];

const basic = (at: number, name = `n${at}`) => ({ authorization: `Basic ${btoa(`${name}:wrong ${at}`)}` });
/** By what is wrong. */
const PASSWORDS: Readonly<Record<string, Attempt>> = {
  "Basic on /api": (at) => ["/api/current", { headers: basic(at) }],
  "Basic on /metrics": (at) => ["/metrics", { headers: basic(at) }],
  "Basic with the name of somebody": (at) => ["/api/v1/snapshot", { headers: basic(at, "ada") }],
  "the form of the sign-in": (at) => [
    "/login",
    { method: "POST", headers: FORM, body: new URLSearchParams({ username: `n${at}`, password: "wrong" }) },
  ],
  "a sign-in of the service API": (at) => [
    "/api/auth/login",
    { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ username: `n${at}`, password: "wrong" }) },
  ],
};
const SECRETS: Readonly<Record<string, Attempt>> = {
  "a Bearer token": (at) => ["/api/current", { headers: { authorization: `Bearer wrong${at}` } }],
  "a token in its own header": (at) => ["/metrics", { headers: { "x-auth-token": `syntrack_token_${at}` } }],
  "a token in the address": (at) => [`/?token=wrong${at}`, {}],
  "a token in the form": (at) => [
    "/login",
    { method: "POST", headers: FORM, body: new URLSearchParams({ token: `wrong${at}` }) },
  ],
  "a cookie": (at) => ["/api/current", { headers: { cookie: `syntrack_session=wrong${at}` } }],
};

/** Statuses of a flood, from one address or from a new one each time. */
async function flood(
  services: FakeServices,
  attempt: Attempt,
  fromMany: boolean,
): Promise<ReadonlySet<number>> {
  const statuses = new Set<number>();
  for (let at = 0; at < FLOOD; at++) {
    const [path, init] = attempt(at);
    const answer = await askApp(services, fromMany ? `203.0.113.${at}` : ELSEWHERE)(path, init);
    await answer.body?.cancel();
    statuses.add(answer.status);
  }
  return statuses;
}

for (const [door, attempt] of Object.entries(PASSWORDS)) {
  Deno.test(`wrong passwords by ${door} cost at most ten hashes from one address, and thirty from all`, async () => {
    await counted(async (services, hashes) => {
      hashes();
      const statuses = await flood(services, attempt, false);
      assert(statuses.has(429), [...statuses].join());
      assertEquals(hashes(), OF_ONE);
    });
    await counted(async (services, hashes) => {
      hashes();
      await flood(services, attempt, true);
      const made = hashes();
      // One was tried before; an existing name has its own limit below that of all.
      assertEquals(made, door.includes("somebody") ? 20 : IN_ALL - 1);
    });
  });
}

for (const [door, attempt] of Object.entries(SECRETS)) {
  Deno.test(`a wrong value as ${door} costs no hash at all`, () =>
    counted(async (services, hashes) => {
      hashes();
      const statuses = await flood(services, attempt, true);
      assert(!statuses.has(200), [...statuses].join());
      assertEquals(hashes(), 0);
    }));
}

Deno.test("a client that signed in before still gets in during a flood, and reads without a hash", () =>
  counted(async (services, hashes) => {
    const ask = askAs(services, await signInAs(services, "admin", null, "eve"));
    hashes();
    await flood(services, PASSWORDS["the form of the sign-in"]!, true);
    hashes();
    assertEquals((await ask("/api/current")).status, 200);
    assertEquals(hashes(), 0);
    const again = await askApp(services, ELSEWHERE)("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ username: "eve", password: PASSWORD }),
    });
    assertEquals([again.status, hashes()], [303, 1]);
  }));
