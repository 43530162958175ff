import { MINUTE_MS } from "../../lib/model/duration.ts";
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { demoTests, openLive, waitForConnection, waitForReadings } from "../support/demo_page.ts";
import type { DemoSite } from "../support/demo_site.ts";

const test = demoTests();
const GONE = {
  expected: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
};
const FIVE_HOUR = '.quota-card[data-provider="zai"][data-quota="five-hour"]';
const SEARCH = '.quota-card[data-quota="search"]';

/** Marks the document, to detect a reload. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(globalThis, { marked: true }));
  return () => page.evaluate(() => "marked" in globalThis);
}

async function quotaOf(site: DemoSite, key: string) {
  const { accounts } = await site.composed.services(new Set()).dashboard();
  return accounts.flatMap(({ quotas }) => quotas).find((quota) => quota.key === key)!;
}

test("countdowns and ages update every second", async ({ page, site }) => {
  // The page's own clock: a busy machine would skip seconds.
  await page.clock.install({ time: site.clock.now() });
  await openLive(page, site);
  await page.clock.pauseAt(site.clock.now() + 60_000);
  const shown = async () => {
    const text = await page.locator(`${SEARCH} .countdown`).innerText();
    return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  };
  const seen: number[] = [];
  for (let second = 0; second < 3; second++) {
    await page.clock.runFor(1000);
    seen.push(await shown());
  }
  assertEquals(seen.map((value) => value - seen[0]!), [0, -1, -2]);
});

test("an ended countdown waits for a reading, and continues with the next one", async ({ page, site }) => {
  await page.clock.install({ time: site.clock.now() });
  await openLive(page, site);
  const countdown = page.locator(`${SEARCH} .countdown`);
  assertMatch(await countdown.innerText(), /^\d\d:\d\d:\d\d$/);
  const { resetsAt } = await quotaOf(site, "synthetic/default/search");
  await page.clock.fastForward(resetsAt! - site.clock.now() + 2000);
  await page.waitForFunction(
    (selector) =>
      document.querySelector(`${selector} .countdown`)!.textContent === "due, waiting for a reading",
    SEARCH,
  );
  assertEquals((await page.locator("body").innerText()).includes("-00:"), false);
  await site.poll(resetsAt! - site.clock.now() + MINUTE_MS);
  await page.waitForFunction(
    (selector) => /^\d\d:\d\d:\d\d$/.test(document.querySelector(`${selector} .countdown`)!.textContent!),
    SEARCH,
  );
});

test("a new reading updates card, age and chart without a reload", async ({ page, site }) => {
  await openLive(page, site);
  const same = await mark(page);
  const before = await quotaOf(site, "synthetic/default/tool-calls");
  const line = page.locator('path[data-quota="synthetic/default/tool-calls"]');
  const path = (await line.getAttribute("d"))!;
  await site.poll(10 * MINUTE_MS);
  const after = await quotaOf(site, "synthetic/default/tool-calls");
  assert(after.used! > before.used!);
  await waitForReadings(page, site);
  const card = page.locator('.quota-card[data-provider="synthetic"][data-quota="tool-calls"]');
  assertStringIncludes(await card.innerText(), `${after.used!.toLocaleString("en")} of 16,200 requests`);
  assertMatch(await card.locator(".age").innerText(), /^(just now|\d+s ago|\dm ago)$/);
  // The first reading loads the code that draws it.
  await page.waitForFunction(
    (before) =>
      document.querySelector('path[data-quota="synthetic/default/tool-calls"]')!.getAttribute("d") !== before,
    path,
  );
  const longer = (await line.getAttribute("d"))!;
  // The start leaves the range as the end enters it; everything in between stays.
  assert(longer !== path);
  assert(
    longer.includes(path.slice(path.length / 3, path.length * 2 / 3)),
    "The line was drawn from elsewhere",
  );
  assert(await same());
});

test("a reading moves the time axes without drawing them again, and writes only text that is new", async ({ page, site }) => {
  const marks = ".horizon-grid, .horizon-text, #usage-chart .plot > text";
  await openLive(page, site);
  // The first reading loads the code that draws both.
  await site.poll(10 * MINUTE_MS);
  await waitForReadings(page, site);
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").filter(({ name }) => /HistoryChart-|Horizon-/.test(name))
      .length === 2
  );
  await site.poll(10 * MINUTE_MS);
  await waitForReadings(page, site);
  await page.evaluate((marks) => {
    const own = Object.getOwnPropertyDescriptor(CharacterData.prototype, "data")!;
    const [get, set] = [own.get!, own.set!];
    const again: string[] = [];
    Object.defineProperty(CharacterData.prototype, "data", {
      get,
      set(text: string) {
        if (get.call(this) === text) {
          again.push(`"${text}" in ${this.parentElement?.outerHTML.slice(0, 80)}`);
        }
        set.call(this, text);
      },
    });
    Object.assign(globalThis, { again, drawn: Array.from(document.querySelectorAll(marks)) });
  }, marks);
  const end = (await page.locator("#usage-chart .plot").getAttribute("data-end"))!;
  await site.poll(10 * MINUTE_MS);
  await waitForReadings(page, site);
  await page.locator(`#usage-chart .plot:not([data-end="${end}"])`).waitFor();
  const { again, drawn, kept } = await page.evaluate(() => {
    const { again, drawn } = globalThis as unknown as { again: string[]; drawn: Element[] };
    return { again, drawn: drawn.length, kept: drawn.filter(({ isConnected }) => isConnected).length };
  });
  assert(drawn > 20, String(drawn));
  // The first mark of an axis may have left it.
  assert(kept >= drawn - 2, `${kept} of ${drawn}`);
  assertEquals(again, []);
});

test("missed data is requested, so that the chart equals that of a reload", async ({ page, site, requests }) => {
  await openLive(page, site);
  const missed = page.waitForResponse("**/api/v1/series?range=6h");
  await site.poll(90 * MINUTE_MS);
  await missed;
  const read = () =>
    page.locator("path.series-line").evaluateAll((lines) => lines.map((line) => line.getAttribute("d")));
  await waitForReadings(page, site);
  const shown = await read();
  assertEquals(requests.filter((url) => url.includes("/series")).length <= 2, true);
  await page.reload();
  assert(JSON.stringify(await read()) === JSON.stringify(shown), "A reload draws other lines");
});

