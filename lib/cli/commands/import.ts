/**
 * `syntrack import`: an export, read back in. The whole file is checked before anything is
 * written, and all of it is written in one transaction, so that whatever goes wrong, down to
 * a lost process, leaves the database as it was.
 */
import { dirname, join, resolve } from "node:path";
import { openStore } from "../../app/compose.ts";
import { engineRules } from "../../app/about.ts";
import { makeScratch, tidyScratch } from "../../app/scratch.ts";
import type { ImportedReading } from "../../formats/import_rows.ts";
import type { PastRow } from "../../store/store.ts";
import { applyRows } from "../../transfer/import_apply.ts";
import { createImportCheck, type ImportPlan } from "../../transfer/import_check.ts";
import { type ImportedLine, importedLines, lineFailure } from "../../transfer/import_lines.ts";
import {
  createPastCheck,
  type ImportedPast,
  type PastCounts,
  type PastWhat,
} from "../../transfer/import_past.ts";
import { importProgress, reportPast, reportReadings } from "../import_text.ts";
import type { ReadingsImport } from "../import_peer.ts";
import { interruptible } from "../interruptible.ts";
import { EXIT_OK, failure } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import { type Source, spoolInput } from "../spooled_input.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, textOf } from "../values.ts";

/** Of folders for what is being imported. */
const PREFIX = "syntrack-import-";

async function importData(tools: Tools): Promise<number> {
  return await interruptible(tools.io, "nothing was imported", (signal) => run(tools, signal));
}

async function run(tools: Tools, signal: AbortSignal): Promise<number> {
  const name = tools.typed.operands[0] ?? "";
  const dryRun = hasFlag(tools.typed, "dry-run");
  const program = checkedProgram(tools, { quiet: true });
  const peer = textOf(tools.typed, "from");
  if (peer !== undefined || textOf(tools.typed, "with-config") !== undefined) {
    const { importFromPeer } = await import("../import_peer.ts");
    return await importFromPeer(tools, { peer, name, dryRun, program, importReadings });
  }
  await using file = await sourceOf(name, tools, signal);
  const lines = () => importedLines(name, file.bytes(), signal);
  const what = await whatOf(lines());
  if (what !== "readings") {
    const counts = await importPast(name, lines(), tools);
    if (!dryRun && counts.missing > 0) {
      await using store = await openStore(program.config);
      await store.together(async () => {
        const rows = writeInBatches((batch) => store.supplement(batch));
        await importPast(name, lines(), tools, rows.take);
        if (await rows.end() !== counts.missing) {
          throw failure("The database or the file has changed meanwhile", "Nothing was imported; try again");
        }
      });
    }
    reportPast(tools, { what, counts, dryRun }, (await tools.place()).zone());
    return EXIT_OK;
  }
  const plan = await importReadings(tools, { name, lines, dryRun, program });
  reportReadings(tools, plan, dryRun, (await tools.place()).zone());
  return EXIT_OK;
}

/** Checks all of the rows, then takes them in, unless it is a dry run. @throws {CliError} and then nothing was imported */
async function importReadings(
  tools: Tools,
  { name, lines, dryRun, program }: ReadingsImport,
): Promise<ImportPlan> {
  const plan = await checkReadings(name, lines(), tools);
  if (!dryRun && plan.readings > 0) {
    const progress = importProgress(tools, plan.readings);
    await using scratch = await makeScratch(PREFIX);
    await tidyScratch(PREFIX, dirname(scratch.path));
    try {
      await using store = await openStore(program.config);
      await using stage = await openStore({ ...program.config, dbPath: join(scratch.path, "stage.db") });
      const rules = engineRules(program.config);
      await applyRows(readingsOf(lines()), { store, stage, plan, rules, onProgress: progress });
    } finally {
      progress(null);
    }
  }
  return plan;
}

export { importData as import };

/** All rows of a file are of one kind, which the first one tells. */
async function whatOf(lines: AsyncIterable<ImportedLine>): Promise<"readings" | PastWhat> {
  for await (const { row } of lines) return row.what;
  return "readings";
}

async function* readingsOf(lines: AsyncIterable<ImportedLine>): AsyncIterable<ImportedReading> {
  for await (const { row } of lines) if (row.what === "readings") yield row;
}

/** Goes through the whole file beside the database as it is; nothing is written. */
async function checkReadings(
  name: string,
  lines: AsyncIterable<ImportedLine>,
  tools: Tools,
): Promise<ImportPlan> {
  const checking = createImportCheck(await tools.storeIfAny(), tools.now);
  for await (const { line, row } of lines) {
    const problem = row.what === "readings" ? await checking.problemOf(row) : "is no reading";
    if (problem !== null) throw lineFailure(name, line, problem);
  }
  return checking.plan();
}

/** The same for what follows from readings. */
async function importPast(
  name: string,
  lines: AsyncIterable<ImportedLine>,
  tools: Tools,
  take: (row: PastRow) => Promise<void> = () => Promise.resolve(),
): Promise<PastCounts> {
  const checking = createPastCheck(await tools.storeIfAny(), take);
  for await (const { line, row } of lines) {
    const problem = row.what === "readings" ? "is a reading" : await checking.problemOf(row as ImportedPast);
    if (problem !== null) throw lineFailure(name, line, problem);
  }
  await checking.end();
  return checking.counts;
}

/** Rows written at once. */
const BATCH = 1_000;

function writeInBatches(write: (rows: readonly PastRow[]) => Promise<number>) {
  let batch: PastRow[] = [];
  let written = 0;
  const flush = async () => {
    written += await write(batch);
    batch = [];
  };
  return {
    take: async (row: PastRow) => {
      if (batch.push(row) >= BATCH) await flush();
    },
    /** Resolves to the number of all that were written. */
    end: async () => {
      await flush();
      return written;
    },
  };
}

async function sourceOf(name: string, { io }: Tools, signal: AbortSignal): Promise<Source> {
  if (name === "-") return await spoolInput(io.stdin(), signal);
  const path = resolve(io.cwd, name);
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new Error("It is a folder");
    if (!isFile) return await spoolInput((await Deno.open(path)).readable, signal);
    // Opened once more than needed, to tell now what cannot be read.
    Deno.openSync(path).close();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      `Cannot read ${JSON.stringify(name)}: ${reason}`,
      "Name a file that `syntrack export` wrote, or -",
    );
  }
  return { bytes: () => Deno.openSync(path).readable, [Symbol.asyncDispose]: () => Promise.resolve() };
}
