/** Checks accessibility with axe-core. */
// Half as long as the other build, and so is the time to inject it.
import axe from "axe-core/axe.min.js";
import type { Page } from "playwright-core";

/**
 * Returns each violation as `rule: element`. The rules are injected past the page's policy, which stays active, once for
 * each document.
 */
export async function barriers(page: Page): Promise<readonly string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    // Elements are named by their markup, so that no selectors need to be found.
    const { violations } = await axe.run(document, { resultTypes: ["violations"], selectors: false });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
