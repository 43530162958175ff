/** Updates the parts of a page that show figures, without reloading the page. */

/** Above this many pixels a reader is at the top. */
const TOP_PX = 80;

/** How a page takes newer readings: `parts` in place, `whole` by loading it again, `none` has no figures. */
export type RefreshMode = "parts" | "whole" | "none";

export function refreshMode(): RefreshMode {
  if (document.querySelector("[data-fresh]")) return "parts";
  return document.querySelector("[data-reload]") ? "whole" : "none";
}

/** Whether nothing is lost when the figures change now: at the top, with nothing open, chosen or typed. */
export function isAtRest(): boolean {
  if (scrollY > TOP_PX || document.querySelector("form[data-dirty], dialog[open], :popover-open")) {
    return false;
  }
  if (document.querySelector("[data-fresh] tbody details[open]")) return false;
  if (!(getSelection()?.isCollapsed ?? true)) return false;
  // Values of a chart are being read at the pointer.
  if (document.querySelector("[data-reload] ~ * .card-shadow:hover")) return false;
  const focused = document.activeElement?.closest("main :is(a, button, input, select, summary)");
  return !focused || refreshMode() === "parts" && !focused.matches("input, select");
}

function hrefOf(element: Element | null): string | null {
  return element?.closest("a")?.getAttribute("href") ?? null;
}

/**
 * Replaces each part by that of the page as the server renders it now.
 *
 * @param isWelcome asked when the answer is there: what a person began meanwhile would be lost
 * @returns when the figures of the answer were read, or null when there was no usable answer or it was not welcome
 */
export async function refreshParts(isWelcome: () => boolean): Promise<number | null> {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = page.querySelectorAll<HTMLElement>("[data-fresh]");
    const shown = document.querySelectorAll<HTMLElement>("[data-fresh]");
    if (parts.length === 0 || parts.length !== shown.length || !isWelcome()) return null;
    shown.forEach((part, place) => {
      const places = [...part.querySelectorAll(".table-scroll")].map(({ scrollLeft }) => scrollLeft);
      const focused = part.contains(document.activeElement) ? hrefOf(document.activeElement) : null;
      part.replaceChildren(...parts[place]!.childNodes);
      if (focused !== null) {
        part.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      }
      part.querySelectorAll(".table-scroll").forEach((scroll, at) => scroll.scrollLeft = places[at] ?? 0);
    });
    return Number(parts[0]!.dataset["fresh"]) || null;
  } catch {
    // The next reading tries again.
    return null;
  }
}
