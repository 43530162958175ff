/** The density of the page, as the browser chose it. */
import { signal } from "@preact/signals";
import type { Density } from "../model/setting_limits.ts";
import { remember } from "./zone.ts";

/** Cookie in which the server reads it. */
export const DENSITY_COOKIE = "density";

/** What the page shows now; null until an island has read it. */
export const density = signal<Density | null>(null);

/** Reads it from the document, unless the overview has set it: that may show a list because of its many quotas. */
export function readDensity(): void {
  density.value ??= document.documentElement.dataset["density"] === "compact" ? "compact" : "comfortable";
}

/** Sets it for this browser and shows it. */
export function selectDensity(next: Density): void {
  remember(DENSITY_COOKIE, next);
  density.value = next;
  document.documentElement.dataset["density"] = next;
}
