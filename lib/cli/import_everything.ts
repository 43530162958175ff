/** `syntrack import` of an export of everything: into an empty database, whatever its engine. */
import { basename, join } from "../base/path.ts";
import { openStore } from "../app/compose.ts";
import { openStage } from "../app/open_store.ts";
import { makeScratch } from "../app/scratch.ts";
import type { SetUp } from "../app/set_up.ts";
import { type FullExport, readFullExport, storeFullExport } from "../transfer/full_import.ts";
import { countText } from "./count_text.ts";
import { EXIT_OK } from "./io.ts";
import type { Source } from "./spooled_input.ts";
import type { Tools } from "./tools.ts";

export interface WholeImport {
  readonly name: string;
  readonly file: Source;
  readonly dryRun: boolean;
  readonly program: SetUp;
  readonly signal: AbortSignal;
  /** Prefix of temporary folders for an import. */
  readonly prefix: string;
}

export async function importEverything(
  tools: Tools,
  { name, file, dryRun, program, signal, prefix }: WholeImport,
): Promise<number> {
  await using scratch = await makeScratch(prefix);
  const { store: staged, writer } = await openStage(join(scratch.path, "stage.db"));
  await using closing = new AsyncDisposableStack();
  closing.use(staged);
  const whole = await readFullExport(name, file.bytes(), writer, signal);
  if (!dryRun) {
    await using store = await openStore(program.config);
    await storeFullExport(store, staged, whole, tools.now);
    tools.recordAction({
      target: name === "-" ? "stdin" : basename(name),
      detail: { what: "everything", rows: whole.readings },
    });
  }
  report(tools, whole, dryRun);
  return EXIT_OK;
}

function report(tools: Tools, { accounts, readings, docs, audit }: FullExport, dryRun: boolean): void {
  const counts = { accounts: accounts.length, readings, documents: docs.length, auditRows: audit.length };
  if (tools.json) return tools.printJson({ what: "everything", dryRun, ...counts });
  tools.print(
    `${dryRun ? "Would import" : "Imported"} everything: ${countText(readings, "reading")} of ` +
      `${countText(accounts.length, "account")}, ${countText(docs.length, "document")}, ` +
      `${countText(audit.length, "row")} of the audit log`,
    ...dryRun ? [] : [
      "Credentials added by hand can only be decrypted with the key file of the database they come from",
    ],
  );
}
