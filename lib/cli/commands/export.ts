/** `syntrack export`: writes stored data as CSV, JSON or JSON lines, in bounded memory. */
import { basename } from "../../base/path.ts";
import { rowFormat } from "../../formats/export.ts";
import { plain } from "../../base/text.ts";
import { openSubjects, type Subjects } from "../analysing.ts";
import { countText } from "../count_text.ts";
import { noteRows } from "../../transfer/export_notes.ts";
import { COLUMNS, exportRows, type Rows, STEP_WORDS } from "../../transfer/export_rows.ts";
import { runInterruptible } from "../interruptible.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { newFile } from "../new_file.ts";
import type { OpenRange } from "../../read/take_pages.ts";
import { readRange } from "../range.ts";
import { EXPORT_FORMATS, EXPORT_KINDS, type ExportFormat, type ExportKind } from "../table_export.ts";
import type { AccountRecord } from "../../store/store.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

/** Characters written at once. */
const CHUNK = 256 * 1024;

async function exportData(tools: Tools): Promise<number> {
  // A pipe needs no cleaning up: the system ends it at once.
  if (parseTypedText(tools.typed, "output") === undefined) return await run(tools);
  return await runInterruptible(tools.io, "nothing was written", (signal) => run(tools, signal));
}

async function run(tools: Tools, signal?: AbortSignal): Promise<number> {
  const { typed, now } = tools;
  const format: ExportFormat = readWord(tools, "format", EXPORT_FORMATS, tools.json ? "json" : "csv");
  const what: ExportKind = readWord(tools, "what", EXPORT_KINDS, "readings");
  if (what === "everything") {
    const { exportEverything } = await import("../export_everything.ts");
    return await exportEverything(tools, signal);
  }
  const step = STEP_WORDS[readWord(tools, "step", Object.keys(STEP_WORDS), "1h")]!;
  const range = readRange(typed, now, (await tools.dataLocation()).zone());
  // Without --now everything is exported, whatever the clocks that wrote it showed.
  const upTo = parseTypedText(typed, "now") === undefined ? Number.MAX_SAFE_INTEGER - 1 : now;
  const subjects = await openSubjects(tools, undefined, { withHidden: true });
  const name = parseTypedText(typed, "output");
  using file = name === undefined ? null : newFile(name, tools.io);
  const write = file ? (text: string) => file.write(text) : (text: string) => tools.io.stdout.write(text);

  const lines = rowFormat(format, what, COLUMNS[what], now);
  let text = lines.head;
  let count = 0;
  const batches = what === "notes"
    ? await readChosenNotes(tools, subjects, range)
    : subjects && exportRows(subjects, sortByKey(await tools.records({ withHidden: true })), {
      what,
      step,
      range,
      now: what === "readings" ? upTo : now,
    });
  if (batches) {
    for await (const rows of batches) {
      count += rows.length;
      if (signal) {
        // The store answers synchronously, so without a pause no signal would be handled.
        await tools.clock.sleep(0, signal);
        signal.throwIfAborted();
      }
      for (const cells of rows) {
        text += lines.row(cells);
        if (text.length < CHUNK) continue;
        write(text);
        text = "";
      }
    }
  }
  write(text + lines.tail);
  file?.keep();
  tools.recordAction({
    target: what,
    detail: { format, rows: count, to: name === undefined ? "stdout" : basename(name) },
  });
  if (name !== undefined) tools.report(`Wrote ${countText(count, "row")} to ${plain(name)}`);
  return EXIT_OK;
}

/** Returns the notes to export: notes can exist before any reading, and outlast their account. */
async function readChosenNotes(
  tools: Tools,
  subjects: Subjects | null,
  range: OpenRange,
): Promise<Rows | null> {
  const store = await tools.store();
  const isAll = ["provider", "account", "quota"].every((name) =>
    parseTypedText(tools.typed, name) === undefined
  );
  const accounts = isAll ? null : new Set<string>(subjects?.chosen.map(({ account }) => account));
  return store && noteRows(store, accounts, range, tools.now);
}

export { exportData as export };

function readWord<Word extends string>(
  { typed }: Tools,
  name: string,
  words: readonly Word[],
  byDefault: Word,
): Word {
  const text = parseTypedText(typed, name) ?? byDefault;
  const word = words.find((one) => one === text);
  if (word === undefined) {
    throw usageError(`--${name} takes ${words.join(", ")}, got ${JSON.stringify(text)}`);
  }
  return word;
}

/** Programs that merge exports rely on the plain order of characters, as `sort` has it. */
function sortByKey(records: readonly AccountRecord[]): readonly AccountRecord[] {
  return records.toSorted((a, b) => a.account < b.account ? -1 : 1);
}
