/**
 * What keyboard shortcuts do beyond the page they are pressed on. Loaded with the first one, as one file: what several
 * files share would be a part of every page.
 */
import type { ComponentType } from "preact";
import { pathTo } from "./base_path.ts";
import Palette from "./palette/Palette.tsx";
import { NAVIGATION } from "./navigation.ts";
import ShortcutDialog from "./ShortcutDialog.tsx";
import { loadWholeStyles } from "./whole_styles.ts";

export type OverlayComponent = ComponentType<{ readonly onClose: () => void }>;

const OVERLAYS = { palette: Palette, list: ShortcutDialog } as const;

export type Overlay = keyof typeof OVERLAYS;

/** Resolves to what opens over the page, or to null while something else is open. */
export async function loadOverlay(overlay: Overlay): Promise<OverlayComponent | null> {
  if (document.querySelector("dialog[open]")) return null;
  await loadWholeStyles();
  document.querySelector(".bottom-more[open]")?.removeAttribute("open");
  return OVERLAYS[overlay];
}

/** Opens the page that a letter stands for, if there is one. */
export function goTo(letter: string): void {
  const link = NAVIGATION.find((link) => link.letter === letter);
  if (link) location.assign(pathTo(link.href));
}
