/** Browser tests of the dashboard with the demo. */
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { assertEquals } from "./assert.ts";
import { browserTest, type Browsing } from "./browser.ts";
import { type DemoSite, sharedDemoSite } from "./demo_site.ts";

export interface DemoBrowsing extends Browsing {
  readonly site: DemoSite;
}

export interface DemoTestOptions extends BrowserContextOptions {
  /** Page errors that the test expects. */
  readonly expected?: RegExp;
}

export type DemoTest = (
  name: string,
  run: (browsing: DemoBrowsing) => Promise<void>,
  options?: DemoTestOptions,
) => void;

/**
 * Registers tests that share one demo. Each begins with all accounts read at most a minute ago, and verifies,
 * besides its own checks, that the page reports no errors and contacts no other server.
 */
export function demoTests(): DemoTest {
  const open = sharedDemoSite();
  return (name, run, { expected, ...options } = {}) =>
    browserTest(name, async (browsing) => {
      const site = await open();
      site.calm();
      await site.poll();
      await run({ ...browsing, site });
      assertEquals(browsing.errors.filter((text) => !expected?.test(text)), []);
      assertEquals(browsing.requests.filter((url) => !url.startsWith(`${site.origin}/`)), []);
    }, options);
}

/** Opens the overview and waits until it is live. */
export async function openLive(page: Page, site: DemoSite, path = "/"): Promise<void> {
  await page.goto(`${site.origin}${path}`);
  await waitForConnection(page, "live");
}

/** Waits until the page shows this state of the connection. */
export async function waitForConnection(page: Page, state: "live" | "lost" | "paused"): Promise<void> {
  await page.waitForSelector(`.connection[data-connection="${state}"]`);
}

/** Waits until the page shows the newest reading of every quota. */
export async function waitForReadings(page: Page, site: DemoSite): Promise<void> {
  const { accounts } = await site.composed.services(new Set()).dashboard();
  const wanted = accounts.flatMap(({ provider, quotas }) =>
    quotas.map(({ quota, at }) => ({ provider, quota, at: new Date(at).toISOString() }))
  );
  await page.waitForFunction((wanted) =>
    wanted.every(({ provider, quota, at }) => {
      const card = document.querySelector(`.quota-card[data-provider="${provider}"][data-quota="${quota}"]`);
      return card?.querySelector<HTMLTimeElement>("time.age")?.dateTime === at;
    }), wanted);
}

/** Returns whether the page is wider than its window, so that users would have to scroll sideways. */
export function measureOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * Clicks what loads a page, such as a link or a form without scripts, and resolves once it has loaded: a click only starts
 * that.
 */
export async function follow(page: Page, control: Locator): Promise<void> {
  await Promise.all([page.waitForEvent("load"), control.click()]);
}
