/**
 * `syntrack import --from TRACKER FILE`: imports another tracker's history, and reports what was imported,
 * what was not, and why.
 */
import { basename, resolve } from "../base/path.ts";
import type { SetUp } from "../app/set_up.ts";
import { plain } from "../base/text.ts";
import { answerHead } from "../formats/conclusions.ts";
import { formatNumber } from "../model/view/format.ts";
import type { ImportPlan } from "../transfer/import_check.ts";
import type { ImportedLine } from "../transfer/import_lines.ts";
import { type Peer, type PeerReport, peerRows } from "../transfer/peers/peer.ts";
import { openPeer } from "../transfer/peers/peer_database.ts";
import { countText } from "./count_text.ts";
import { reportReadings } from "./import_text.ts";
import { type TakenSettings, takeSettings } from "./import_settings.ts";
import { EXIT_OK, failure, usageError } from "./io.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

/** Rows passed on at once. */
const BATCH = 256;
const HEAR_EVERY = 16 * BATCH;

export interface ReadingsImport {
  /** The file, as messages name it. */
  readonly name: string;
  /** Yields its rows from the beginning. */
  readonly lines: () => AsyncIterable<readonly ImportedLine[]>;
  readonly dryRun: boolean;
  readonly program: SetUp;
}

interface PeerImport {
  readonly peer: string | undefined;
  readonly name: string;
  readonly dryRun: boolean;
  readonly program: SetUp;
  readonly signal: AbortSignal;
  readonly importReadings: (tools: Tools, what: ReadingsImport) => Promise<ImportPlan>;
}

export async function importFromPeer(
  tools: Tools,
  { peer, name, dryRun, program, signal, importReadings }: PeerImport,
): Promise<number> {
  if (peer === undefined) {
    throw usageError("--with-config requires --from, which says whose settings they are");
  }
  const path = resolve(tools.io.cwd, name);
  if (!isFile(path)) {
    throw failure(
      `Cannot read ${JSON.stringify(name)}: there is no such file`,
      "Give the path of the other tracker's database",
    );
  }
  const configFile = parseTypedText(tools.typed, "with-config");
  // Checked before anything is written, so that a missing file stops the whole import.
  const settings = configFile === undefined ? null : takeSettings(tools, program, configFile);
  let report: PeerReport = { taken: new Map(), left: new Map() };
  using db = openPeer(path);
  async function* readLines(): AsyncGenerator<readonly ImportedLine[]> {
    report = { taken: new Map(), left: new Map() };
    let line = 0;
    let batch: ImportedLine[] = [];
    for (const row of peerRows(db, peer as Peer, tools.io.clock.now(), report)) {
      if (batch.push({ line: ++line, row }) < BATCH) continue;
      yield batch;
      batch = [];
      // A program handles signals only while it waits.
      if (line % HEAR_EVERY === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      signal.throwIfAborted();
    }
    yield batch;
  }
  const plan = await importReadings(tools, { name, lines: readLines, dryRun, program });
  const target = basename(name);
  // Record the import before writing the settings, which may fail: the history is imported by now.
  tools.recordAction(
    !dryRun && plan.readings > 0 ? { target, detail: { from: peer, rows: plan.readings } } : null,
  );
  settings?.write(dryRun);
  if (!dryRun && settings !== null && settings.taken.length > 0) {
    tools.recordAction({ target, detail: { from: peer, settings: settings.taken.join(", ") } });
  }
  if (tools.json) return await printJson(tools, { peer, plan, dryRun, report, settings });
  reportReadings(tools, plan, dryRun, (await tools.dataLocation()).zone());
  tools.print(...reportLines(report, settings, dryRun));
  return EXIT_OK;
}

function reportLines(
  { taken, left }: PeerReport,
  settings: TakenSettings | null,
  dryRun: boolean,
): readonly string[] {
  return [
    "Taken:",
    ...[...taken].map(([table, { rows, readings }]) =>
      `  ${plain(table)}: ${countText(rows, "row")}, ${countText(readings, "reading")}`
    ),
    ...left.size === 0 ? [] : ["Not imported:"],
    ...[...left].map(([what, count]) => `  ${plain(what)} (${formatNumber(count)})`),
    ...settings === null ? [] : settings.lines(dryRun),
  ];
}

async function printJson(
  tools: Tools,
  { peer, plan, dryRun, report, settings }: {
    readonly peer: string;
    readonly plan: ImportPlan;
    readonly dryRun: boolean;
    readonly report: PeerReport;
    readonly settings: TakenSettings | null;
  },
): Promise<number> {
  tools.printJson({
    ...answerHead(tools.now, (await tools.dataLocation()).zone()),
    what: "readings",
    from: peer,
    dryRun,
    imported: dryRun ? 0 : plan.readings,
    readings: plan.readings,
    polls: plan.polls,
    alreadyStored: plan.stored,
    accounts: plan.accounts.size,
    taken: Object.fromEntries(report.taken),
    left: Object.fromEntries(report.left),
    settings: settings && { taken: settings.taken, left: settings.left },
  });
  return EXIT_OK;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
