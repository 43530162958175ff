/** How densely pages are set: cards or a list on the overview, and the height of rows in tables. */
import { signal } from "@preact/signals";
import { remember } from "./zone.ts";

export type Density = "comfortable" | "compact";

/** Cookie in which the server reads it. */
export const DENSITY_COOKIE = "density";

/** What the page shows now; null until an island has read it. */
export const density = signal<Density | null>(null);

/** The overview knows better than the document: it may show a list because of the number of its quotas. */
export function readDensity(): void {
  density.value ??= document.documentElement.dataset["density"] === "compact" ? "compact" : "comfortable";
}

/** Sets it for this browser and shows it. */
export function selectDensity(next: Density): void {
  remember(DENSITY_COOKIE, next);
  density.value = next;
  document.documentElement.dataset["density"] = next;
}
