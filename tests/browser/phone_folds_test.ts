/** What a phone folds on long pages: secondary parts, one touch away, with and without scripts. */
import type { Page } from "playwright-core";
import { findBarriers } from "../support/axe.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { demoTests, measureOverflow } from "../support/demo_page.ts";
import { TOUCH } from "../support/touch_layout.ts";

const test = demoTests();

/** Pages, what each folds, and the line that opens it. */
const FOLDS = [
  ["/accounts/zai/default", "article.insight >> nth=3", /^\d+ more insights$/],
  ["/accounts/zai/default", "table:has(caption:text('The last sessions'))", /^\d+ sessions?$/],
  ["/accounts/zai/default", "table:has(caption:text('The last polls'))", /^\d+ polls?$/],
  ["/analytics", ".analytics-units", /^How consumption is counted$/],
  ["/analytics", "table.breakdown", /^All \d+$/],
  ["/alerts", "form[data-rules-of]", /^When alerts are raised$/],
] as const;

async function height(page: Page): Promise<number> {
  return (await page.locator("body").boundingBox())!.height;
}

for (const javaScriptEnabled of [true, false]) {
  test(
    `a phone opens the folded parts of long pages by touch ${javaScriptEnabled ? "with" : "without"} scripts`,
    async ({ page, site }) => {
      for (const [path, part, words] of FOLDS) {
        await page.goto(`${site.origin}${path}`);
        const before = await height(page);
        assertEquals([path, await page.locator(part).isVisible()], [path, false]);
        await page.locator("summary").filter({ hasText: words }).tap();
        await page.locator(part).waitFor();
        assert(await height(page) > before);
        assertEquals(await measureOverflow(page), 0);
        if (javaScriptEnabled) assertEquals(await findBarriers(page), []);
      }
    },
    { ...TOUCH, javaScriptEnabled },
  );
}

test("a keyboard opens a folded part, too", async ({ page, site }) => {
  await page.goto(`${site.origin}/alerts`);
  await page.locator("summary").filter({ hasText: "When alerts are raised" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Thresholds").waitFor();
}, TOUCH);

test(
  "rules that a reader asked for are open on a phone, and so are those with a mistake",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/alerts?of=zai/default#rules`);
    await page.getByLabel("Thresholds").fill("many");
    await page.getByRole("button", { name: "Save", exact: true }).tap();
    await page.locator("#alert-thresholds[aria-describedby]").waitFor();
    assertEquals(await page.getByLabel("Thresholds").inputValue(), "many");
  },
  { ...TOUCH, expected: /422/ },
);

test("a wide screen shows every part at once", async ({ page, site }) => {
  for (const [path, part, words] of FOLDS) {
    await page.goto(`${site.origin}${path}`);
    await page.locator(part).waitFor();
    assertEquals(
      await page.locator("summary").filter({ hasText: words }).filter({ visible: true }).count(),
      0,
    );
  }
});
