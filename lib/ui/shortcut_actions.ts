/** What keyboard shortcuts do beyond the page they are pressed on. Loaded with the first one. */
import type { ComponentType } from "preact";
import { pathTo } from "./base_path.ts";
import { PLACES } from "./places.ts";
import { loadWholeStyles } from "./whole_styles.ts";

export type OverlayComponent = ComponentType<{ readonly onClose: () => void }>;

const OVERLAYS = {
  palette: () => import("./palette/Palette.tsx"),
  list: () => import("./ShortcutDialog.tsx"),
} as const;

export type Overlay = keyof typeof OVERLAYS;

/** Resolves to what opens over the page, or to null while something else is open. */
export async function loadOverlay(overlay: Overlay): Promise<OverlayComponent | null> {
  if (document.querySelector("dialog[open]")) return null;
  const [loaded] = await Promise.all([OVERLAYS[overlay](), loadWholeStyles()]);
  document.querySelector(".bottom-more[open]")?.removeAttribute("open");
  return loaded.default;
}

/** Opens the page that a letter stands for, if there is one. */
export function goTo(letter: string): void {
  const place = PLACES.find((place) => place.letter === letter);
  if (place) location.assign(pathTo(place.href));
}
