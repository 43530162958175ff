/**
 * Takes the pictures of the overview in `docs/screenshots/`, from the demo with a fixed seed at a fixed
 * instant, so that taking them again changes no more than the page did.
 *
 *     deno run -A dev/screenshots.ts [folder]
 */
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "../tests/support/chromium.ts";
import { ANCHOR, openDemoSite } from "../tests/support/demo_site.ts";

const DAY_MS = 86_400_000;

interface Shot {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  readonly scale: number;
}

const SHOTS: readonly Shot[] = [
  { name: "overview-light", width: 1280, height: 800, colorScheme: "light", scale: 1 },
  { name: "overview-dark", width: 1280, height: 800, colorScheme: "dark", scale: 1 },
  { name: "overview-phone", width: 375, height: 812, colorScheme: "light", scale: 1.5 },
];

async function take(browser: Browser, origin: string, folder: string, shot: Shot): Promise<number> {
  const { name, width, height, colorScheme, scale } = shot;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: scale,
    reducedMotion: "reduce",
  });
  try {
    const page = await context.newPage();
    await page.clock.setFixedTime(ANCHOR);
    await page.goto(`${origin}/?range=7d`);
    await page.waitForSelector('[data-connection="live"]');
    const path = `${folder}/${name}.png`;
    const { byteLength } = await page.screenshot({ path, fullPage: true });
    return byteLength;
  } finally {
    await context.close();
  }
}

if (import.meta.main) {
  const executablePath = findChromium();
  if (executablePath === null) {
    console.error("No Chromium found: install one, or name it in CHROMIUM_PATH");
    Deno.exit(1);
  }
  const folder = Deno.args[0] ?? new URL("../docs/screenshots", import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  await using site = await openDemoSite({ spanMs: 30 * DAY_MS, troubles: "usual" });
  const browser = await chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_ARGUMENTS] });
  try {
    for (const shot of SHOTS) {
      const bytes = await take(browser, site.origin, folder, shot);
      console.log(`${shot.name}.png ${Math.round(bytes / 1024)} kB`);
    }
  } finally {
    await browser.close();
  }
}
