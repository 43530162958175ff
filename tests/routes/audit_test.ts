/** The audit record as a page, for programs and as a file. */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { utc } from "../support/readings.ts";
import { askAs, CLIENT, createKey, ELSEWHERE, signInAs } from "../support/visitors.ts";
import type { Ask } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const JSON_TYPE = { "content-type": "application/json" };

/** Ada exports and polls, someone guesses a password, and a key changes a setting an hour later. */
async function withRecord(
  work: (services: FakeServices, admin: Ask, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock(AT);
  let ran = 0;
  await using services = await fakeServices({ clock, access: { running: () => ran } });
  const admin = askAs(services, await signInAs(services, "admin", null, "ada"));
  await (await admin("/api/v1/tables/history?format=csv")).body?.cancel();
  await admin("/api/refresh", { method: "POST", body: "{}", headers: JSON_TYPE });
  await services.access.signIn({ name: "ada", password: "not this one", client: CLIENT });
  await clock.advance(3_600_000);
  ran += 3_600_000;
  const key = askAs(services, await createKey(services, ["write"]));
  await key("/api/settings", { method: "PUT", headers: JSON_TYPE, body: '{"display":"left"}' });
  await work(services, admin, clock);
}

async function rowsOf(ask: Ask, query = "") {
  const answer = await ask(`/api/v1/audit${query}`);
  assertEquals(answer.status, 200, query);
  return await answer.json();
}

const actionsOf = ({ audit }: { audit: readonly { action: string }[] }) => audit.map(({ action }) => action);

Deno.test("the audit page shows when, who, what, with which credential and from where, newest first", () =>
  withRecord(async (_services, admin) => {
    const html = await (await admin("/audit")).text();
    assertMatch(html, /The record is intact: 5 rows, the last one [0-9a-f]{64}/);
    const rows = [...html.matchAll(/<tr data-row="\d+" data-outcome="(\w+)">(.*?)<\/tr>/gs)].map((
      [, outcome, row],
    ) => [outcome, ...row!.replaceAll(/<[^>]+>/g, " ").split(/\s{2,}/)].map((text) => text!.trim()));
    assertEquals(rows.map(([outcome]) => outcome), ["done", "refused", "done", "done", "done"]);
    const text = html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    assertMatch(
      text,
      /2026-11-21 11:00(:00)? [0-9a-f-]{36} changed settings fields=display key [0-9a-f-]{36}/,
    );
    assertMatch(text, /nobody password refused ada attempts=1 device=a test/);
    assertMatch(text, /ada exported \/api\/v1\/tables\/history sign-in [0-9a-f]{8}, 192\.0\.2\.7/);
  }));

Deno.test("entries are found by person, action, day, credential, outcome and target, and unreadable ones are reported", () =>
  withRecord(async (_services, admin) => {
    assertEquals(actionsOf(await rowsOf(admin)), [
      "changed settings",
      "password refused",
      "polled by hand",
      "exported",
      "signed in",
    ]);
    assertEquals(actionsOf(await rowsOf(admin, "?who=nobody")), ["password refused"]);
    assertEquals(actionsOf(await rowsOf(admin, "?who=ada&what=exported")), ["exported"]);
    assertEquals(actionsOf(await rowsOf(admin, "?outcome=refused")), ["password refused"]);
    assertEquals(actionsOf(await rowsOf(admin, "?credential=key")), ["changed settings"]);
    assertEquals(actionsOf(await rowsOf(admin, "?target=HISTORY")), ["exported"]);
    assertEquals(actionsOf(await rowsOf(admin, "?range=1h")), [
      "changed settings",
      "password refused",
      "polled by hand",
      "exported",
      "signed in",
    ]);
    assertEquals(actionsOf(await rowsOf(admin, "?to=2026-11-20")), []);
    assertEquals((await rowsOf(admin, "?from=2026-11-21&to=2026-11-21")).audit.length, 5);
    for (const query of ["?outcome=odd", "?from=yesterday", "?before=x", "?limit=0", "?range=9d"]) {
      assertEquals((await admin(`/api/v1/audit${query}`)).status, 400, query);
    }
    const page = await (await admin("/audit?outcome=odd&who=nobody")).text();
    assert(page.includes("There is no outcome") && page.includes("password refused"));
    const none = await (await admin("/audit?who=eve")).text();
    assert(
      none.includes("No entry matches these filters") &&
        /<option[^>]* selected[^>]*>eve</.test(none),
    );
  }));

Deno.test("programs get pages of the record, and its end", () =>
  withRecord(async (_services, admin) => {
    const first = await rowsOf(admin, "?limit=2");
    assertEquals(actionsOf(first), ["changed settings", "password refused"]);
    const second = await rowsOf(admin, `?limit=2&before=${first.next}`);
    assertEquals(actionsOf(second), ["polled by hand", "exported"]);
    const last = await rowsOf(admin, `?limit=2&before=${second.next}`);
    assertEquals([actionsOf(last), last.next, last.check.state], [["signed in"], null, "whole"]);
    const many = await (await admin("/audit?size=10&page=9")).text();
    assert(many.includes("There is only one page"));
  }));

Deno.test("the record is downloaded with the filters of the page, as CSV, JSON or lines, and the download is recorded", () =>
  withRecord(async (services, admin) => {
    const csv = await admin("/api/v1/tables/audit?format=csv&who=nobody");
    assertMatch(csv.headers.get("content-disposition") ?? "", /syntrack-audit-30d-nobody-2026-11-21\.csv/);
    const [head, row, ...rest] = (await csv.text()).trim().split(/\r?\n/);
    assertEquals([head, rest], ["id,at,by,name,action,target,credential,outcome,address,detail,hash", []]);
    assertMatch(
      row!,
      /nobody,password refused,ada,,refused,192\.0\.2\.7,attempts=1 device=a test,[0-9a-f]{64}/,
    );
    const lines = (await (await admin("/api/v1/tables/audit?format=ndjson")).text()).trim().split("\n");
    assertEquals(JSON.parse(lines[0]!).action, "exported");
    assertEquals(JSON.parse(lines[0]!).target, "/api/v1/tables/audit");
    const [newest] = await services.access.audit.list({ limit: 1 });
    assertEquals([newest?.name, newest?.action, newest?.address], ["ada", "exported", ELSEWHERE]);
  }));

Deno.test("a modified record raises an alert within a minute, and is reported to programs as well", () =>
  withRecord(async (services, admin, clock) => {
    assertEquals((await rowsOf(admin)).check.state, "whole");
    services.store.audit.verify = () =>
      Promise.resolve({ state: "broken", at: 2, reason: "row 2 is missing" });
    assertEquals((await rowsOf(admin)).check.state, "whole");
    await clock.advance(61_000);
    const html = await (await admin("/audit")).text();
    assertMatch(html, /role="alert"[^>]*>The record was changed: row 2 is missing/);
    assertEquals((await rowsOf(admin)).check.reason, "row 2 is missing");
  }));

Deno.test("the page shows and reads times in the browser's zone if that is set, and so does its file", () =>
  withRecord(async (services) => {
    await services.settings.save({ zone: "browser" });
    const { cookie } = await signInAs(services, "admin");
    const ask = askAs(services, { cookie: `${cookie}; tz=Pacific%2FKiritimati` });
    const shown = async (path: string) => await (await ask(path)).text();
    assertMatch(await shown("/audit"), /2026-11-22 01:00/);
    assertMatch(await shown("/audit?from=2026-11-22"), /polled by hand/);
    assert(!/data-row=/.test(await shown("/audit?to=2026-11-21")));
    assertMatch(await shown("/api/v1/tables/audit?from=2026-11-22&format=json"), /polled by hand/);
  }));
