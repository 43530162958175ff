import { DAY_MS, HOUR_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { linksOf, tableRows, textOf } from "../support/html.ts";
import { reading, utc } from "../support/readings.ts";
import { createUsedServices } from "../support/used_services.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 10:00");
const HOURS = 60;
const SUBSCRIPTION = "range=all&quota=synthetic%2Fdefault%2Fsubscription";

async function pageOf(ask: Ask, path: string): Promise<string> {
  const answer = await ask(path);
  assertEquals(answer.status, 200, path);
  return await answer.text();
}

async function rowsOf(ask: Ask, path: string, id: string): Promise<readonly (readonly string[])[]> {
  return tableRows(await pageOf(ask, path), id).slice(1);
}

type FileRow = Readonly<Record<string, string | number | boolean | null>>;

async function fileRows(ask: Ask, path: string): Promise<readonly FileRow[]> {
  const answer = await ask(path);
  assertEquals(answer.status, 200, path);
  return (await answer.json()).rows;
}

function wall(instant: unknown): string {
  return String(instant).slice(0, 16).replace("T", " ");
}

function wallSecond(instant: unknown): string {
  return String(instant).slice(0, 19).replace("T", " ");
}

Deno.test("/cycle-overview shows each quota at the peaks of one, like /api/cycle-overview", async () => {
  await using services = await createUsedServices(new FakeClock(AT), HOURS);
  const ask = askApp(services);
  const rows = await rowsOf(ask, `/cycle-overview?size=all&${SUBSCRIPTION}`, "cycle-overview-table");
  const { cycles, quotaNames } = await (await ask("/api/cycle-overview?provider=synthetic&limit=500")).json();
  assertEquals(rows.length, cycles.length);
  for (const [place, { cycleStart, crossQuotas }] of cycles.entries()) {
    const [started, , , ...shares] = rows[place]!;
    assertEquals(started!.replace(" open", ""), wall(cycleStart));
    for (const [quota, { percent }] of crossQuotas.entries()) {
      const shown = Number(/^([\d.]+)%/.exec(shares[quota]!)?.[1] ?? NaN);
      if (percent === null) assertMatch(shares[quota]!, /^unknown/);
      else assert(Math.abs(shown - percent) <= 0.5, `${shares[quota]} and ${percent}`);
    }
  }
  const file = await fileRows(ask, `/api/v1/tables/cycle-overview?format=json&${SUBSCRIPTION}`);
  assertEquals(file.length, cycles.length * quotaNames.length);
  const other = await pageOf(
    ask,
    "/cycle-overview?range=all&quota=zai%2Fdefault%2Ffive-hour&sort=tool-calls",
  );
  assertMatch(other, /data-column="tool-calls"[^>]*aria-sort="descending"/);
  assertStringIncludes(textOf(other), "Each row is a cycle of Tokens");
});

Deno.test("/cycle-overview shows an amount from before a change of unit in the unit of its time", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const HOURS_5 = 5 * HOUR_MS;
  for (const [place, unit] of (["tokens", "tokens", "requests"] as const).entries()) {
    const resetsAt = AT + HOURS_5 * (place + 1);
    const beside = reading({
      quota: "month",
      unit,
      used: 100 * (place + 1),
      limit: null,
      window: { kind: "calendar", seconds: null },
    });
    for (const used of [10, 40]) {
      const own = reading({ quota: "five-hour", used, limit: 100, resetsAt });
      await services.polled("acme/default", [own, { ...beside, resetsAt: AT + 30 * DAY_MS }]);
      clock.jump(HOURS_5 / 2);
    }
  }
  const html = await pageOf(
    askApp(services),
    "/cycle-overview?range=all&quota=acme%2Fdefault%2Ffive-hour&sort=started",
  );
  const months = tableRows(html, "cycle-overview-table").slice(1).map((cells) =>
    cells.at(-1)!.split(" +")[0]
  );
  assertEquals(months, ["300", "200 tokens", "100 tokens"]);
});

Deno.test("/history contains every reading of an account once, page after page, in both directions", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 8);
  const ask = askApp(services);
  const log = await (await ask("/api/logging-history?provider=synthetic&range=30")).json();
  const wanted = log.logs.map(({ capturedAt }: { capturedAt: string }) => wallSecond(capturedAt));
  for (const dir of ["desc", "asc"]) {
    const seen: string[] = [];
    let next: string | undefined = `?range=all&size=10&dir=${dir}&account=synthetic%2Fdefault`;
    for (let page = 0; next !== undefined && page < 100; page++) {
      const html = await pageOf(ask, `/history${next}`);
      const rows = tableRows(html, "history-table").slice(1);
      assert(rows.length <= 10);
      seen.push(...rows.map(([at]) => at!));
      [next] = linksOf(html, /rel="next"/);
    }
    assertEquals(seen, dir === "desc" ? wanted : wanted.toReversed(), dir);
  }
});

