/** The audit record: what it contains, and the proof that it is complete. */
import { DatabaseSync } from "node:sqlite";
import { findAction } from "../../lib/access/actions.ts";
import { ROUTES } from "../../lib/access/routes.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { askAs, ELSEWHERE, PASSWORD, signInAs } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";
import { withCliHome } from "../cli/support.ts";

const AT = utc("2026-11-19 10:00");
const FORM = { "content-type": "application/x-www-form-urlencoded" };

Deno.test("sign-ins, failures, changes and exports are recorded with actor, origin and object, but no secret", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askAs(services, await signInAs(services, "admin", null, "ada"));
  const login = (password: string) =>
    askApp(services, ELSEWHERE)("/login", {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ name: "ada", password }),
    });
  for (let at = 0; at < 5; at++) await login("planted wrong password");
  await ask("/api/settings", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ display: "left" }),
  });
  await ask("/api/refresh", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  await (await ask("/api/v1/tables/history?format=csv")).body?.cancel();
  await (await ask("/api/current")).body?.cancel();
  await ask("/api/settings", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: "broken",
  });
  const rows = await services.access.audit.list({ limit: 99 });
  assertEquals(rows.map(({ name, action }) => `${name} ${action}`), [
    "ada exported",
    "ada polled by hand",
    "ada changed settings",
    "nobody password refused",
    "ada signed in",
  ]);
  assertEquals(rows.map(({ address }) => address), Array(5).fill(ELSEWHERE));
  assertEquals(rows[2]?.detail, { fields: "display" });
  const text = JSON.stringify(rows);
  assert(!text.includes("planted") && !text.includes(PASSWORD));
  assertEquals((await services.access.audit.verify()).state, "whole");
});

Deno.test("the record has words for every change by a route, never its path", () => {
  const changing = ROUTES.flatMap(({ path, methods }) =>
    Object.keys(methods).filter((method) => method !== "GET").map((method) => [method, path] as const)
  );
  assert(changing.length > 20);
  for (const [method, path] of changing) {
    const action = findAction(method, path, false);
    assert(action === null || !action.includes("/"), `${method} ${path} is "${action}"`);
  }
});

Deno.test("actions on the pages of people, keys and the user are recorded with target and details, but no secret", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askAs(services, await signInAs(services, "admin", null, "ada"));
  const send = async (path: string, fields: Record<string, string>) => {
    const answer = await ask(path, { method: "POST", headers: FORM, body: new URLSearchParams(fields) });
    await answer.body?.cancel();
    return answer.status;
  };
  const [first, second] = [`first ${PASSWORD}`, `second ${PASSWORD}`];
  assertEquals(await send("/people", { action: "add", name: "bob", role: "viewer", password: first }), 200);
  assertEquals(await send("/people", { action: "change", id: "bob", role: "operator" }), 200);
  assertEquals(await send("/people", { action: "reset", id: "bob", password: second }), 200);
  assertEquals(await send("/keys", { action: "create", name: "wall", scope: "read" }), 200);
  const [key] = await services.access.keys.list();
  assertEquals(await send("/keys", { action: "revoke", id: key!.id }), 200);
  assertEquals(await send("/people", { action: "remove", id: "bob", sure: "on" }), 200);
  // Requests without changes are not recorded.
  assertEquals(await send("/people", { action: "remove", id: "ada" }), 200);
  assertEquals(await send("/keys", { action: "create", name: "x", scope: "read", days: "none" }), 200);
  assertEquals(await send("/people", { action: "remove", id: "nobody", sure: "on" }), 422);
  assertEquals(await send("/me", { action: "revoke", id: "none" }), 200);
  assertEquals(await send("/me", { action: "password", old: PASSWORD, new: second }), 200);
  const rows = await services.access.audit.list({ limit: 99 });
  assertEquals(rows.map(({ action, target }) => [action, target]).reverse(), [
    ["signed in", null],
    ["added a person", "bob"],
    ["changed a person", "bob"],
    ["reset a password", "bob"],
    ["made a key", "wall"],
    ["revoked a key", "wall"],
    ["removed a person", "bob"],
    ["changed their password", null],
  ]);
  assert(!JSON.stringify(rows).includes(PASSWORD));
});

Deno.test("`audit --verify` reports a complete record, and which row was changed, removed or cut off", async () => {
  await withCliHome(async (place) => {
    for (const name of ["ada", "bob", "eve"]) {
      assertEquals((await place.run(`user add ${name} --role admin --stdin`, { stdin: PASSWORD })).code, 0);
    }
    const { audit } = JSON.parse((await place.run("audit --json")).stdout);
    assertEquals(audit.map((row: { action: string; target: string }) => [row.action, row.target]), [
      ["added a person", "eve"],
      ["added a person", "bob"],
      ["added a person", "ada"],
    ]);
    assertMatch((await place.run("audit")).stdout, /local owner +added a person +bob/);
    const whole = await place.run("audit --verify");
    assertEquals([whole.code, whole.stdout.startsWith("The record is intact: 3 rows")], [0, true]);
    for (
      const [change, reason] of [
        [
          "UPDATE audit SET entry = replace(entry, 'bob', 'bot') WHERE id = 2",
          /row 2 was changed/,
        ],
        ["DELETE FROM audit WHERE id = 2", /row 2 is missing/],
        ["DELETE FROM audit WHERE id = 3", /rows after 2 are missing/],
      ] as const
    ) {
      const path = `${place.folder}/changed.db`;
      await Deno.remove(path).catch(() => {});
      {
        await using store = await openSqliteStore(place.dbPath);
        await store.backup(path, { withAccess: true });
      }
      {
        using db = new DatabaseSync(path);
        db.exec(change);
      }
      const { code, stdout } = await place.run(`audit --verify --db ${path}`);
      assertEquals([code, reason.test(stdout)], [1, true], `${change}: ${stdout}`);
    }
  });
});
