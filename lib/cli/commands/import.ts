/**
 * `syntrack import`: an export of readings, read back in. The whole file is checked before
 * anything is written, and all of it is written in one transaction, so that whatever goes
 * wrong, down to a lost process, leaves the database as it was.
 */
import { resolve } from "node:path";
import { openStore } from "../../compose.ts";
import { accountRules } from "../../compose/about.ts";
import { answerHead } from "../../dialects/conclusions.ts";
import { formatNumber } from "../../model/format.ts";
import { countText } from "../count_text.ts";
import { applyRows } from "../import_apply.ts";
import { createImportCheck, type ImportPlan } from "../import_check.ts";
import { type ImportedLine, importedLines, lineFailure } from "../import_lines.ts";
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
  const rows = () => importedLines(name, file.bytes(), signal);
  const plan = await check(name, rows(), tools);
  if (!dryRun && plan.readings > 0) {
    const progress = progressOn(tools, plan);
    await using store = await openStore(program.config);
    const rulesOf = accountRules(program.config, program.providers, () => tools.now);
    try {
      await store.together(() => applyRows(rows(), { store, plan, rulesOf, onProgress: progress }));
    } finally {
      progress(null);
    }
  }
  report(tools, plan, dryRun, (await tools.place()).zone());
  return EXIT_OK;
}

export { importData as import };

/** Goes through the whole file beside the database as it is; nothing is written. */
async function check(name: string, lines: AsyncIterable<ImportedLine>, tools: Tools): Promise<ImportPlan> {
  const checking = createImportCheck(await tools.store(), tools.now);
  for await (const { line, row } of lines) {
    const problem = await checking.problemOf(row);
    if (problem !== null) throw lineFailure(name, line, problem);
  }
  return checking.plan();
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

function progressOn({ io }: Tools, { readings }: ImportPlan): (done: number | null) => void {
  if (!io.stderr.isTty) return () => {};
  return (done) =>
    io.stderr.write(
      `\r\x1b[K${
        done === null ? "" : `Imported ${formatNumber(done)} of ${formatNumber(readings)} readings`
      }`,
    );
}

function report(tools: Tools, plan: ImportPlan, dryRun: boolean, zone: string): void {
  const { readings, polls, stored, accounts } = plan;
  if (tools.json) {
    tools.printJson({
      ...answerHead(tools.now, zone),
      dryRun,
      imported: dryRun ? 0 : readings,
      readings,
      polls,
      alreadyStored: stored,
      accounts,
    });
    return;
  }
  const did = dryRun ? "Would import" : "Imported";
  tools.print(
    `${did} ${countText(readings, "reading")} in ${countText(polls, "poll")}, of ${
      countText(accounts, "account")
    } in the file`,
  );
  if (stored > 0) tools.print(`${countText(stored, "reading")} stored already, passed over`);
}
