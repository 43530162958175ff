/** Tables as files: exactly the rows a page shows, in its order, on all of its pages. */
import type { Context } from "fresh";
import { type Cell, rowFormat } from "../../formats/export.ts";
import { isoInstant } from "../../model/time.ts";
import type { AppContext } from "../../app/context.ts";
import { pageZone } from "../preferences.ts";
import type { State } from "../state.ts";
import { type QueryReader, refuseNotes } from "./query_reader.ts";
import { createTableContext, type TableContext } from "./table_context.ts";

export const FORMATS = ["csv", "json", "ndjson"] as const;
type Format = typeof FORMATS[number];
const TYPES: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
};

export interface TableFile {
  /** What the rows are: `cycles`. */
  readonly what: string;
  /** What they were chosen by, for the name of the file. */
  readonly about: readonly (string | null)[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** When it is made, epoch milliseconds. */
  readonly at: number;
}

/** What a request for a file of a table found. */
export interface FoundFile {
  readonly reader: QueryReader;
  readonly file: Omit<TableFile, "at">;
}

/** The route of a table as a file: asked for in the words of its page. */
export function tableFile(
  find: (services: AppContext, tableContext: TableContext, query: URLSearchParams) => Promise<FoundFile>,
): (ctx: Context<State>) => Promise<Response> {
  return async (ctx) => {
    const { services } = ctx.state;
    const tableContext = await createTableContext(services, pageZone(ctx.state));
    const { reader, file } = await find(services, tableContext, ctx.url.searchParams);
    return fileAnswer(reader, { ...file, at: tableContext.view.at });
  };
}

/** The format a request names. */
export function formatOf(reader: QueryReader): Format {
  return reader.word("format", FORMATS, "csv");
}

/**
 * The answer that is stored as a file. Cells that a spreadsheet would take for formulas are made harmless.
 *
 * @throws {HttpError} 400 for whatever in the request could not be read
 */
export function fileAnswer(reader: QueryReader, file: TableFile): Response {
  const format = formatOf(reader);
  refuseNotes(reader);
  const { head, row, tail } = rowFormat(format, file.what, file.columns, file.at);
  const body = head + file.rows.map((cells) => row(cells)).join("") + tail;
  return new Response(body, {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="${fileName(file, format)}"`,
      "cache-control": "no-store",
    },
  });
}

/** `syntrack-cycles-7d-acme-work-2026-11-19.csv`: only letters that every system takes. */
function fileName({ what, about, at }: TableFile, format: Format): string {
  const parts = ["syntrack", what, ...about, isoInstant(at).slice(0, 10)]
    .map((part) => (part ?? "").toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, ""))
    .filter((part) => part !== "");
  return `${parts.join("-").slice(0, 150)}.${format}`;
}
