/**
 * Reads what was appended to event files since the last time. The last line counts once it is complete; a
 * truncated, replaced or restarted file is read from its start; lines that are not events are skipped and
 * reported.
 */
import { createHash } from "node:crypto";
import { join } from "../base/path.ts";
import type { Log } from "../provider/context.ts";
import { MAX_LINE, parseEvent } from "./event.ts";
import type { EventStore, FileState, NewLine } from "./event_store.ts";

/** Retention of events; older ones are deleted, and ignored when they arrive late. */
export const RETENTION_MS = 60 * 86_400_000;
const CHUNK_BYTES = 1024 * 1024;
/** Maximum read from one file at a time; the rest waits for the next pass. */
const MAX_CHUNKS = 32;
const HEAD_BYTES = 256;
const NEWLINE = 10;

export interface TailParts {
  readonly folder: string;
  readonly store: EventStore;
  readonly now: number;
  readonly log: Pick<Log, "warn">;
}

/** Imports new lines from all files. Reports unreadable files and skips them. */
export async function readEvents(parts: TailParts): Promise<number> {
  const names = fileNames(parts.folder);
  let added = 0;
  for (const name of names) {
    try {
      added += await readFile(name, parts);
    } catch (error) {
      parts.log.warn("Cannot read a file of events", {
        file: name,
        reason: error instanceof Error ? error.name : "unknown",
      });
    }
  }
  parts.store.prune(parts.now - RETENTION_MS, names);
  return added;
}

/** Plain files only: a link could lead anywhere. */
function fileNames(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile, name }) => isFile && name.endsWith(".jsonl"))
      .map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function readFile(name: string, { folder, store, now, log }: TailParts): Promise<number> {
  using file = await Deno.open(join(folder, name));
  const info = await file.stat();
  const identity = info.ino === null ? "" : `${info.dev}:${info.ino}`;
  const before = store.stateOf(name);
  const isSame = before !== null && info.size >= before.offset && before.identity === identity &&
    before.head === await readHead(file, before.offset);
  let [added, skipped] = [0, 0];
  let state = { before, after: isSame ? before : restartState(before, identity) };
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const bytes = await readAt(
      file,
      state.after.offset,
      Math.min(CHUNK_BYTES, info.size - state.after.offset),
    );
    const { lines, used, skipping } = linesIn(bytes, state.after.skipping, now);
    if (chunk > 0 && used === 0) break;
    const offset = state.after.offset + used;
    const after: FileState = { ...state.after, offset, skipping, head: await readHead(file, offset) };
    const appended: number | null = store.append(name, state.before, after, lines);
    // Another process reads the same file and continues from there.
    if (appended === null) break;
    added += appended;
    skipped += lines.filter(({ event }) => event === null).length;
    state = { before: after, after };
    if (used === 0 || after.offset >= info.size) break;
  }
  if (skipped > 0) log.warn("Skipped lines that are not events", { file: name, lines: skipped });
  return added;
}

/** Returns the initial state of a file that is new or has been replaced. */
function restartState(before: FileState | null, identity: string): FileState {
  return { generation: (before?.generation ?? 0) + 1, identity, head: "", offset: 0, skipping: false };
}

/**
 * Hashes the head of a file, as far as it was processed: a file
 * that was truncated and grew again has a different one.
 */
async function readHead(file: Deno.FsFile, offset: number): Promise<string> {
  const bytes = await readAt(file, 0, Math.min(HEAD_BYTES, offset));
  return `${bytes.length}:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function readAt(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, length));
  await file.seek(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

interface Lines {
  readonly lines: readonly NewLine[];
  /** Number of processed bytes. */
  readonly used: number;
  readonly skipping: boolean;
}

function linesIn(bytes: Uint8Array, skipping: boolean, now: number): Lines {
  const lines: NewLine[] = [];
  let start = 0;
  let isRest = skipping;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    if (!isRest) lines.push(...decodeLine(bytes.subarray(start, end), now));
    isRest = false;
    start = end + 1;
  }
  const open = bytes.length - start;
  // Text longer than any line will never become one: skip to its end.
  if (open > MAX_LINE || (isRest && open > 0)) {
    if (!isRest) lines.push({ hash: "too-long", event: null });
    return { lines, used: bytes.length, skipping: true };
  }
  return { lines, used: start, skipping: isRest };
}

function decodeLine(bytes: Uint8Array, now: number): readonly NewLine[] {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return [{ hash, event: null }];
  }
  if (text === "") return [];
  const event = parseEvent(text, now);
  // An event past its retention is not an error.
  return event && event.at < now - RETENTION_MS ? [] : [{ hash, event }];
}
