import { CyclesTable } from "@/lib/ui/table/CyclesTable.tsx";
import { cyclesTable } from "@/lib/web/tables/cycles.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** Every stretch between two resets: how high it went, what was consumed, how its end was known. */
const cycles = tablePage({
  title: "Cycles",
  place: "cycles",
  intro: (
    <>
      From reset to reset, quota by quota.{" "}
      <a class="underline" href="/cycle-overview">How the others stood at each peak</a>
    </>
  ),
  find: cyclesTable,
  Table: CyclesTable,
});

export const handlers = cycles.handlers;
export default cycles.Page;
