import { listSlots } from "../../lib/model/history/usage.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { linksOf, tableRows, textOf } from "../support/html.ts";
import { DAY_MS, FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { createUsedServices } from "../support/used_services.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 10:00");
const HOURS = 60;

async function pageOf(ask: Ask, path: string): Promise<string> {
  const answer = await ask(path);
  assertEquals(answer.status, 200, path);
  return await answer.text();
}

async function rowsOf(ask: Ask, path: string): Promise<readonly (readonly string[])[]> {
  const id = `${new URL(path, "http://x").pathname.slice(1)}-table`;
  return tableRows(await pageOf(ask, path), id).slice(1).filter((cells) => cells.length > 1);
}

/** The page's notes about its URL. */
function noteOf(html: string): string {
  return textOf(/<p class="page-note[^>]*>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "");
}

interface File {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

async function fileOf(ask: Ask, path: string): Promise<File> {
  const answer = await ask(path);
  assertEquals(answer.status, 200, path);
  return await answer.json();
}

Deno.test("/cycles shows the cycles in the range, newest first, like /api/v1/cycles", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, HOURS);
  const ask = askApp(services);
  const rows = await rowsOf(ask, "/cycles?range=all&size=all");
  const { cycles } = await (await ask("/api/v1/cycles?limit=200")).json();
  assertEquals(rows.length, cycles.length);
  const text = (instant: string) => instant.slice(0, 16).replace("T", " ");
  assertEquals(
    rows.map(([, started]) => started!.replace(/ (open|or before)/g, "")),
    cycles.map(({ startedAt }: { startedAt: string }) => text(startedAt)),
  );
  // The open cycle of five hours began before this hour and is still open in it.
  const hour = await rowsOf(ask, "/cycles?range=1h&size=all");
  assert(hour.length > 0 && hour.length < rows.length);
  assert(hour.every(([, , ended]) => /^open|^2026-11-21 2[12]/.test(ended!)), JSON.stringify(hour));
});

Deno.test("/cycles filters by provider, quota, state and peak, and each filter stays in the links", async () => {
  await using services = await createUsedServices(new FakeClock(AT), HOURS);
  const ask = askApp(services);
  const all = await rowsOf(ask, "/cycles?range=all&size=all");
  const zai = await rowsOf(ask, "/cycles?range=all&size=all&provider=zai");
  assertEquals(
    zai.map(([quota]) => quota),
    all.filter(([quota]) => quota!.startsWith("Z.ai")).map(([q]) => q!.replace("Z.ai: ", "")),
  );
  const one = "/cycles?range=all&size=all&quota=zai%2Fdefault%2Ffive-hour";
  assertEquals(new Set((await rowsOf(ask, one)).map(([quota]) => quota)), new Set(["Tokens"]));
  const open = await rowsOf(ask, "/cycles?range=all&size=all&state=open");
  const over = await rowsOf(ask, "/cycles?range=all&size=all&state=over");
  assertEquals(open.length + over.length, all.length);
  assert(open.every(([, , ended]) => ended!.startsWith("open")));
  const full = await rowsOf(ask, "/cycles?range=all&size=all&full=80");
  assert(full.length > 0 && full.length < all.length);
  const html = await pageOf(ask, "/cycles?provider=zai&state=over&size=10&range=all&sort=peak");
  for (const href of [...linksOf(html, /sort-link/), ...linksOf(html, /choice/)]) {
    const query = new URLSearchParams(href);
    assertEquals([query.get("provider"), query.get("state")], ["zai", "over"], href);
  }
  assertMatch(html, /<option\b[^>]*\svalue="zai" selected/);
});

