/** Accounts whose names are of any script, with spaces or markup: each element has its own id. */
import type { AccountKey } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { MINUTE_MS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const ACCOUNTS: readonly AccountKey[] = [
  "acme/\u5de5\u4f5c",
  "acme/\u5bb6",
  "acme/a b",
  "acme/a-b",
  "acme/a_b",
  "acme-a/b",
  'acme/"><!---->x',
  "acme/\u05e2\u05d1\u05d5\u05d3\u05d4",
];

Deno.test("on every page each account has ids of its own, and labels lead to theirs", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (const account of ACCOUNTS) await services.polled(account, [reading({ unit: "usd", used: 10 })]);
  clock.jump(MINUTE_MS);
  for (const account of ACCOUNTS) await services.polled(account, [reading({ unit: "usd", used: 20 })]);
  const ask = askApp(services);
  let labelled = 0;
  for (const path of ["/?view=comfortable", "/", "/settings?tab=accounts", "/spend", "/alerts", "/keys"]) {
    const page = await (await ask(path)).text();
    const ids = [...page.matchAll(/<[^>!]*? id="([^"]*)"/g)].map(([, id]) => id!);
    assertEquals(ids.filter((id, at) => ids.indexOf(id) !== at), [], path);
    for (const id of ids) assert(id !== "" && !/\s/.test(id), `${path}: ${id}`);
    for (const [, names] of page.matchAll(/ (?:for|aria-labelledby|aria-describedby)="([^"]*)"/g)) {
      for (const name of names!.split(" ")) assert(ids.includes(name), `${path}: nothing has the id ${name}`);
      labelled++;
    }
  }
  assert(labelled > 4 * ACCOUNTS.length, String(labelled));
});
