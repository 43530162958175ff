/** Checks accessibility with axe-core. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns each violation as `rule: element`. The rules are injected past the page's policy, which stays active. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