Deno.test("a heading sorts the table, pressed again in reverse, and pages contain every row once", async () => {
  await using services = await createUsedServices(new FakeClock(AT), HOURS);
  const ask = askApp(services);
  const figures = async (query: string) =>
    (await rowsOf(ask, `/cycles?range=all&provider=zai&${query}`)).map((cells) =>
      Number(cells[6]!.replace(",", ""))
    );
  const down = await figures("size=all&sort=readings");
  assertEquals(down, down.toSorted((a, b) => b - a));
  const html = await pageOf(ask, "/cycles?range=all&provider=zai&sort=readings");
  assertMatch(html, /data-column="readings"[^>]*aria-sort="descending"/);
  const [again] = linksOf(html, /Readings/);
  assertEquals(new URLSearchParams(again).get("dir"), "asc");
  assertEquals(await figures("size=all&sort=readings&dir=asc"), down.toSorted((a, b) => a - b));

  const whole = await rowsOf(ask, "/cycles?range=all&size=all");
  const paged: (readonly string[])[] = [];
  let next: string | undefined = "?range=all&size=10";
  for (let page = 1; next !== undefined && page < 50; page++) {
    paged.push(...await rowsOf(ask, `/cycles${next}`));
    [next] = linksOf(await pageOf(ask, `/cycles${next}`), /rel="next"/);
  }
  assertEquals(paged, whole);
});

Deno.test("cycles in groups: each group once, summed up over all of its rows", async () => {
  await using services = await createUsedServices(new FakeClock(AT), HOURS);
  const ask = askApp(services);
  const count = (await rowsOf(ask, "/cycles?range=all&size=all")).length;
  for (const group of ["quota", "account", "provider", "day", "week", "month"]) {
    const html = await pageOf(ask, `/cycles?range=all&size=all&group=${group}`);
    const heads = tableRows(html, "cycles-table").filter((cells) => cells.length === 1).map(([head]) =>
      head!
    );
    assert(heads.length > 0, group);
    assertEquals(new Set(heads).size, heads.length, group);
    const counts = heads.map((head) => Number(/(\d+) cycles?,/.exec(`${head},`)![1]));
    assertEquals(counts.reduce((sum, one) => sum + one, 0), count, group);
  }
});

Deno.test("/sessions shows sessions with the level of each quota, like /api/v1/sessions", async () => {
  await using services = await createUsedServices(new FakeClock(AT), HOURS);
  const ask = askApp(services);
  const html = await pageOf(ask, "/sessions?range=all&size=all");
  const { sessions } = await (await ask("/api/v1/sessions?limit=200")).json();
  const heads = [...html.matchAll(/<tbody\b[^>]*\sclass="session"/g)];
  assertEquals(heads.length, sessions.length);
  const details = [...html.matchAll(/<tr\b[^>]*\sdata-quota="[^"]+"[^>]*>/g)];
  assertEquals(
    details.length,
    sessions.reduce((sum: number, { quotas }: { quotas: unknown[] }) => sum + quotas.length, 0),
  );
  const narrowed = await pageOf(ask, "/sessions?range=all&size=all&quota=synthetic%2Fdefault%2Fsearch");
  assert([...narrowed.matchAll(/<tbody\b[^>]*\sclass="session"/g)].length <= heads.length);
  const long = await rowsOf(ask, "/sessions?range=all&size=all&length=1h");
  assert(long.every(([, , , lasted]) => /[dh]/.test(lasted!)), JSON.stringify(long));
});

/** Sums of one quota on every surface, after polls of its account. */
function unitScene(services: Awaited<ReturnType<typeof fakeServices>>, clock: FakeClock) {
  const ask = askApp(services);
  return {
    async poll(
      minutes: number,
      used: number,
      unit: "requests" | "credits" | "usd",
      limit: number | null = null,
    ) {
      clock.jump(minutes * MINUTE_MS);
      await services.polled("acme/default", [reading({ used, limit, unit })]);
    },
    async sums() {
      const { rows } = await fileOf(ask, "/api/v1/tables/stats?format=json&days=60&weeks=8");
      const [stats] = await services.analysis.sums(["acme/default"]);
      const [use] = await services.analysis.usage({
        quotas: [stats!.quota.view.key],
        interval: "1d",
        slots: listSlots("1d", AT - 60 * DAY_MS, clock.now() + 1, "UTC"),
        zone: "UTC",
      });
      return {
        periods: rows.map(({ consumed }) => Number(consumed)).filter((consumed) => consumed !== 0),
        lifetime: stats!.lifetime?.consumed,
        rate: stats!.rate.perHour,
        usage: use!.uses.map((one) => one?.consumed ?? 0).reduce((a, b) => a + b, 0),
      };
    },
  };
}

Deno.test("sums of days, weeks, all time and Analytics exclude amounts from before an unexplained change of unit", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const { poll, sums } = unitScene(services, clock);
  await poll(0, 10, "requests");
  await poll(5, 52, "requests");
  // Far enough back that the earlier sums are cached as final.
  await poll(5 * 24 * 60, 60, "requests");
  const { lifetime, usage } = await sums();
  assertEquals([lifetime, usage], [50, 50]);
  await poll(30, 0.5, "usd");
  await poll(5, 2, "usd");
  await poll(5, 3, "usd");
  const now = await sums();
  assertEquals(now.periods, [2.5, 2.5]);
  assertEquals([now.lifetime, now.usage], [2.5, 2.5]);
  assertEquals(now.rate, 2.5 / (10 / 60));
  await poll(2 * 24 * 60, 4, "usd");
  const later = await sums();
  assertEquals([later.lifetime, later.usage], [3.5, 3.5]);
});