test(
  "when the server stops the page says so with the time of its figures, and it reconnects on its own",
  async ({ page, site }) => {
    await openLive(page, site);
    const same = await mark(page);
    const clock = await page.locator(".data-age").innerText();
    await site.stop();
    try {
      await waitForConnection(page, "lost");
      assertStringIncludes(await page.locator("#last-updated").innerText(), "Disconnected");
      assertEquals(await page.locator(".data-age").innerText(), clock);
      await page.locator("#refresh-btn").click();
      await page.getByText("The server cannot be reached").waitFor();
    } finally {
      await site.start();
    }
    await waitForConnection(page, "live");
    await site.poll(5 * MINUTE_MS);
    await waitForReadings(page, site);
    assert(await same());
  },
  GONE,
);

test("figures that are not renewed become stale", async ({ page, site }) => {
  await page.clock.install({ time: site.clock.now() });
  await openLive(page, site);
  assertEquals(await page.locator(".is-stale").count(), 0);
  await site.stop();
  try {
    await waitForConnection(page, "lost");
    await page.clock.fastForward(10 * MINUTE_MS);
    await page.locator(`${FIVE_HOUR}.is-stale`).waitFor();
    assertMatch(await page.locator(FIVE_HOUR).innerText(), /Stale, read 1\dm ago/);
    assertMatch(await page.locator(".account-health").first().innerText(), /^Stale, figures from 1\dm ago$/);
  } finally {
    await site.start();
  }
}, GONE);

test("an interrupted stream resumes where it ended, and nothing arrives twice", async ({ page, site }) => {
  const whole = await firstEvent(site);
  let streams = 0;
  await page.route("**/api/live", async (route) => {
    if (++streams > 1) return await route.continue();
    await route.fulfill({ contentType: "text/event-stream", body: `retry: 20\n\n${whole}\n\n` });
  });
  await page.addInitScript(() => {
    const heard: string[] = [];
    class Overheard extends EventSource {
      constructor(url: string) {
        super(url);
        for (const type of ["view", "account"]) this.addEventListener(type, () => heard.push(type));
      }
    }
    Object.assign(globalThis, { heard, EventSource: Overheard });
  });
  const again = page.waitForResponse((response) => streams > 1 && response.url().endsWith("/api/live"));
  await page.goto(`${site.origin}/`);
  assertEquals((await again).status(), 200);
  await waitForConnection(page, "live");
  await site.poll(5 * MINUTE_MS);
  await waitForReadings(page, site);
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  assertEquals(await heard(), ["view", "account", "account"]);
});

/** The first event of a new stream: the whole view. */
async function firstEvent(site: DemoSite): Promise<string> {
  const response = await fetch(`${site.origin}/api/live`);
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const event = text.split("\n\n").find((block) => block.startsWith("event: view"));
    if (event !== undefined && text.endsWith("\n\n")) return event;
  }
  throw new Error("The stream ended before its first event");
}

test("a hidden page is paused, and catches up when it is visible", async ({ page, site }) => {
  await openLive(page, site);
  const look = (state: string) =>
    page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await look("hidden");
  await waitForConnection(page, "paused");
  assertEquals(await page.title(), "Syntrack");
  await site.poll(5 * MINUTE_MS);
  await look("visible");
  await waitForConnection(page, "live");
  await waitForReadings(page, site);
  assertMatch(await page.title(), /% .+ - Syntrack$/);
});

test("the button polls at once, and reports when it was pressed too soon", async ({ page, site }) => {
  await openLive(page, site);
  site.clock.jump(5 * MINUTE_MS);
  const before = await quotaOf(site, "zai/default/weekly");
  await page.locator("#refresh-btn").click();
  await page.locator("#refresh-btn:enabled").waitFor();
  assert((await quotaOf(site, "zai/default/weekly")).at > before.at);
  await waitForReadings(page, site);
  await page.locator("#refresh-btn:enabled").click();
  await page.getByText("Polled a moment ago").waitFor();
}, { expected: /status of 429/ });

test("a page of an older version is reloaded, but not under a form being filled in", async ({ page, site }) => {
  await page.addInitScript(() => {
    const streams: EventSource[] = [];
    class Kept extends EventSource {
      constructor(url: string) {
        super(url);
        streams.push(this);
      }
    }
    Object.assign(globalThis, { streams, EventSource: Kept });
  });
  await openLive(page, site);
  const same = await mark(page);
  const view = { ...await site.composed.services(new Set()).dashboard(), version: "99.0.0" };
  const tell = () =>
    page.evaluate((data) => {
      const { streams } = globalThis as unknown as { streams: EventSource[] };
      streams.at(-1)!.dispatchEvent(new MessageEvent("view", { data }));
    }, JSON.stringify(view));
  await page.evaluate(() => {
    const form = document.createElement("form");
    form.dataset["dirty"] = "";
    document.body.append(form);
  });
  await tell();
  assert(await same());
  await page.evaluate(() => document.querySelector("form[data-dirty]")!.remove());
  const loaded = page.waitForEvent("load");
  await tell();
  await loaded;
  assertEquals(await same(), false);
  await waitForConnection(page, "live");
});
