import { CyclesTable } from "@/lib/ui/table/CyclesTable.tsx";
import { cyclesTable } from "@/lib/web/tables/cycles.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** Every cycle between two resets: its peak, its consumption, and the evidence of its end. */
const cycles = tablePage({
  title: "Cycles",
  page: "cycles",
  intro: (
    <>
      From reset to reset, quota by quota.{" "}
      <a class="underline" href="/cycle-overview">All quotas at each peak</a>
    </>
  ),
  find: cyclesTable,
  Table: CyclesTable,
});

export const handlers = cycles.handlers;
export default cycles.Page;
