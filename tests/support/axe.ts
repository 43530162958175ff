/** Asks axe-core what keeps people out. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Each violation as `rule: element`; none is `[]`. The rules are put in past the page's policy, which stays on. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
