import { HistoryTable } from "@/lib/ui/table/HistoryTable.tsx";
import { historyTable } from "@/lib/web/tables/history.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** The readings, one by one or by five minutes, hours and days. */
const history = tablePage({
  title: "History",
  page: "history",
  intro: "The readings of an account, one by one or summed up. The overview has them as a chart.",
  find: historyTable,
  Table: HistoryTable,
});

export const handlers = history.handlers;
export default history.Page;
