/** Tables as files: exactly the rows of the page, in its order, across all its pages. */
import type { Context } from "fresh";
import { roundNoise } from "../../base/text.ts";
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
  /** The filters they were selected by, for the file name. */
  readonly about: readonly (string | null)[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** When the file is made, epoch milliseconds. */
  readonly at: number;
}

/** The result of a request for a table as a file. */
export interface FoundFile {
  readonly reader: QueryReader;
  readonly file: Omit<TableFile, "at">;
}

/** Defines the route of a table as a file, with the same parameters as its page. */
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

/** Returns the format that a request names. */
export function parseFormat(reader: QueryReader): Format {
  return reader.word("format", FORMATS, "csv");
}

/**
 * Answers with a download. Cells that a spreadsheet would take for formulas are made harmless.
 *
 * @throws {HttpError} 400 for any part of the request that cannot be parsed
 */
export function fileAnswer(reader: QueryReader, file: TableFile): Response {
  const format = parseFormat(reader);
  refuseNotes(reader);
  const { head, row, tail } = rowFormat(format, file.what, file.columns, file.at);
  const body = head + file.rows.map((cells) => row(cells.map(withoutNoise))).join("") + tail;
  return new Response(body, {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="${fileName(file, format)}"`,
      "cache-control": "no-store",
    },
  });
}

function withoutNoise(cell: Cell): Cell {
  return typeof cell === "number" ? roundNoise(cell) : cell;
}

/** `syntrack-cycles-7d-acme-work-2026-11-19.csv`: only characters that every system accepts. */
function fileName({ what, about, at }: TableFile, format: Format): string {
  const parts = ["syntrack", what, ...about, isoInstant(at).slice(0, 10)]
    .map((part) => (part ?? "").toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, ""))
    .filter((part) => part !== "");
  return `${parts.join("-").slice(0, 150)}.${format}`;
}