Deno.test("/history of one quota has all its figures, and its hourly sums agree with them", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 8);
  const ask = askApp(services);
  const path = "?range=all&size=all&quota=synthetic%2Fdefault%2Fsubscription";
  const single = await rowsOf(ask, `/history${path}`, "history-table");
  const hours = await rowsOf(ask, `/history${path}&every=1h`, "history-table");
  const sum = (rows: readonly (readonly string[])[], place: number) =>
    rows.reduce((sum, row) => sum + Number(row[place]), 0);
  assert(hours.length < single.length);
  // Consumption is the fifth column of a reading and the sixth of a sum, which also counts its readings.
  assertEquals(sum(single, 5), sum(hours, 6));
  assertEquals(sum(hours, 7), single.length);
  assertEquals(
    single.filter((row) => row[6] === "reset").length,
    hours.reduce((sum, row) => sum + (row[8] === "reset" ? 1 : Number(row[8]?.split(" ")[0])), 0),
  );
  const file = await fileRows(ask, `/api/v1/tables/history${path}&format=json`);
  assertEquals(file.map(({ at }) => wallSecond(at)), single.map(([at]) => at!));
  const sums = await fileRows(ask, `/api/v1/tables/history${path}&every=1h&format=json&dir=asc`);
  assertEquals(sums.map(({ start }) => wall(start)), hours.map(([at]) => at!).toReversed());
});

Deno.test("/stats sums up days and weeks like the readings, in the set zone", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, HOURS);
  const ask = askApp(services);
  for (const zone of ["UTC", "Pacific/Auckland", "Asia/Kathmandu"]) {
    await services.settings.save({ zone });
    const days = await rowsOf(ask, "/stats?quota=synthetic%2Fdefault%2Fsubscription&days=7", "daily-table");
    assertEquals(days.length, 7);
    const readings = await services.store.readings({ quota: "synthetic/default/subscription" });
    const dateOf = (at: number) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(at);
    for (const [label, consumed, , , , count] of days) {
      const own = readings.filter(({ at }) => dateOf(at) === label!.replace(" so far", ""));
      if (own.length === 0) assertEquals(consumed, "no reading");
      else {
        const sum = own.reduce((sum, reading) => sum + reading.consumed, 0);
        assertEquals([consumed, count], [`${sum} requests`, String(own.length)], `${zone} ${label}`);
      }
    }
    const weeks = await rowsOf(ask, "/stats?quota=synthetic%2Fdefault%2Fsubscription", "weekly-table");
    const all = readings.reduce((sum, reading) => sum + reading.consumed, 0);
    const inWeeks = weeks.map(([, consumed]) =>
      Number(/^([\d,]+)/.exec(consumed!)?.[1]?.replace(",", "") ?? 0)
    );
    assertEquals(inWeeks.reduce((sum, one) => sum + one, 0), all, zone);
  }
});

Deno.test("/stats: the rate of a day equals that of the readings", async () => {
  const { burnRate } = await import("../../lib/model/engine/ledger.ts");
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, HOURS);
  for (const beyond of [0, 61_000, 7 * 3_600_000, 23.9 * 3_600_000, 2 * DAY_MS]) {
    const now = clock.now() + beyond;
    const { createAnalysis } = await import("../../lib/read/analysis.ts");
    const analysis = createAnalysis({ store: services.store, clock: new FakeClock(now), zone: () => "UTC" });
    for (const { quota, rate } of await analysis.sums(["synthetic/default", "zai/default", "acme/work"])) {
      const readings = await services.store.readings({
        quota: quota.view.key,
        from: now - DAY_MS + 1,
        to: now + 1,
      });
      const wanted = burnRate(readings);
      assertEquals(rate.readings, readings.length, quota.view.key);
      if (wanted === null) assertEquals(rate.perHour, null, quota.view.key);
      else assert(Math.abs(rate.perHour! - wanted) < 1e-9, quota.view.key);
    }
    analysis.close();
  }
});

