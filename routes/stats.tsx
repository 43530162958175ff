import { StatsTables } from "@/lib/ui/table/StatsTables.tsx";
import { statsView } from "@/lib/web/tables/stats.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** Days, weeks and all-time totals: the figures of `syntrack stats`. */
const stats = tablePage({
  title: "Stats",
  page: "stats",
  intro: "What was consumed, across resets, by day and week in the zone below.",
  find: statsView,
  Table: StatsTables,
});

export const handlers = stats.handlers;
export default stats.Page;
