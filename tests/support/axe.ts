/** Checks accessibility with axe-core. */
// Half as long as the other build, and so is the time to inject it.
import axe from "axe-core/axe.min.js";
import type { RunOptions } from "axe-core";
import type { Page } from "playwright-core";

/** The rules of axe-core about colours that are on unless one asks for others. */
const COLOUR_RULES: readonly string[] = ["color-contrast", "link-in-text-block"];

/**
 * Returns each violation as `rule: element`. The rules are injected past the page's policy, which stays active, once for
 * each document.
 */
export function findBarriers(page: Page): Promise<readonly string[]> {
  return run(page, {});
}

/**
 * Returns the violations of a page that follows the system's theme: all in the light theme, then those of colours in the
 * dark one. Themes differ in nothing else (`theme_test.ts`), and this takes a third of loading the page once for each.
 */
export async function findBarriersInBothThemes(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  await endTransitions(page);
  const light = await run(page, {});
  await page.emulateMedia({ colorScheme: "dark" });
  await endTransitions(page);
  const dark = await run(page, { runOnly: { type: "rule", values: [...COLOUR_RULES] } });
  return [...light, ...dark.map((violation) => `dark: ${violation}`)];
}

/** Gives everything the colours that a change of the theme leads to. */
async function endTransitions(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  });
}

async function run(page: Page, options: RunOptions): Promise<readonly string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  return await page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    // Elements are named by their markup, so that no selectors need to be found.
    const { violations } = await axe.run(document, {
      ...options,
      resultTypes: ["violations"],
      selectors: false,
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }, options);
}
