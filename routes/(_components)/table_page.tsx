/** What the table pages share; each defines its content. */
import { page } from "fresh";
import type { ComponentChildren, ComponentType } from "preact";
import { type FrameFacts, type PageName } from "@/lib/ui/Frame.tsx";
import { PageFrame } from "./PageFrame.tsx";
import type { AppContext } from "@/lib/app/context.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import type { QueryReader } from "@/lib/web/tables/query_reader.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { createTableContext, type TableContext } from "@/lib/web/tables/table_context.ts";
import { define } from "@/lib/web/state.ts";

interface TablePage<Table> {
  readonly title: string;
  /** Its name in the navigation. */
  readonly page: PageName;
  /** One or two sentences above the table. */
  readonly intro: ComponentChildren;
  find(
    services: AppContext,
    tableContext: TableContext,
    query: URLSearchParams,
  ): Promise<{ readonly table: Table; readonly reader: QueryReader }>;
  /** `now` is when the page was rendered. */
  readonly Table: ComponentType<{ readonly table: Table; readonly zone: string; readonly now: number }>;
}

interface TablePageData<Table> {
  readonly facts: FrameFacts;
  readonly table: Table;
  readonly note: string;
  readonly now: number;
}

export function tablePage<Table>({ title, page: name, intro, find, Table }: TablePage<Table>) {
  const handlers = define.handlers({
    async GET(ctx) {
      const { services } = ctx.state;
      const view = await services.dashboard({ withHidden: true });
      const facts = await frameFacts(ctx.state, title, view);
      const tableContext = await createTableContext(services, facts.zone, view);
      const { table, reader } = await find(services, tableContext, ctx.url.searchParams);
      return page<TablePageData<Table>>({ facts, table, note: noteText(reader), now: view.at });
    },
  });

  const Page = define.page<typeof handlers>(function Page({ data }) {
    const { facts, table, note, now } = data;
    return (
      <PageFrame
        facts={facts}
        page={name}
        title={title}
        note={note}
      >
        <p class="no-print mt-1 text-sm text-muted">{intro}</p>
        <div data-fresh={facts.dataAt ?? 0}>
          <Table table={table} zone={facts.zone} now={now} />
        </div>
      </PageFrame>
    );
  });
  return { handlers, Page };
}
