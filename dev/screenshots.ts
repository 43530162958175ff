/**
 * Takes screenshots of the pages, from the demo with a fixed seed at a fixed instant, so that new ones differ
 * only where the pages do.
 *
 *     deno run -A dev/screenshots.ts                                  # those that documents show, into docs/screenshots/
 *     deno run -A dev/screenshots.ts --folder FOLDER [--only NAME,NAME] [--widths 375,768,1440]   # all, for review
 *
 * Without `--widths` it takes each page light and dark on a screen and
 * light on a phone; with it, in both themes at every width.
 */
import { DAY_MS } from "../lib/model/duration.ts";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "../tests/support/chromium.ts";
import { ANCHOR, openDemoSite } from "../tests/support/demo_site.ts";

/** A page, by the name of its screenshots. */
const PAGES: Readonly<Record<string, string>> = {
  overview: "/?range=7d",
  list: "/?view=compact&range=7d",
  account: "/accounts/zai/default?range=7d",
  quota: "/accounts/zai/default?quota=five-hour",
  analytics: "/analytics?days=14&group=quota&compare=previous",
  cycles: "/cycles?range=7d",
  sessions: "/sessions?range=7d",
  "cycle-overview": "/cycle-overview",
  history: "/history",
  stats: "/stats",
  alerts: "/alerts?of=zai/default/five-hour",
  channels: "/alerts/channels?add=ntfy",
  me: "/me",
  settings: "/settings",
  "settings-accounts": "/settings?tab=accounts",
  "settings-data": "/settings?tab=data",
  help: "/help",
};

/** Screenshots that a document shows. */
const KEPT: readonly string[] = ["overview-light", "account-light"];
/** A document shows the head of a page: as much of it as is readable, in pixels. */
const KEPT_HEIGHT = 1120;
/** WebP quality, out of 100. Text stays sharp, and a picture below 100 kB. */
const QUALITY = 55;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  readonly scale: number;
}

function listUsualShots([name, path]: readonly [string, string]): readonly Shot[] {
  return [
    { name: `${name}-light`, path, width: 1280, height: 800, colorScheme: "light", scale: 1 },
    { name: `${name}-dark`, path, width: 1280, height: 800, colorScheme: "dark", scale: 1 },
    { name: `${name}-phone`, path, width: 375, height: 812, colorScheme: "light", scale: 1.5 },
  ];
}

function listAllShots([name, path]: readonly [string, string], widths: readonly number[]): readonly Shot[] {
  return widths.flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme): Shot => ({
      name: `${name}-${width}-${colorScheme}`,
      path,
      width,
      height: 900,
      colorScheme,
      scale: 1,
    }))
  );
}

async function take(
  browser: Browser,
  origin: string,
  folder: string,
  shot: Shot,
  most: number,
): Promise<number> {
  const { name, path, width, height, colorScheme, scale } = shot;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: scale,
    reducedMotion: "reduce",
  });
  try {
    const page = await context.newPage();
    await page.clock.setFixedTime(ANCHOR);
    await page.goto(`${origin}${path}`);
    await page.waitForSelector('[data-connection="live"]');
    // Playwright itself does not support WebP.
    const devtools = await context.newCDPSession(page);
    const { data } = await devtools.send("Page.captureScreenshot", {
      format: "webp",
      quality: QUALITY,
      captureBeyondViewport: true,
      clip: { x: 0, y: 0, width, height: Math.min(most, await measureHeight(page)), scale: 1 },
    });
    const picture = Uint8Array.fromBase64(data);
    await Deno.writeFile(`${folder}/${name}.webp`, picture);
    return picture.byteLength;
  } finally {
    await context.close();
  }
}

function measureHeight(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollHeight);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { folder: { type: "string" }, only: { type: "string" }, widths: { type: "string" } },
  });
  const executablePath = findChromium();
  if (executablePath === null) {
    console.error("No Chromium found: install one, or name it in CHROMIUM_PATH");
    Deno.exit(1);
  }
  const folder = values.folder ?? new URL("../docs/screenshots", import.meta.url).pathname;
  const only = values.only?.split(",");
  const widths = values.widths?.split(",").map(Number);
  const pages = Object.entries(PAGES).filter(([name]) => only?.includes(name) ?? true);
  await Deno.mkdir(folder, { recursive: true });
  await using site = await openDemoSite({ spanMs: 30 * DAY_MS, troubles: "usual" });
  const browser = await chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_ARGUMENTS] });
  try {
    const shots = pages.flatMap((page) => widths ? listAllShots(page, widths) : listUsualShots(page))
      .filter(({ name }) => values.folder !== undefined || KEPT.includes(name));
    for (const shot of shots) {
      const bytes = await take(
        browser,
        site.origin,
        folder,
        shot,
        values.folder === undefined ? KEPT_HEIGHT : Infinity,
      );
      console.log(`${shot.name}.webp ${Math.round(bytes / 1024)} kB`);
    }
  } finally {
    await browser.close();
  }
}