Deno.test("more tables: invalid parameters are noted, empty tables say what to do, files refuse", async () => {
  await using empty = await fakeServices({ clock: new FakeClock(AT) });
  const nothing = askApp(empty);
  for (const path of ["/history", "/stats", "/cycle-overview"]) {
    assertMatch(
      textOf(await pageOf(nothing, path)),
      /No readings yet|once the first account|starts with/,
    );
    const file = await nothing(`/api/v1/tables${path}`);
    assertEquals((await file.text()).trimEnd().split("\n").length, 1, path);
  }
  await using services = await createUsedServices(new FakeClock(AT), 6);
  const ask = askApp(services);
  for (
    const path of [
      "/history?account=nobody",
      "/history?quota=nobody&every=3m&after=x",
      "/history?every=2h",
      "/stats?days=365",
      "/stats?weeks=%22&quota=x",
      "/cycle-overview?quota=x",
      "/cycle-overview?sort=nothing&range=1w",
    ]
  ) {
    const html = await pageOf(ask, path);
    assertMatch(
      textOf(/<p class="page-note[\s\S]*?<\/p>/.exec(html)?.[0] ?? ""),
      /There is no|Cannot read/,
      path,
    );
    const file = await ask(`/api/v1/tables${path}`);
    await file.body?.cancel();
    assertEquals(file.status, 400, path);
  }
});

Deno.test("readings without a limit, or with only a remainder, are shown as they are", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("acme/home", [
    reading({ quota: "balance", label: "Balance", unit: "usd", used: null, limit: null, remaining: 12.5 }),
    reading({ quota: "nothing", label: "Nothing", used: null, limit: null }),
  ]);
  const rows = await rowsOf(askApp(services), "/history", "history-table");
  assertEquals(rows, [["2026-11-19 10:00:00", "$12.50 left", "unknown"]]);
});

Deno.test("shares of history and stats show use or remainder, and say which", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("acme/home", [reading({ used: 30 }), reading({ quota: "week", used: 0 })]);
  const ask = askApp(services);
  const shares = async () => {
    const [heads, figures] = tableRows(await pageOf(ask, "/stats"), "overall-table");
    const logged = (await rowsOf(ask, "/history", "history-table"))[0]![1]!;
    const caption = textOf(/<p class="table-about[\s\S]*?<\/p>/.exec(await pageOf(ask, "/history"))![0]);
    return [heads![1], figures![1], logged, /what is (\w+)/.exec(caption)![1]];
  };
  assertEquals(await shares(), ["Used now", "30% healthy", "30% healthy", "used"]);
  await services.settings.save({ display: "left" });
  assertEquals(await shares(), ["Left now", "70% healthy", "70% healthy", "left"]);
});

Deno.test("days of stats, on the page and in the file, are in the browser's zone if that is set", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, HOURS);
  await services.settings.save({ zone: "browser" });
  const ask = askApp(services);
  const query = "quota=synthetic%2Fdefault%2Fsubscription&days=7";
  const shown = async (zone: string) => {
    const headers = { cookie: `tz=${encodeURIComponent(zone)}` };
    const html = await (await ask(`/stats?${query}`, { headers })).text();
    const file = await (await ask(`/api/v1/tables/stats?${query}&format=json`, { headers })).json();
    const rows = tableRows(html, "daily-table").slice(1).filter(([, consumed]) => consumed !== "no reading");
    const days = (file as { rows: FileRow[] }).rows.filter(({ period }) => !String(period).includes("W"));
    assertEquals(
      days.map(({ period, consumed }) => [period, `${consumed} requests`]),
      rows.map(([day, consumed]) => [day!.replace(" so far", ""), consumed]),
      zone,
    );
    return rows;
  };
  const [utc, auckland] = [await shown("UTC"), await shown("Pacific/Auckland")];
  assert(JSON.stringify(utc) !== JSON.stringify(auckland));
  assertEquals(await shown("Mars/Olympus"), utc);
});

Deno.test("/stats shows a hundred quotas of a fleet at a time, and the file has all", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  for (let i = 0; i < 130; i++) {
    await services.polled(`acme/team-${String(i).padStart(3, "0")}`, [
      reading({ quota: "five-hour", used: 1 }),
    ]);
  }
  const ask = askApp(services);
  const first = await pageOf(ask, "/stats");
  assertEquals(tableRows(first, "overall-table").length, 1 + 100);
  assertEquals(tableRows(first, "daily-table").length, 1 + 100);
  assertStringIncludes(textOf(first), "1 to 100 of 130 quotas");
  assertEquals(linksOf(first, /page=/), ["?page=2"]);
  const second = await rowsOf(ask, "/stats?page=2", "overall-table");
  assertEquals([second.length, second[0]![0]!.includes("team-100")], [30, true]);
  const rows = await fileRows(ask, "/api/v1/tables/stats?format=json");
  assertEquals(new Set(rows.map(({ account }) => account)).size, 130);
});
