/** Updates the parts of a page that show figures, without reloading the page. */

/** A reader counts as at the top above this scroll position, in pixels. */
const TOP_PX = 80;

/** How a page shows newer readings: `parts` in place, `whole` by reloading, `none` has no figures. */
export type RefreshMode = "parts" | "whole" | "none";

export function refreshMode(): RefreshMode {
  if (document.querySelector("[data-fresh]")) return "parts";
  return document.querySelector("[data-reload]") ? "whole" : "none";
}

/** Reports whether changing the figures now disturbs nothing: at the top, with nothing open, selected or typed. */
export function isAtRest(): boolean {
  if (scrollY > TOP_PX || document.querySelector("form[data-dirty], dialog[open], :popover-open")) {
    return false;
  }
  if (document.querySelector("[data-fresh] tbody details[open]")) return false;
  if (!(getSelection()?.isCollapsed ?? true)) return false;
  // The reader is looking at the values of a chart under the pointer.
  if (document.querySelector("[data-reload] ~ * .card-shadow:hover")) return false;
  const focused = document.activeElement?.closest("main :is(a, button, input, select, summary)");
  return !focused || refreshMode() === "parts" && !focused.matches("input, select");
}

function readHref(element: Element | null): string | null {
  return element?.closest("a")?.getAttribute("href") ?? null;
}

/**
 * Replaces each part by that of the page as the server renders it now.
 *
 * @param isWelcome called when the answer arrives, because replacing parts would lose what a reader began meanwhile
 * @returns when the new figures were read; null without a usable answer, or when it was not welcome
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
      const focused = part.contains(document.activeElement) ? readHref(document.activeElement) : null;
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
