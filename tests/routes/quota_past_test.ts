import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { assertGolden } from "../support/golden.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { createUsedServices } from "../support/used_services.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 10:00");

type Row = Record<string, string | number | null>;

async function get<T>(ask: Ask, path: string): Promise<T> {
  const answer = await ask(path);
  assertEquals(answer.status, 200, path);
  return await answer.json();
}

Deno.test("/api/cycles returns the cycles of a promised type, or of any quota by its id", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 12);
  const ask = askApp(services);
  const cycles = await get<Row[]>(ask, "/api/cycles?type=subscription");
  await assertGolden("quota_api_cycles", cycles);
  assertEquals(await get(ask, "/api/cycles"), cycles);
  assertEquals((await get<Row[]>(ask, "/api/cycles?type=toolcall")).map(({ quotaType }) => quotaType), [
    "toolcall",
  ]);
  assertEquals((await get<Row[]>(ask, "/api/cycles?provider=zai&type=tokens")).length, 4);
  assertEquals((await get<Row[]>(ask, "/api/cycles?provider=zai&type=five-hour"))[0]?.quotaType, "five-hour");
  assertEquals((await get<Row[]>(ask, "/api/cycles?provider=acme&account=work&type=balance")).length, 1);
  assertEquals(await get(ask, "/api/cycles?provider=idle"), []);

  const both = await get<Record<string, Row[]>>(ask, "/api/cycles?provider=both&type=search&zaiType=time");
  assertEquals(Object.keys(both), ["synthetic", "zai", "acme"]);
  assertEquals([both.synthetic?.[0]?.quotaType, both.zai?.[0]?.quotaType], ["search", "time"]);

  for (
    const [query, hint] of [["type=tokens", "subscription"], ["provider=zai&type=tolkens", "tokens"], [
      "provider=both&zaiType=x",
      "tokens",
    ]]
  ) {
    const answer = await ask(`/api/cycles?${query}`);
    assertEquals(answer.status, 400, query);
    assertMatch(
      (await answer.json()).error,
      new RegExp(`^Unknown type of \\w+ ".*": expected one of .*${hint}`),
    );
  }
});

Deno.test("/api/cycles never returns more than 200, newest first", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (let i = 0; i < 230; i++) {
    const resetsAt = clock.now() + 5 * HOUR_MS;
    for (const used of [0, 5]) {
      await services.polled("synthetic/default", [
        reading({ quota: "subscription", used, resetsAt, window: FIVE_HOURS }),
      ]);
      clock.jump(2.5 * HOUR_MS);
    }
  }
  const cycles = await get<Row[]>(askApp(services), "/api/cycles");
  assertEquals([cycles.length, cycles[0]?.cycleEnd], [200, null]);
  const starts = cycles.map(({ cycleStart }) => String(cycleStart));
  assertEquals(starts, starts.toSorted().reverse());
  const { subscription } = await get<Record<string, Row>>(askApp(services), "/api/summary");
  assertEquals([subscription?.completedCycles, subscription?.totalTracked], [229, 1150]);
});

Deno.test("/api/summary counts everything ever read, across resets", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 12);
  const ask = askApp(services);
  const summary = await get<Record<string, Row>>(ask, "/api/summary");
  await assertGolden("quota_api_summary", summary);
  assertEquals(Object.keys(await get<object>(ask, "/api/summary?provider=zai")), [
    "tokensLimit",
    "timeLimit",
  ]);
  const acme = await get<{ quotas: Row[] }>(ask, "/api/summary?provider=acme&account=work");
  assertEquals(acme.quotas.map(({ quotaType }) => quotaType), ["five-hour", "balance", "nothing"]);
  assertEquals(await get(ask, "/api/summary?provider=idle"), { quotas: [] });
});

Deno.test("/api/sessions returns what each session did to the promised quotas", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const both = (subscription: number, search: number) => [
    reading({ quota: "subscription", used: subscription }),
    reading({ quota: "search", used: search }),
  ];
  for (const [subscription, search] of [[5, 1], [9, 1], [12, 4], [12, 4]] as const) {
    await services.polled("synthetic/default", both(subscription, search));
    clock.jump(MINUTE_MS);
  }
  clock.jump(20 * MINUTE_MS);
  await services.polled("synthetic/default", both(12, 5));
  const sessions = await get<Row[]>(askApp(services), "/api/sessions");
  await assertGolden("quota_api_sessions", sessions);
  assertEquals(await get(askApp(services), "/api/sessions?provider=zai"), []);
});

