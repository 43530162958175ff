/**
 * `syntrack import`: reads an export back in. Checks the whole file and computes the result beside the
 * database, then writes it in one transaction: any failure, even a killed process, leaves the database as it
 * was.
 */
import { explainError } from "../../base/text.ts";
import { basename, dirname, join, resolve } from "../../base/path.ts";
import type { AuditFacts } from "../../access/access.ts";
import { openStore } from "../../app/compose.ts";
import { engineRules } from "../../app/about.ts";
import { makeScratch, tidyScratch } from "../../app/scratch.ts";
import type { ImportedKind } from "../../formats/import_rows.ts";
import type { PastRow, Store } from "../../store/store.ts";
import { createStaging, type Staging } from "../../transfer/import_apply.ts";
import { createImportCheck, type ImportPlan } from "../../transfer/import_check.ts";
import { type ImportedLine, lineFailure, readImportedLines } from "../../transfer/import_lines.ts";
import { createPastCheck, type PastCounts } from "../../transfer/import_past.ts";
import { importProgress, reportPast, reportReadings } from "../import_text.ts";
import type { ReadingsImport } from "../import_peer.ts";
import { runInterruptible } from "../interruptible.ts";
import { EXIT_OK, failure } from "../io.ts";
import { checkProgram } from "../program_for.ts";
import { type Source, spoolInput } from "../spooled_input.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

/** Prefix of temporary folders for an import. */
const PREFIX = "syntrack-import-";

async function importData(tools: Tools): Promise<number> {
  return await runInterruptible(tools.io, "nothing was imported", (signal) => run(tools, signal));
}

async function run(tools: Tools, signal: AbortSignal): Promise<number> {
  const name = tools.typed.operands[0] ?? "";
  const dryRun = hasFlag(tools.typed, "dry-run");
  const program = checkProgram(tools, { quiet: true });
  const peer = parseTypedText(tools.typed, "from");
  if (peer !== undefined || parseTypedText(tools.typed, "with-config") !== undefined) {
    const { importFromPeer } = await import("../import_peer.ts");
    return await importFromPeer(tools, { peer, name, dryRun, program, signal, importReadings });
  }
  await using file = await readSource(name, tools, signal);
  const { isFullExport } = await import("../../transfer/full_import.ts");
  if (await isFullExport(file.bytes())) {
    const { importEverything } = await import("../import_everything.ts");
    return await importEverything(tools, { name, file, dryRun, program, signal, prefix: PREFIX });
  }
  const readLines = () => readImportedLines(name, file.bytes(), signal);
  const what = await detectContent(readLines());
  if (what === "notes") {
    const { importNotes } = await import("../import_notes.ts");
    return await importNotes(tools, { name, lines: readLines(), dryRun, program });
  }
  if (what !== "readings") {
    const counts = await importPast(name, readLines(), tools);
    if (!dryRun && counts.missing > 0) {
      await using store = await openStore(program.config);
      const rows = inBatches((take) => importPast(name, readLines(), tools, take));
      if (await store.supplement(rows, counts.missing) !== counts.missing) {
        throw failure(
          "The database or the file changed during the import",
          "Nothing was imported; try again",
        );
      }
    }
    tools.recordAction(describeImport(name, { dryRun, rows: counts.missing, what }));
    reportPast(tools, { what, counts, dryRun }, (await tools.dataLocation()).zone());
    return EXIT_OK;
  }
  const plan = await importReadings(tools, { name, lines: readLines, dryRun, program });
  tools.recordAction(describeImport(name, { dryRun, rows: plan.readings, what }));
  reportReadings(tools, plan, dryRun, (await tools.dataLocation()).zone());
  return EXIT_OK;
}

/** Returns null when nothing was imported. */
function describeImport(name: string, { dryRun, rows, what }: {
  readonly dryRun: boolean;
  readonly rows: number;
  readonly what: string;
}): Partial<AuditFacts> | null {
  if (dryRun || rows === 0) return null;
  return { target: name === "-" ? "stdin" : basename(name), detail: { what, rows } };
}

/**
 * Checks all rows and computes the result beside the database; then adds all of it, unless it is a dry run.
 * @throws {CliError} and then nothing was imported
 */