Deno.test("sums convert amounts from before a change of unit by the limits on both sides of it", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const { poll, sums } = unitScene(services, clock);
  await poll(0, 10, "requests", 300);
  await poll(5, 52, "requests", 300);
  await poll(5 * 24 * 60, 60, "requests", 300);
  assertEquals((await sums()).lifetime, 50);
  // Five credits are one request; within five minutes, so that one bucket contains both units.
  await poll(1, 62, "requests", 300);
  await poll(1, 310, "credits", 1500);
  await poll(1, 330, "credits", 1500);
  const now = await sums();
  assertEquals([now.lifetime, now.usage], [5 * 52 + 20, 5 * 52 + 20]);
  assertEquals(now.periods.reduce((a, b) => a + b, 0), 2 * (5 * 52 + 20), "days and weeks");
  await poll(30, 67, "requests", 300);
  const back = await sums();
  assertEquals([back.lifetime, back.usage], [56, 56]);
});

Deno.test("/cycles, /sessions and /history show earlier amounts in the unit of their own time", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const poll = async (minutes: number, used: number, unit: "requests" | "usd") => {
    clock.jump(minutes * MINUTE_MS);
    await services.polled("acme/default", [reading({ used, limit: null, unit })]);
  };
  await poll(0, 10, "requests");
  await poll(5, 52, "requests");
  await poll(24 * 60, 0.5, "usd");
  await poll(5, 2, "usd");
  const ask = askApp(services);
  const [now, before] = await rowsOf(ask, "/cycles?range=all&size=all");
  assert(now!.includes("$2.00") && now!.includes("$1.50"), JSON.stringify(now));
  assert(before!.some((cell) => /^52( requests)?$/.test(cell)), JSON.stringify(before));
  assertEquals(before!.filter((cell) => cell.includes("$")), []);
  const sessions = (await rowsOf(ask, "/sessions?range=all&size=all")).map((cells) => cells.join(" "));
  assertEquals(sessions.map((text) => /\$1\.50/.test(text)), [true, false]);
  assertEquals(sessions.map((text) => /\b42\b/.test(text)), [false, true]);
  assertEquals(sessions[1]!.includes("$"), false, sessions[1]);
  for (const query of ["range=all", "range=all&quota=acme%2Fdefault%2Ffive-hour", "range=all&every=1d"]) {
    const rows = (await rowsOf(ask, `/history?size=all&${query}`)).map((cells) => cells.slice(1).join(" "));
    const half = rows.length / 2;
    assert(rows.slice(0, half).every((text) => text.includes("$")), `${query}: ${rows}`);
    assert(
      rows.slice(half).every((text) => /\b(10|52) requests/.test(text) && !text.includes("$")),
      `${query}: ${rows}`,
    );
    const file = await fileOf(ask, `/api/v1/tables/history?format=json&${query}`);
    assertEquals(file.rows.map(({ unit }) => unit), [
      ...Array(half).fill("usd"),
      ...Array(half).fill("requests"),
    ]);
  }
});

