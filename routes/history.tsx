import { HistoryTable } from "@/lib/ui/table/HistoryTable.tsx";
import { historyTable } from "@/lib/web/tables/history.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** The readings, one by one or by five minutes, hours and days. */
const history = tablePage({
  title: "History",
  place: "history",
  intro: "What was read of an account, reading by reading or summed up. A chart of it is on the overview.",
  find: historyTable,
  Table: HistoryTable,
});

export const handlers = history.handlers;
export default history.Page;
