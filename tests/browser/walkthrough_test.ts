/** Follows docs/walkthrough.md: every question, on a computer and on a phone, as written there. */
import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { waitForConnection } from "../support/demo_page.ts";
import { browserTest } from "../support/browser.ts";
import { sharedDemoSite } from "../support/demo_site.ts";
import { readProjectFile } from "../support/sources.ts";
import { TOUCH } from "../support/touch_layout.ts";

const MAX_STEPS = 2;
const open = sharedDemoSite({
  vendors: ["synthetic", "zai", "anthropic", "codex", "copilot", "openrouter"],
});

interface Step {
  readonly press: string;
  readonly under: string | null;
}

interface Question {
  readonly question: string;
  readonly screen: readonly Step[];
  readonly phone: readonly Step[];
  readonly answers: readonly string[];
}

const QUESTIONS = (await readProjectFile("docs/walkthrough.md")).split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:-|question )/.test(line))
  .map((line): Question => {
    const [question = "", screen = "", phone = "", answer = ""] = line.split("|").slice(1).map((cell) =>
      cell.trim()
    );
    return { question, screen: stepsOf(screen), phone: stepsOf(phone), answers: boldOf(answer) };
  });

function boldOf(text: string): readonly string[] {
  return [...text.matchAll(/\*\*(.+?)\*\*/g)].map(([, bold]) => bold!);
}

function stepsOf(text: string): readonly Step[] {
  return [...text.matchAll(/\*\*(.+?)\*\*(?: under _(.+?)_)?/g)]
    .map(([, press, under]): Step => ({ press: press!, under: under ?? null }));
}

/** Clicks what has that name, in the page's content or elsewhere. */
async function press(page: Page, { press: name, under }: Step): Promise<void> {
  // A previous click may still be loading another page.
  const found = await page.waitForFunction(([name, under]) => {
    const heading = under === null
      ? null
      : [...document.querySelectorAll("h2, h3")].find((one) => one.textContent?.trim().startsWith(under));
    if (heading === undefined) return null;
    const isAfter = (element: Element) =>
      heading === null || heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    return [...document.querySelectorAll<HTMLElement>("a, button, summary")].find((element) =>
      element.checkVisibility() && isAfter(element) && element.innerText.trim().split("\n")[0] === name
    ) ?? null;
  }, [name!, under] as const).catch(() => null);
  const element = found?.asElement();
  assert(element, `There is no "${name}"${under === null ? "" : ` under "${under}"`} to press`);
  await element.click();
}

for (const way of ["screen", "phone"] as const) {
  for (const { question, [way]: steps, answers } of QUESTIONS) {
    browserTest(`on a ${way}: ${question}`, async ({ page, errors }) => {
      const site = await open();
      site.trouble("expired", "codex");
      await site.poll();
      await page.goto(`${site.origin}/`);
      await waitForConnection(page, "live");
      assert(steps.length <= MAX_STEPS && answers.length > 0, "Two steps at most, and an answer to be read");
      for (const step of steps) await press(page, step);
      for (const answer of answers) {
        await page.locator("main").getByText(answer).filter({ visible: true }).first().waitFor();
      }
      site.calm();
      assertEquals(errors, []);
    }, way === "phone" ? TOUCH : {});
  }
}

Deno.test("there are ten questions", () => assertEquals(QUESTIONS.length, 10));
