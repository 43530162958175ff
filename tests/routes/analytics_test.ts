import fc from "fast-check";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { BALANCE, DAY_MS, FIVE_HOURS, HOUR_MS, reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-17 10:00");

async function pageOf(ask: Ask, query: string): Promise<string> {
  const answer = await ask(`/analytics${query}`, { headers: { accept: "text/html" } });
  assertEquals(answer.status, 200, query);
  return (await answer.text()).replaceAll(/<!--.*?-->/g, "");
}

/** The cells of the table row that contains a name, as text. */
function cells(html: string, attribute: string): readonly string[] {
  const row = new RegExp(`<tr [^>]*${attribute}[^>]*>(.*?)</tr>`, "s").exec(html)?.[1];
  assert(row !== undefined, `No row ${attribute}`);
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, text]) =>
    text!.replaceAll(/<[^>]+>/g, "").trim()
  );
}

/** Two days: 40 of 100 requests on the first, then a reset, and 30 of 100 on the second; dollars beside them. */
async function twoDays() {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  const poll = async (used: number, resetsAt: number, dollars: number) =>
    await services.polled("acme/work", [
      reading({ label: "Five hours", used, limit: 100, resetsAt, window: FIVE_HOURS }),
      reading({
        quota: "balance",
        label: "Balance",
        unit: "usd",
        used: null,
        limit: null,
        remaining: dollars,
        window: BALANCE,
      }),
    ]);
  await poll(0, AT + 5 * HOUR_MS, 50);
  clock.jump(HOUR_MS);
  await poll(40, AT + 5 * HOUR_MS, 48);
  clock.jump(DAY_MS);
  const later = clock.now();
  await poll(0, later + 5 * HOUR_MS, 48);
  clock.jump(HOUR_MS);
  await poll(30, later + 5 * HOUR_MS, 47);
  return { services, ask: askApp(services) };
}

Deno.test("/analytics shows consumption in limits, and dollars without a limit", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  const html = await pageOf(ask, "?days=7&group=quota");
  const quota = cells(html, 'data-group="Acme work Five hours"');
  assertEquals(quota[0], "70%");
  const balance = cells(html, 'data-group="Acme work Balance"');
  assertEquals([balance[0], balance[1]?.trim()], ["unknown", "$3.00"]);
  assertStringIncludes(html, "units that cannot be added up");
  assertMatch(html, /Without a limit, and so without a share: Acme work Balance/);
  assertEquals(cells(await pageOf(ask, "?days=7"), 'data-group="Acme"')[0], "70%");
});

Deno.test("/analytics compares with the previous days", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  const html = await pageOf(ask, "?days=1&interval=1d&compare=previous");
  const row = cells(html, 'data-group="Acme"');
  assertEquals([row[0], row.at(-2), row.at(-1)], ["30%", "40%", "-25%"]);
  assertStringIncludes(html, "data-before");
});

Deno.test("/analytics shows no change relative to days with hardly any readings", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  const html = await pageOf(ask, "?days=2&compare=previous");
  const row = cells(html, 'data-group="Acme"');
  assertEquals([row[0], row.at(-2), row.at(-1)], ["70%", "unknown", "not comparable"]);
  assertStringIncludes(html, "Days with readings: 0 of the other period, 2 of this one");
});

Deno.test("/analytics shows amounts of one unit at a time", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  const dollars = await pageOf(ask, "?days=7&measure=amount&unit=usd");
  assertStringIncludes(dollars, "amounts used, usd, every day");
  assertMatch(dollars, /legend-value[^>]*>\$3\.00</);
  const requests = await pageOf(ask, "?days=7&measure=amount&unit=requests");
  assertMatch(requests, /legend-value[^>]*>70</);
});

Deno.test("/analytics follows later readings", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  await pageOf(ask, "?days=7");
  (services.clock as FakeClock).jump(60_000);
  await services.polled("acme/work", [reading({ used: 35, limit: 100, window: FIVE_HOURS })]);
  assertEquals(cells(await pageOf(ask, "?days=7"), 'data-group="Acme"')[0], "75%");
});

