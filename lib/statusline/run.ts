/**
 * `syntrack statusline`: prints one line for Claude Code's bar and stores the
 * limits it received for the poller. It sends no request, reads two small
 * files, and always exits with 0: a failing command blanks the bar.
 */
import { statuslineOptions } from "./arguments.ts";
import { lastFeedAt, parseFeed, serializeFeed, type SessionFeed, type Slot, withReport } from "./feed.ts";
import { type StatusInput, statusInput } from "./input.ts";
import { statusLine } from "./line.ts";
import { hashCredential, sessionLogin, tokenIn } from "./login.ts";
import { runChained } from "./chain.ts";

const MAX_INPUT_BYTES = 1024 * 1024;
/** The input is available at start; a caller that never ends it must not block the bar. */
const INPUT_MS = 500;

export async function statusline(args: readonly string[]): Promise<void> {
  try {
    const env = Deno.env.toObject();
    const options = statuslineOptions(args, env);
    const text = await readInput();
    const chained = options.chain === null ? null : await runChained(options.chain, text);
    const input = statusInput(text);
    const now = Date.now();
    const feed = await record(env, input, now);
    const line = statusLine(input, feed, now, options);
    await write(chained ? `${chained.replace(/\n+$/, "")}\n${line}\n` : `${line}\n`);
  } catch {
    // A closed pipe, no home, no read permission: no reason for a blank bar.
  }
}

async function readInput(): Promise<string> {
  if (Deno.stdin.isTerminal()) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = Deno.stdin.readable.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), INPUT_MS);
  for (;;) {
    const { done, value } = await reader.read();
    if (done || size > MAX_INPUT_BYTES) break;
    chunks.push(value);
    size += value.length;
  }
  clearTimeout(timer);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(whole);
}

/** Stores new limits, and returns the known limits of this login. */
async function record(
  env: Readonly<Record<string, string | undefined>>,
  { windows, session, answeredMs }: StatusInput,
  now: number,
): Promise<SessionFeed | null> {
  const own: SessionFeed | null = Object.keys(windows).length === 0
    ? null
    : { at: now, credential: null, windows };
  const home = env.HOME || env.USERPROFILE;
  const place = home ? await readPlace(env, home) : null;
  // Their owner is unknown: show them, but do not store them.
  if (!home || place === null) return own;
  const { slot, credential } = place;
  const folder = `${home}/.syntrack/feeds`;
  const path = `${folder}/claude-code.json`;
  const feed = parseFeed(readFileText(path));
  const before = lastFeedAt(feed, slot);
  const after = withReport(before, { at: now, credential, windows, session, answeredMs });
  if (after !== undefined && after !== before) {
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Write under another name first: readers then find either the complete new file or the old one.
      const part = `${path}.${Deno.pid}.part`;
      Deno.writeTextFileSync(part, serializeFeed(feed, slot, after), { mode: 0o600 });
      Deno.renameSync(part, path);
    } catch {
      // Read-only or full: print the line anyway.
    }
  }
  return after?.credential === credential ? after : own;
}

interface Place {
  readonly slot: Slot;
  readonly credential: string | null;
}

/** Returns where to store this session's limits, or null when their owner is unknown. */
async function readPlace(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<Place | null> {
  const login = sessionLogin(env);
  if (login.kind === "unknown") return null;
  if (login.kind === "token") {
    const credential = await hashCredential(login.token);
    return { slot: { kind: "tokens", name: credential }, credential };
  }
  const tool = env.CLAUDE_CONFIG_DIR?.replace(/[/\\]+$/, "") ?? "";
  let token: string | null | undefined;
  try {
    token = tokenIn(readText(`${tool || `${home}/.claude`}/.credentials.json`));
  } catch {
    // The file exists, but its owner cannot be determined.
  }
  if (token === undefined) return null;
  const credential = token === null ? null : await hashCredential(token);
  return { slot: { kind: "homes", name: tool }, credential };
}

function readFileText(path: string): string | null {
  try {
    return readText(path);
  } catch {
    return null;
  }
}

/**
 * Returns a file's text without the byte order mark that Windows
 * editors and shells add; null when there is no file.
 */
function readText(path: string): string | null {
  try {
    return new TextDecoder().decode(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function write(text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
}
