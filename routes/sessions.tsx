import { SessionsTable } from "@/lib/ui/table/SessionsTable.tsx";
import { sessionsTable } from "@/lib/web/tables/sessions.ts";
import { tablePage } from "./(_components)/table_page.tsx";

/** Every session: its length, and the state of each quota at its start and end. */
const sessions = tablePage({
  title: "Sessions",
  page: "sessions",
  intro: "Periods of use of an account. Open one to see where each quota began and ended.",
  find: sessionsTable,
  Table: SessionsTable,
});

export const handlers = sessions.handlers;
export default sessions.Page;