Deno.test("/analytics distinguishes quotas of the same name, and shows hostile names as text", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const labels = ["Same", "Same", '<img src=x onerror="alert(1)">', "\u202egnorw", "n".repeat(300), ""];
  for (const used of [1, 2]) {
    await services.polled("acme/work", labels.map((label, i) => reading({ quota: `q${i}`, label, used })));
    clock.jump(60_000);
  }
  const html = await pageOf(askApp(services), "?days=1&group=quota&page=1");
  const rows = [...html.matchAll(/<tr [^>]*data-group="([^"]*)"/g)].map(([, name]) => name!);
  assertEquals(new Set(rows).size, labels.length);
  assert(rows.includes("Acme work Same (acme/work/q0)") && rows.includes("Acme work Same (acme/work/q1)"));
  // Props of islands are in the only script, where markup has no effect.
  const markup = html.replaceAll(/<script\b[^>]*>.*?<\/script>/gs, "");
  assert(!markup.includes("<img src=x") && !html.includes("\u202e") && !html.includes("n".repeat(100)));
});

Deno.test("/analytics explains how to begin without readings", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const html = await pageOf(askApp(services), "");
  assertStringIncludes(html, "No readings in these days");
});

Deno.test("/analytics and /history of an account that was never read name no range: no other would help", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  await services.failed("acme/work", { kind: "auth", hint: "The key was refused" });
  const ask = askApp(services);
  for (const path of ["/analytics", "/history"]) {
    const html = await (await ask(path)).text();
    assertMatch(html, /has (not )?been read yet; the overview says why/, path);
    assert(!/Choose (more days|a longer one)/.test(html), path);
  }
});

Deno.test("/analytics names invalid parameters and shows the default", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  for (
    const [query, note] of [
      ["?days=0", /Cannot read days/],
      ["?days=9999", /Cannot read days/],
      ["?group=planet", /There is no group/],
      ["?interval=5m", /Intervals of 5m cover one day at most/],
      [
        "?measure=%3Cscript%3E",
        /There is no measure &quot;&lt;script>|There is no measure &quot;&lt;script&gt;/,
      ],
      ["?from=2026-02-30", /Cannot read from/],
      ["?from=2026-11-18&to=2026-11-17", /first day has to be before/],
      ["?from=2020-01-01", /No more than a year/],
      ["?provider=nobody", /There is no provider/],
    ] as const
  ) {
    assertMatch(await pageOf(ask, query), note, query);
  }
});

Deno.test("no URL of /analytics whatever is answered with a failure", async () => {
  const { services, ask } = await twoDays();
  await using _ = services;
  const names = ["days", "from", "to", "interval", "group", "measure", "compare", "unit", "provider", "page"];
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "1",
      "365",
      "2026-11-17",
      "2026-11-18",
      "5m",
      "1h",
      "1w",
      "1mo",
      "quota",
      "left",
      "amount",
      "year",
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), value), async (query) => {
      await pageOf(ask, `?${new URLSearchParams(query)}`);
    }),
    { numRuns: 60 },
  );
});

/** Ninety dollars at one vendor, each part seen by its own quota, and the same use in two windows of another. */
async function sameUseOftenSeen() {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  const spend = (quota: string, used: number, window: Reading["window"], limit: number | null = null) =>
    reading({
      quota,
      label: quota,
      unit: "usd",
      used,
      limit,
      remaining: null,
      window,
      resetsAt: AT + 30 * DAY_MS,
    });
  const month = { kind: "calendar", seconds: null } as const;
  const poll = async (dollars: number, percent: number) => {
    await services.polled("openrouter/default", [
      spend("key-limit", dollars, month, 500),
      spend("credits", 1000 + dollars, BALANCE, 5000),
      spend("spend-daily", dollars, { kind: "fixed", seconds: 86_400 }),
      spend("spend-weekly", dollars, { kind: "fixed", seconds: 604_800 }),
      spend("spend-monthly", dollars, month),
    ]);
    await services.polled("synthetic/default", [
      reading({ quota: "five-hour", label: "Five hours", used: percent, limit: 50, window: FIVE_HOURS }),
      reading({
        quota: "weekly-credits",
        label: "Week",
        unit: "percent",
        used: percent,
        limit: 100,
        window: { kind: "fixed", seconds: 604_800 },
        resetsAt: AT + 6 * DAY_MS,
      }),
    ]);
  };
  await poll(0, 0);
  clock.jump(HOUR_MS);
  await poll(90, 20);
  return { services, ask: askApp(services) };
}