async function importReadings(
  tools: Tools,
  { name, lines, dryRun, program, skipsExpired }: ReadingsImport,
): Promise<ImportPlan> {
  const progress = importProgress(tools);
  await using disposal = new AsyncDisposableStack();
  disposal.defer(() => progress(null));
  const stage = async () => {
    const scratch = disposal.use(await makeScratch(PREFIX));
    await tidyScratch(PREFIX, dirname(scratch.path));
    const dbPath = join(scratch.path, "stage.db");
    return disposal.use(await openStore({ ...program.config, dbPath }, { temporary: true }));
  };
  const store = await tools.storeIfAny();
  const rules = engineRules(program.config);
  const staging = dryRun ? null : createStaging({ store, stage, rules, onProgress: progress });
  const plan = await readReadings({ name, lines: lines(), now: tools.now, store, staging, skipsExpired });
  if (staging && plan.readings > 0) {
    if (await staging.end() !== plan.readings) {
      throw failure("The database changed during the import", "Nothing was imported; try again");
    }
    await using own = await openStore(program.config);
    await staging.adoptInto(own);
  }
  return plan;
}

export { importData as import };

/** Determines the kind of all rows of a file by the first one. */
async function detectContent(lines: AsyncIterable<readonly ImportedLine[]>): Promise<ImportedKind> {
  for await (const [first] of lines) if (first) return first.row.what;
  return "readings";
}

interface Reader {
  readonly name: string;
  readonly lines: AsyncIterable<readonly ImportedLine[]>;
  readonly now: number;
  readonly store: Store | null;
  /** Null in a dry run. */
  readonly staging: Staging | null;
  readonly skipsExpired?: boolean | undefined;
}

/** Processes the whole file beside the database, which stays unchanged. */
async function readReadings(
  { name, lines, now, store, staging, skipsExpired = false }: Reader,
): Promise<ImportPlan> {
  const checking = createImportCheck(store, now, { skipsExpired });
  for await (const batch of lines) {
    for (const { line, row } of batch) {
      if (row.what !== "readings") throw lineFailure(name, line, "is not a reading");
      // Most rows need no waiting, and awaiting each would take longer than the rest.
      const closing = staging?.before(row);
      if (closing) await closing;
      const found = checking.problemOf(row);
      const problem = found instanceof Promise ? await found : found;
      if (problem !== null) throw lineFailure(name, line, problem);
      staging?.take(row, checking.planOf(row.account));
    }
  }
  return checking.plan();
}

/** Does this for what is derived from readings. */
async function importPast(
  name: string,
  lines: AsyncIterable<readonly ImportedLine[]>,
  tools: Tools,
  take: (row: PastRow) => Promise<void> = () => Promise.resolve(),
): Promise<PastCounts> {
  const checking = createPastCheck(await tools.storeIfAny(), take);
  for await (const batch of lines) {
    for (const { line, row } of batch) {
      const problem = row.what === "readings" || row.what === "notes"
        ? `belongs to ${row.what}, unlike the rows before it`
        : await checking.problemOf(row);
      if (problem !== null) throw lineFailure(name, line, problem);
    }
  }
  await checking.end();
  return checking.counts;
}

/** Rows written at once. */
const BATCH = 1_000;

/** Yields in batches the rows that `read` passes on one by one, at the reader's pace. */
async function* inBatches(
  read: (take: (row: PastRow) => Promise<void>) => Promise<unknown>,
): AsyncIterable<readonly PastRow[]> {
  const { readable, writable } = new TransformStream<readonly PastRow[], readonly PastRow[]>();
  const writer = writable.getWriter();
  let batch: PastRow[] = [];
  const reading = read(async (row) => {
    if (batch.push(row) < BATCH) return;
    await writer.write(batch);
    batch = [];
  }).then(async () => {
    await writer.write(batch);
    await writer.close();
  }).catch((error) => writer.abort(error).catch(() => {}));
  yield* readable;
  await reading;
}

async function readSource(name: string, { io }: Tools, signal: AbortSignal): Promise<Source> {
  if (name === "-") return await spoolInput(io.stdin(), signal);
  const path = resolve(io.cwd, name);
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new Error("It is a folder");
    if (!isFile) return await spoolInput((await Deno.open(path)).readable, signal);
    // Opens the file once more than needed, to report an unreadable one now.
    Deno.openSync(path).close();
  } catch (error) {
    const reason = explainError(error);
    throw failure(
      `Cannot read ${JSON.stringify(name)}: ${reason}`,
      "Give a file that `syntrack export` wrote, or - for stdin",
    );
  }
  return { bytes: () => Deno.openSync(path).readable, [Symbol.asyncDispose]: () => Promise.resolve() };
}
