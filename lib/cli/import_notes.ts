/** `syntrack import` of exported notes: adds those that are missing, all of them or none. */
import { basename } from "../base/path.ts";
import { openStore } from "../app/compose.ts";
import type { SetUp } from "../app/set_up.ts";
import { type ImportedLine, lineFailure } from "../transfer/import_lines.ts";
import { createNoteCheck, storeNotes } from "../transfer/import_notes.ts";
import { reportNotes } from "./import_text.ts";
import { EXIT_OK, failure } from "./io.ts";
import type { Tools } from "./tools.ts";

export interface NotesImport {
  /** Name of the file; - for stdin. */
  readonly name: string;
  readonly lines: AsyncIterable<readonly ImportedLine[]>;
  readonly dryRun: boolean;
  readonly program: SetUp;
}

/** @throws {CliError} and then nothing was imported */
export async function importNotes(
  tools: Tools,
  { name, lines, dryRun, program }: NotesImport,
): Promise<number> {
  const checking = await createNoteCheck((await tools.storeIfAny())?.docs ?? null, tools.now);
  for await (const batch of lines) {
    for (const { line, row } of batch) {
      const problem = row.what === "notes" ? checking.problemOf(row) : "is not a note";
      if (problem !== null) throw lineFailure(name, line, problem);
    }
  }
  const counts = checking.counts();
  if (!dryRun && counts.missing.length > 0) {
    await using store = await openStore(program.config);
    if (!await storeNotes(store.docs, counts.missing, tools.now)) {
      throw failure("Notes changed during the import", "Nothing was imported; try again");
    }
    tools.recordAction({
      target: name === "-" ? "stdin" : basename(name),
      detail: { what: "notes", rows: counts.missing.length },
    });
  } else {
    tools.recordAction(null);
  }
  reportNotes(tools, counts, dryRun, (await tools.dataLocation()).zone());
  return EXIT_OK;
}