Deno.test("an invalid URL gives the default and a note, and never a failure", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 8);
  const ask = askApp(services);
  const wrong: readonly (readonly [query: string, note: RegExp])[] = [
    ["range=2y", /There is no range "2y"/],
    ["range=%3Cscript%3E", /There is no range "<script>"/],
    ["sort=peek", /There is no sort "peek", did you mean peak\?/],
    ["dir=up", /There is no dir "up"/],
    ["page=-1", /Cannot read page "-1": expected a whole number/],
    ["page=999", /There are only 1 pages|There is only one page/],
    ["size=1000000", /There is no size "1000000"/],
    ["from=2026-02-30", /Cannot read from "2026-02-30": expected a date/],
    ["from=yesterday&to=2026-13-01", /Cannot read from "yesterday".*Cannot read to "2026-13-01"/],
    ["from=2026-11-20&to=2026-11-01", /The first day is after the last one/],
    ["provider=nobody", /There is no provider "nobody"/],
    ["account=zai", /There is no account "zai"/],
    ["quota=%00%E2%80%AE", /There is no quota/],
    ["state=half&group=colour&full=7", /state "half".*full "7".*group "colour"/],
    [`range=${"x".repeat(5000)}`, /There is no range "x+/],
  ];
  for (const [query, note] of wrong) {
    assertMatch(noteOf(await pageOf(ask, `/cycles?${query}`)), note, query);
    const file = await ask(`/api/v1/tables/cycles?${query}`);
    const text = await file.text();
    if (query.startsWith("page") || query.startsWith("size") || query.includes("colour")) continue;
    assertEquals([file.status, JSON.parse(text).status], [400, 400], query);
    assertMatch(JSON.parse(text).detail, note, query);
  }
  assertEquals(noteOf(await pageOf(ask, "/cycles?utm_source=x&range=&page=")), "");
});

Deno.test("a file contains exactly the rows shown, on all pages and in their order", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, HOURS);
  const ask = askApp(services);
  const query = "range=3d&provider=zai&state=over&sort=consumed&dir=asc";
  const html = await pageOf(ask, `/cycles?${query}&size=10&group=day`);
  const [csv, json] = linksOf(html, /export-link/);
  const shown = await rowsOf(ask, `/cycles?${query}&size=all`);
  const file = await fileOf(ask, json!);
  assertEquals(file.rows.length, shown.length);
  const wall = (instant: unknown) => String(instant).slice(0, 16).replace("T", " ");
  assertEquals(
    file.rows.map((
      { startedAt, endedAt, count, readings },
    ) => [wall(startedAt), wall(endedAt), String(readings ?? count)]),
    shown.map((cells) => [cells[1]!.replace(" or before", ""), cells[2]!, cells[6]!]),
  );
  const answer = await ask(csv!);
  assertEquals(answer.headers.get("content-type"), "text/csv; charset=utf-8");
  assertEquals(
    answer.headers.get("content-disposition"),
    'attachment; filename="syntrack-cycles-3d-zai-2026-11-21.csv"',
  );
  const lines = (await answer.text()).trimEnd().split("\n");
  assertEquals(lines.length, shown.length + 1);
  assertMatch(lines[0]!, /^provider,account,key,unit,startedAt,/);

  const sessions = await fileOf(ask, "/api/v1/tables/sessions?range=all&format=json");
  const { sessions: known } = await (await ask("/api/v1/sessions?limit=200")).json();
  assertEquals(
    new Set(sessions.rows.map(({ account, startedAt }) => `${account} ${startedAt}`)).size,
    known.length,
  );
});

Deno.test("external names are text in tables, and no formula in files", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const label = "<img src=x onerror=alert(1)>\u202e=cmd";
  for (const used of [1, 20, 3]) {
    await services.polled("acme/=HYPERLINK(1)", [
      reading({ quota: "five-hour", label, used, window: FIVE_HOURS, resetsAt: clock.now() + HOUR_MS }),
    ]);
    clock.jump(30 * MINUTE_MS);
  }
  const ask = askApp(services);
  for (const path of ["/cycles", "/sessions"]) {
    const html = await pageOf(ask, path);
    assert(!html.includes("<img"), path);
    assert(!html.includes("\u202e"), path);
  }
  const csv = await (await ask("/api/v1/tables/cycles")).text();
  assertMatch(csv, /\nacme,'=HYPERLINK\(1\),five-hour/);
});

Deno.test("tables without rows say what to do", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  assertStringIncludes(
    textOf(await pageOf(ask, "/cycles")),
    "A cycle starts with the first reading of a quota",
  );
  assertStringIncludes(textOf(await pageOf(ask, "/sessions")), "A session begins when any quota");
  await services.polled("acme/home", [reading()]);
  assertStringIncludes(
    textOf(await pageOf(ask, "/cycles?state=over")),
    "Clear them, or choose a longer range",
  );
});
