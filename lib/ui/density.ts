/** How densely pages are set: cards or a list on the overview, and the height of rows in tables. */
import { signal } from "@preact/signals";
import { remember } from "./zone.ts";

export type Density = "comfortable" | "compact";

/** Cookie in which the server reads it. */
export const DENSITY_COOKIE = "density";

/** What the page shows now; an island reads it from the document first. */
export const density = signal<Density>("comfortable");

export function readDensity(): void {
  density.value = document.documentElement.dataset["density"] === "compact" ? "compact" : "comfortable";
}

/** Sets it for this browser and shows it; the overview is laid out anew by the server. */
export function selectDensity(next: Density): void {
  remember(DENSITY_COOKIE, next);
  density.value = next;
  document.documentElement.dataset["density"] = next;
  if (!document.querySelector(".density-btn")) return;
  const url = new URL(location.href);
  url.searchParams.set("view", next);
  location.assign(url);
}
