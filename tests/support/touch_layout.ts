/** Finds layout problems of a page on a touch screen. */
import type { Page } from "playwright-core";
import { assert } from "./assert.ts";

/** Widths of phones and of a small tablet. */
export const TOUCH_WIDTHS: readonly number[] = [320, 375, 390, 412, 768];
export const TOUCH = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;

/**
 * Returns pairs of visible controls that overlap. Elements fixed to the window may cover scrolling content,
 * and content that scrolls sideways in its own frame counts only inside that frame.
 */
export async function overlappingTargets(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(() => {
    const selector = "a[href], button, select, summary, textarea, input:not([type=hidden], .picker)";
    // Off the screen a part may have a guessed height and no layout until someone scrolls there: measure all as seen.
    const seen = new CSSStyleSheet();
    seen.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(seen);
    const boxes = [...document.querySelectorAll(selector)].flatMap((element) => {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".sr-only, .skip-link")) {
        return [];
      }
      let { left, top, right, bottom } = element.getBoundingClientRect();
      let layer = "page";
      for (let parent: Element | null = element; parent; parent = parent.parentElement) {
        const { position, overflowX, overflowY } = getComputedStyle(parent);
        if (position === "fixed" || position === "sticky") layer = parent.className;
        if (parent === element || parent === document.body || parent === document.documentElement) continue;
        if (overflowX === "visible" && overflowY === "visible") continue;
        const frame = parent.getBoundingClientRect();
        left = Math.max(left, frame.left);
        right = Math.min(right, frame.right);
        top = Math.max(top, frame.top);
        bottom = Math.min(bottom, frame.bottom);
      }
      if (right - left < 2 || bottom - top < 2) return [];
      const text = element.getAttribute("aria-label") ?? element.textContent ?? "";
      const name = `${element.tagName.toLowerCase()} ${element.className} "${text.trim().slice(0, 30)}"`;
      return [{ element, left, top, right, bottom, layer, name }];
    });
    document.adoptedStyleSheets.pop();
    return boxes.flatMap((a, place) =>
      boxes.slice(place + 1).flatMap((b) =>
        a.layer !== b.layer || a.element.contains(b.element) || b.element.contains(a.element) ||
          // The calendar button is inside its field.
          a.element.parentElement === b.element.parentElement &&
            a.element.parentElement?.matches(".date-field") ||
          Math.min(a.right, b.right) - Math.max(a.left, b.left) < 3 ||
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 3
          ? []
          : [`${a.name} | ${b.name}`]
      )
    );
  });
  assert(Array.isArray(found));
  return found;
}