Deno.test("/api/insights returns cards, and none that is hidden under any name", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 72);
  const ask = askApp(services);
  interface Card extends Row {
    readonly key: string;
  }
  const cards = async (query = "") =>
    (await get<{ insights: Card[] }>(ask, `/api/insights${query}`)).insights;
  const all = await cards();
  const keys = all.map(({ key }) => key);
  assert(keys.includes("cycle_utilization") && keys.includes("coverage"), keys.join(" "));
  assertEquals(new Set(keys).size, keys.length);
  for (const card of all) {
    assertEquals(Object.keys(card), [
      "key",
      "type",
      "severity",
      "title",
      "metric",
      "sublabel",
      "description",
    ]);
  }
  const other = keys.find((key) => key.endsWith("_search"))!;
  assert(other, keys.join(" "));
  for (
    const hidden of [
      "cycle_utilization",
      "cycle-utilization",
      "cycle-utilization:synthetic/default/subscription",
      other,
    ]
  ) {
    await services.settings.save({ hiddenInsights: [hidden] });
    const left = (await cards()).map(({ key }) => key);
    assert(!left.includes(hidden.startsWith("cycle") ? "cycle_utilization" : other), hidden);
    assert(left.length > 0 && left.length < keys.length, hidden);
  }
  await services.settings.save({ hiddenInsights: ["nothing_of_the_kind", "x:y"] });
  assertEquals((await cards()).length, keys.length);
  assertEquals(Object.keys(await get<object>(ask, "/api/insights?provider=all&range=30d")), [
    "synthetic",
    "zai",
    "acme",
  ]);
});

Deno.test("/api/cycle-overview shows all quotas at the peak of one", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 12);
  const ask = askApp(services);
  await assertGolden("quota_api_cycle_overview", await get(ask, "/api/cycle-overview?limit=2"));
  const zai = await get<{ groupBy: string; cycles: Row[] }>(
    ask,
    "/api/cycle-overview?provider=zai&groupBy=time",
  );
  assertEquals([zai.groupBy, zai.cycles.length], ["time", 1]);
  assertEquals((await ask("/api/cycle-overview?groupBy=none")).status, 400);
  assertEquals((await ask("/api/cycle-overview?limit=0")).status, 400);
});

Deno.test("/api/logging-history returns readings as they were stored, newest first", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 48);
  const ask = askApp(services);
  await assertGolden("quota_api_logging_history", await get(ask, "/api/logging-history?limit=2"));
  const count = async (query: string) =>
    (await get<{ logs: unknown[] }>(ask, `/api/logging-history${query}`)).logs.length;
  assertEquals([await count(""), await count("?range=2"), await count("?range=30&limit=7")], [145, 289, 7]);
  for (const query of ["range=0", "range=31", "range=1.5", "range=1d", "limit=50001", "limit=-1", "limit="]) {
    const answer = await ask(`/api/logging-history?${query}`);
    assertEquals(answer.status, 400, query);
    assertMatch(
      (await answer.json()).error,
      /^Cannot read (range|limit) ".*": expected a whole number from 1 to \d+$/,
    );
  }
});

Deno.test("/api/capabilities lists the capabilities", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  assertEquals(await get(askApp(services), "/api/capabilities"), {
    version: "0.0.0-test",
    platform: "linux",
    menubar_supported: false,
    menubar_running: false,
  });
});

Deno.test("the rise in a cycle and between two readings is the consumption, across resets of the other quotas", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  // The week of the account resets while the five hours continue.
  const polls = [[10, 90], [20, 95], [30, 3], [40, 13]] as const;
  for (const [place, [five, week]] of polls.entries()) {
    await services.polled("acme/default", [
      reading({ used: five, resetsAt: AT + 4 * HOUR_MS }),
      reading({
        quota: "weekly",
        used: week,
        resetsAt: place < 2 ? AT + 12 * MINUTE_MS : AT + 7 * 24 * HOUR_MS,
        window: { kind: "fixed", seconds: 7 * 86_400 },
      }),
    ]);
    await clock.advance(7 * MINUTE_MS);
  }
  type Crossed = { crossQuotas: { name: string; delta: number | null }[] };
  const deltasOf = ({ crossQuotas }: Crossed) => crossQuotas.map(({ name, delta }) => [name, delta]);
  const { cycles } = await get<{ cycles: Crossed[] }>(
    ask,
    "/api/cycle-overview?provider=acme&groupBy=five-hour",
  );
  assertEquals(cycles.map(deltasOf), [[["five-hour", 30], ["weekly", 18]]]);
  const { logs } = await get<{ logs: Crossed[] }>(ask, "/api/logging-history?provider=acme");
  assertEquals(logs.map(deltasOf), [
    [["five-hour", 10], ["weekly", 10]],
    [["five-hour", 10], ["weekly", 3]],
    [["five-hour", 10], ["weekly", 5]],
    [["five-hour", null], ["weekly", null]],
  ]);
  const page = await (await ask("/cycle-overview?quota=acme%2Fdefault%2Ffive-hour&range=all")).text();
  assertMatch(page, /18 points/);
  // Names of scripts are made of any letters and digits.
  const shown = page.slice(page.indexOf("<main"), page.indexOf("</main>")).replaceAll(/<[^>]*>/g, " ");
  assertMatch(shown, /18 points/);
  assert(!shown.includes("-7"), "Expected no fall told as use");
});
