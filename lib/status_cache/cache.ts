/**
 * Caches the last line of `status --brief` and `--format` for desktop bars, which request it every few seconds: it is
 * printed again for half a minute, as long as neither readings nor settings change. A process that stores readings
 * computes it again (`renew.ts`). Loaded before anything else,
 * so it imports nothing but the version.
 */
import { VERSION } from "../base/version.ts";

/** A line is accurate to the minute, so it is never off by more than one. */
const MAX_AGE_MS = 30_000;
/** The variables a line depends on; those of vendors do not count, because no login is looked up. */
const VARIABLE =
  /^(?:SYNTRACK_\w+|DATABASE_PATH|DATA_DIR|REFRESH_INTERVAL|TZ|LANG|LC_\w+|TERM|COLUMNS|NO_COLOR|HOME|USERPROFILE)$/;

/** What a line depends on besides files. */
export interface Caller {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | null;
  /** Width of the terminal it is printed to; null for none. */
  readonly columns: number | null;
}

export interface CachedLine {
  readonly text: string;
  readonly code: number;
}

export interface ComputedLine extends CachedLine {
  /** When a quota next resets or runs out, after which the line may be wrong; null for none. */
  readonly changesAt: number | null;
}

/** A line together with what it depends on. */
export interface StoredLine extends ComputedLine {
  /** When it was computed, epoch milliseconds. */
  readonly at: number;
  readonly files: FileStates;
  /** What was asked, for a process that computes it again when readings change. */
  readonly request: LineRequest;
}

/** All that another process needs to compute a line; it contains no secret. */
export interface LineRequest {
  /** Of the program that computed it first: another one may word it differently. */
  readonly version: string;
  /** When a bar last waited for it, epoch milliseconds. */
  readonly at: number;
  readonly dbPath: string;
  /** The IANA zone of days. */
  readonly zone: string;
  /** Columns the line has to fit; null for any number. */
  readonly width: number | null;
  /** Whether only plain characters can be shown. */
  readonly isAscii: boolean;
  /** The options that say what the line shows, by name without dashes. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** Changes when an administrator sets another time zone: it is a link, and the link itself counts. */
export const SYSTEM_ZONE = "/etc/localtime";

/** Size and time of each file at an instant; the state of a missing or empty file is empty. */
export type FileStates = readonly (readonly [path: string, state: string])[];

/** Reports whether the arguments request a cacheable line. Options such as `--now` and `--url` bypass the cache. */
export function mayCache([command, ...rest]: readonly string[]): boolean {
  const has = (name: string) => rest.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  return command === "status" && ["brief", "format", "template"].some(has) &&
    !["now", "url", "long", "daemon", "test", "help"].some(has) && !rest.includes("-h");
}

/** Prints the cached line and sets the exit code; resolves to false when there is no valid one. */
export async function printCached(args: readonly string[]): Promise<boolean> {
  try {
    const env = Deno.env.toObject();
    const home = env.HOME || (Deno.build.os === "windows" && env.USERPROFILE) || null;
    const columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : null;
    const line = await readLine({ args, env, cwd: Deno.cwd(), home, columns }, Date.now());
    if (line === null) return false;
    const bytes = new TextEncoder().encode(line.text);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    Deno.exitCode = line.code;
    return true;
  } catch {
    // The command itself reports what is wrong.
    return false;
  }
}

/** Returns the caller's line, if nothing it depends on has changed. */
export async function readLine(caller: Caller, now: number): Promise<CachedLine | null> {
  const path = await pathFor(caller);
  if (path === null) return null;
  const { at, changesAt, text, code, files } = JSON.parse(await Deno.readTextFile(path));
  const isRecent = typeof at === "number" && now >= at && now - at < MAX_AGE_MS &&
    (changesAt === null || now < changesAt);
  const isSame = Array.isArray(files) && files.every(([file, state]) => readFileState(file) === state);
  return isRecent && isSame && typeof text === "string" && Number.isInteger(code) ? { text, code } : null;
}

/** Returns the state of the files a line depends on. Call it before reading them, so that later changes are noticed. */
export function fileStates(paths: readonly string[]): FileStates {
  return paths.map((path) => [path, readFileState(path)]);
}

/** Stores only a hash of the variables, because some contain secrets. */
export async function pathFor({ args, env, cwd, home, columns }: Caller): Promise<string | null> {
  if (home === null) return null;
  const variables = Object.entries(env).filter(([name]) => VARIABLE.test(name)).sort();
  const facts = JSON.stringify([VERSION, args, variables, cwd, columns]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(facts));
  const name = Array.from(new Uint8Array(hash, 0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${home.replaceAll("\\", "/")}/.syntrack/cache/status/${name}.json`;
}

function readFileState(path: string): string {
  try {
    const { mtime, size } = path === SYSTEM_ZONE ? Deno.lstatSync(path) : Deno.statSync(path);
    return size === 0 ? "" : `${mtime?.getTime() ?? 0}:${size}`;
  } catch {
    return "";
  }
}
