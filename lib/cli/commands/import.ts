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
import { importedLines, lineFailure } from "../import_lines.ts";
import { EXIT_OK, failure } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

async function importData(tools: Tools): Promise<number> {
  const name = tools.typed.operands[0] ?? "";
  const dryRun = hasFlag(tools.typed, "dry-run");
  const program = checkedProgram(tools, { quiet: true });
  await using file = await sourceOf(name, tools);
  const plan = await check(name, file, tools);
  if (!dryRun && plan.readings > 0) {
    const progress = progressOn(tools, plan);
    await using store = await openStore(program.config);
    const rulesOf = accountRules(program.config, program.providers, () => tools.now);
    try {
      await store.together(() =>
        applyRows(importedLines(name, file.bytes()), { store, plan, rulesOf, onProgress: progress })
      );
    } finally {
      progress(null);
    }
  }
  report(tools, plan, dryRun, (await tools.place()).zone());
  return EXIT_OK;
}

export { importData as import };

/** Goes through the whole file beside the database as it is; nothing is written. */
async function check(name: string, file: Source, tools: Tools): Promise<ImportPlan> {
  const checking = createImportCheck(await tools.store(), tools.now);
  for await (const { line, row } of importedLines(name, file.bytes())) {
    const problem = await checking.problemOf(row);
    if (problem !== null) throw lineFailure(name, line, problem);
  }
  return checking.plan();
}

/** What can be read twice. */
interface Source extends AsyncDisposable {
  bytes(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

async function sourceOf(name: string, { io }: Tools): Promise<Source> {
  if (name !== "-") {
    const path = resolve(io.cwd, name);
    return { bytes: () => opened(path, name), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  // A pipe can be read only once, so it is kept in a file of its owner's until it was.
  const path = await Deno.makeTempFile({ prefix: "syntrack-import-" });
  const remove = () => Deno.remove(path);
  try {
    using spool = await Deno.open(path, { write: true });
    for await (const chunk of io.stdin()) {
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(await spool.write(rest));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { bytes: () => opened(path, name), [Symbol.asyncDispose]: remove };
}

function opened(path: string, name: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  try {
    return Deno.openSync(path).readable;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      `Cannot read ${JSON.stringify(name)}: ${reason}`,
      "Name a file that `syntrack export` wrote, or -",
    );
  }
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
