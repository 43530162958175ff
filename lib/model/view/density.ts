/** How densely pages are set: cards or a list on the overview, and the height of rows in tables. */
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = typeof DENSITIES[number];
