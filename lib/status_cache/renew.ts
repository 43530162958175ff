/**
 * Computes the stored lines again after readings have changed, so that the bars that ask for them need not wait. Only
 * lines that a bar waited for not long ago, and only of this database.
 */
import { writeCacheFile } from "../base/cache_file.ts";
import { VERSION } from "../base/version.ts";
import { type ComputedLine, fileStates, type LineRequest, type StoredLine } from "./cache.ts";
import { LINES } from "./store_line.ts";

/** After this long a bar waits once more; one that is no longer there costs nothing from then on. */
const MAX_REQUEST_AGE_MS = 15 * 60_000;
/** A line and its tooltip are far shorter. */
const MAX_BYTES = 256 * 1024;

export interface RenewOptions {
  /** The user's home folder, which contains the cache. */
  readonly home: string;
  /** Absolute path of the database whose readings have changed. */
  readonly dbPath: string;
  readonly now: () => number;
  /** Computes a line from what the database contains now; null when only the command itself can. */
  readonly compute: (request: LineRequest, now: number) => Promise<ComputedLine | null>;
}

/** Resolves to the number of lines that were computed again. Never rejects: a line that is not is computed by its bar. */
export async function renewLines({ home, dbPath, now, compute }: RenewOptions): Promise<number> {
  const folder = { ...LINES, path: `${home.replaceAll("\\", "/")}/${LINES.path}` };
  let count = 0;
  for (const name of listFiles(folder.path)) {
    try {
      const line = readStored(`${folder.path}/${name}`);
      const at = now();
      if (line === null || !isWanted(line, dbPath, at)) continue;
      const own = [dbPath, `${dbPath}-wal`];
      // Before reading, so that a change meanwhile is noticed.
      const states = new Map(fileStates(own));
      const computed = await compute(line.request, at);
      if (computed === null) continue;
      // Whether settings have changed is for the bar to find out, which has the variables that name their files.
      const files = line.files.map(([path, state]) => [path, states.get(path) ?? state] as const);
      const { request } = line;
      const { text, code, changesAt } = computed;
      const renewed: StoredLine = { text, code, changesAt, at, files, request };
      writeCacheFile(folder, name, new TextEncoder().encode(JSON.stringify(renewed)));
      count++;
    } catch {
      // The bar computes it, or says what is wrong.
    }
  }
  return count;
}

function listFiles(folder: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(".json"));
  } catch {
    // No bar ever asked.
    return [];
  }
}

/** @throws for a file that is none of ours */
function readStored(path: string): StoredLine | null {
  const { isFile, size } = Deno.lstatSync(path);
  return isFile && size <= MAX_BYTES ? JSON.parse(Deno.readTextFileSync(path)) : null;
}

function isWanted({ request, files }: Partial<StoredLine>, dbPath: string, now: number): boolean {
  return request?.version === VERSION && request.dbPath === dbPath && now >= request.at &&
    now - request.at < MAX_REQUEST_AGE_MS && Array.isArray(files) && files.some(([path]) => path === dbPath);
}
