import { OverviewTable } from "@/lib/ui/table/OverviewTable.tsx";
import { overviewTable } from "@/lib/web/tables/overview.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** The quotas of an account at the peaks of one of them. */
const overview = tablePage({
  title: "Cycle overview",
  page: "cycles",
  intro: (
    <>
      All quotas of an account side by side. <a class="underline" href="/cycles">Every cycle as a list</a>
    </>
  ),
  find: overviewTable,
  Table: OverviewTable,
});

export const handlers = overview.handlers;
export default overview.Page;
