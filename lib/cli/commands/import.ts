/**
 * `syntrack import`: an export, read back in. The whole file is checked before anything is
 * written, and all of it is written in one transaction, so that whatever goes wrong, down to
 * a lost process, leaves the database as it was.
 */
import { join, resolve } from "node:path";
import { openStore } from "../../compose.ts";
import { rulesOf } from "../../compose/about.ts";
import type { ImportedReading } from "../../dialects/import_rows.ts";
import type { PastRow } from "../../store/store.ts";
import { applyRows } from "../import_apply.ts";
import { createImportCheck, type ImportPlan } from "../import_check.ts";
import { type ImportedLine, importedLines, lineFailure } from "../import_lines.ts";
import { createPastCheck, type ImportedPast, type PastCounts, type PastWhat } from "../import_past.ts";
import { importProgress, reportPast, reportReadings } from "../import_text.ts";
import { interruptible } from "../interruptible.ts";
import { EXIT_OK, failure } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

async function importData(tools: Tools): Promise<number> {
  return await interruptible(tools.io, "nothing was imported", (signal) => run(tools, signal));
}

async function run(tools: Tools, signal: AbortSignal): Promise<number> {
  const name = tools.typed.operands[0] ?? "";
  const dryRun = hasFlag(tools.typed, "dry-run");
  const program = checkedProgram(tools, { quiet: true });
  await using file = await sourceOf(name, tools, signal);
  const lines = () => importedLines(name, file.bytes(), signal);
  const what = await whatOf(lines());
  if (what !== "readings") {
    const counts = await goThroughPast(name, lines(), tools);
    if (!dryRun && counts.missing > 0) {
      await using store = await openStore(program.config);
      await store.together(async () => {
        const rows = takenInBatches((batch) => store.supplement(batch));
        await goThroughPast(name, lines(), tools, rows.take);
        if (await rows.end() !== counts.missing) {
          throw failure("The database or the file has changed meanwhile", "Nothing was imported; try again");
        }
      });
    }
    reportPast(tools, { what, counts, dryRun }, (await tools.place()).zone());
    return EXIT_OK;
  }
  const plan = await checkReadings(name, lines(), tools);
  if (!dryRun && plan.readings > 0) {
    const progress = importProgress(tools, plan.readings);
    const folder = await Deno.makeTempDir({ prefix: "syntrack-import-" });
    try {
      await using store = await openStore(program.config);
      await using stage = await openStore({ ...program.config, dbPath: join(folder, "stage.db") });
      const rules = rulesOf(program.config);
      await applyRows(readingsOf(lines()), { store, stage, plan, rules, onProgress: progress });
    } finally {
      progress(null);
      await Deno.remove(folder, { recursive: true });
    }
  }
  reportReadings(tools, plan, dryRun, (await tools.place()).zone());
  return EXIT_OK;
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
async function goThroughPast(
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

function takenInBatches(write: (rows: readonly PastRow[]) => Promise<number>) {
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

/** What can be read twice. */
interface Source extends AsyncDisposable {
  bytes(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

async function sourceOf(name: string, { io }: Tools, signal: AbortSignal): Promise<Source> {
  if (name === "-") return await spooled(io.stdin(), signal);
  const path = resolve(io.cwd, name);
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new Error("It is a folder");
    if (!isFile) return await spooled((await Deno.open(path)).readable, signal);
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

/** A pipe can be read only once, so it is kept in a file of its owner's as long as it is needed. */
async function spooled(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<Source> {
  const path = await Deno.makeTempFile({ prefix: "syntrack-import-" });
  const remove = () => Deno.remove(path);
  try {
    using spool = await Deno.open(path, { write: true });
    // Whoever writes into it may never end, and is not waited for after an interruption.
    const through = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    for await (const chunk of stream.pipeThrough(through, { signal })) {
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(await spool.write(rest));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { bytes: () => Deno.openSync(path).readable, [Symbol.asyncDispose]: remove };
}