Deno.test("/analytics counts each dollar once, however many quotas of its vendor measure it", async () => {
  const { services, ask } = await sameUseOftenSeen();
  await using _ = services;
  const html = await pageOf(ask, "?days=7&measure=amount&unit=usd&provider=openrouter");
  assertMatch(html, /legend-value[^>]*>\$90\.00</);
  assert(!html.includes("$450"));
});

Deno.test("/analytics counts each share of use once, and names the quotas that are views of it", async () => {
  const { services, ask } = await sameUseOftenSeen();
  await using _ = services;
  const html = await pageOf(ask, "?days=7");
  assertEquals(cells(html, 'data-group="Synthetic"')[0], "20%");
  assertEquals(cells(html, 'data-group="unknown"')[0], "18%");
  assertMatch(html, /Shown only when grouped by quota: .*Synthetic Five hours/);
  // Points of a plan and dollars of a limit have no total: nowhere are the two added up.
  assert(!/\b38%|52\.6%|\b53%/.test(html));
});

Deno.test("/analytics by quota shows every view in its own chart, and no total", async () => {
  const { services, ask } = await sameUseOftenSeen();
  await using _ = services;
  const html = await pageOf(ask, "?days=7&group=quota&provider=synthetic&compare=previous");
  assertEquals([...html.matchAll(/class="use-card/g)].length, 2);
  assertEquals(cells(html, 'data-group="Synthetic Five hours"')[0], "40%");
  assertEquals(cells(html, 'data-group="Synthetic Week"')[0], "20%");
  assert(!html.includes("Previous period, total"));
});

Deno.test("/analytics never adds up money of two currencies", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const purse = (quota: string, currency: string, remaining: number) =>
    reading({
      quota,
      label: quota,
      unit: currency === "USD" ? "usd" : "credits",
      used: null,
      limit: null,
      remaining,
      window: BALANCE,
      currency,
    });
  for (const left of [50, 40]) {
    await services.polled("deepseek/default", [
      purse("balance-usd", "USD", left),
      purse("balance-cny", "CNY", left * 2),
      purse("balance-hkd", "HKD", left * 3),
    ]);
    clock.jump(HOUR_MS);
  }
  const ask = askApp(services);
  for (
    const [unit, value] of [["usd", /\$10\.00/], ["credits-cny", />20\.00 CNY</], [
      "credits-hkd",
      />30\.00 HKD</,
    ]] as const
  ) {
    const html = await pageOf(ask, `?days=7&measure=amount&unit=${unit}`);
    const [legend = ""] = /legend-value[^<]*<\/span>/.exec(html) ?? [];
    assertMatch(`${legend.slice(legend.indexOf(">"))}`, value, unit);
    assertMatch(html, /<option[^>]*>CNY</);
  }
});

Deno.test("/analytics adds up no shares of different limits: each has its own chart and row", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const poll = async (used: number) => {
    await services.polled("synthetic/default", [
      reading({ quota: "chat", label: "Chat", used, limit: 100, window: FIVE_HOURS }),
    ]);
    await services.polled("acme/work", [
      reading({ quota: "chat", label: "Chat", used: used * 2, limit: 100, window: FIVE_HOURS }),
    ]);
    await services.polled("acme/home", [
      reading({ quota: "chat", label: "Chat", used, limit: 1000, window: FIVE_HOURS }),
    ]);
  };
  await poll(0);
  clock.jump(HOUR_MS);
  await poll(40);
  const html = await pageOf(askApp(services), "?days=7");
  // One vendor has a single limit; the two of the other are separate.
  const rows = [...html.matchAll(/<tr [^>]*data-group="([^"]*)"/g)].map(([, name]) => name!);
  assertEquals(rows.map((name) => [name, cells(html, `data-group="${name}"`)[0]]), [
    ["Acme work Chat", "80%"],
    ["Synthetic", "40%"],
    ["Acme home Chat", "4%"],
  ]);
  const legends = [...html.matchAll(/legend-value[^>]*>([^<]*)</g)].map(([, text]) => text);
  assertEquals(legends.toSorted(), ["4%", "40%", "80%"]);
  assertEquals(html.match(/class="use-card/g)?.length, 3);
  // Nothing on the page shows a total of all.
  assert(!html.includes("124%") && !html.includes("120%") && !html.includes("84%"));
});
