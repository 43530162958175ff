/** A short block about the server in the background: whether it runs, since when, where, and what it writes. */
import { parseDatabaseFile } from "../base/database_name.ts";
import { logFiles } from "../daemon/log_file.ts";
import { type FoundRun, listRuns } from "../daemon/run_file.ts";
import { plain } from "../base/text.ts";
import { isoInstant, wallText } from "../model/time.ts";
import { formatAge } from "../model/view/format.ts";
import { bytesText } from "./bytes_text.ts";
import { formatPairs } from "./grid.ts";
import { pathsFor } from "./daemon_paths.ts";
import type { Tools } from "./tools.ts";
import { hasFlag } from "./values.ts";

/** Checks only files and locks, so that it takes no noticeable time. */
export async function daemonLines(tools: Tools): Promise<readonly string[]> {
  const { runs, log, database } = await look(tools);
  const zone = (await tools.dataLocation()).zone();
  const alive = runs.filter(({ alive }) => alive);
  const left = runs.filter(({ alive }) => !alive);
  const rows: (readonly [string, string])[] = alive.length > 0
    ? alive.map(({ run }): readonly [string, string] => [
      "Daemon",
      tools.paint.green(`● running`) +
      ` at ${run.url}, process ${run.pid}, since ${wallText(run.startedAt, zone)}` +
      `${run.log === null ? ", in the foreground" : ""}`,
    ])
    : [[
      "Daemon",
      `${tools.paint.dim("○ not running")}${left.map(({ run }) => leftText(run, tools)).join("")}`,
    ]];
  if (log.bytes > 0) rows.push(["Log", `${plain(log.path)} (${bytesText(log.bytes)})`]);
  rows.push([
    "Database",
    `${plain(database.path)} (${database.bytes === null ? "none yet" : bytesText(database.bytes)})`,
  ]);
  return formatPairs(rows, { paint: tools.paint, width: tools.width });
}

export async function daemonJson(tools: Tools) {
  const { runs, log, database } = await look(tools);
  return {
    running: runs.some(({ alive }) => alive),
    servers: runs.filter(({ alive }) => alive).map(({ run }) => ({
      pid: run.pid,
      url: run.url,
      port: run.port,
      since: isoInstant(run.startedAt),
      version: run.version,
      foreground: run.log === null,
    })),
    leftBehind: runs.filter(({ alive }) => !alive).map(({ run }) => ({
      pid: run.pid,
      port: run.port,
      since: isoInstant(run.startedAt),
    })),
    log,
    database,
  };
}

function leftText({ pid, startedAt }: FoundRun["run"], { now }: Tools): string {
  return `; process ${pid}, begun ${
    formatAge(now - startedAt)
  }, ended unexpectedly. \`syntrack start\` starts a new one`;
}

async function look(tools: Tools) {
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  const { dbPath } = await tools.dataLocation();
  return {
    runs: paths ? listRuns(paths.runFolder) : [],
    log: {
      path: paths?.logFile ?? "",
      bytes: paths ? logFiles(paths.logFile).reduce((sum, file) => sum + (readSize(file) ?? 0), 0) : 0,
    },
    database: { path: dbPath, bytes: readSize(parseDatabaseFile(dbPath) ?? "") },
  };
}

function readSize(path: string): number | null {
  try {
    return Deno.statSync(path).size;
  } catch {
    return null;
  }
}
