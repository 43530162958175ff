/**
 * `syntrack statusline`: prints one line for the bar of Claude Code and leaves the limits it was handed for
 * whoever polls. It asks nobody, reads two small files, and ends with 0 whatever happens: a command
 * that fails blanks the bar.
 */
import { statuslineOptions } from "./arguments.ts";
import { lastFeedAt, parseFeed, serializeFeed, type SessionFeed, type Slot, withReport } from "./feed.ts";
import { type StatusInput, statusInput } from "./input.ts";
import { statusLine } from "./line.ts";
import { credentialOf, sessionLogin, tokenIn } from "./login.ts";
import { runChained } from "./chain.ts";

const MAX_INPUT_BYTES = 1024 * 1024;
/** The input is there when the program starts; a caller that never ends it must not hold the bar up. */
const INPUT_MS = 500;

export async function statusline(args: readonly string[]): Promise<void> {
  try {
    const env = Deno.env.toObject();
    const options = statuslineOptions(args, env);
    const text = await readInput();
    const chained = options.chain === null ? null : await runChained(options.chain, text);
    const input = statusInput(text);
    const now = Date.now();
    const fed = await record(env, input, now);
    const line = statusLine(input, fed, now, options);
    await write(chained ? `${chained.replace(/\n+$/, "")}\n${line}\n` : `${line}\n`);
  } catch {
    // A closed pipe, no home, no right to read: nothing of it is worth a blank bar.
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

/** Leaves what is new, and gives what is known of the limits of this login. */
async function record(
  env: Readonly<Record<string, string | undefined>>,
  { windows, session, answeredMs }: StatusInput,
  now: number,
): Promise<SessionFeed | null> {
  const own: SessionFeed | null = Object.keys(windows).length === 0
    ? null
    : { at: now, credential: null, windows };
  const home = env.HOME || env.USERPROFILE;
  const place = home ? await placeOf(env, home) : null;
  // Somebody's, and nobody knows whose: shown and not kept.
  if (!home || place === null) return own;
  const { slot, credential } = place;
  const folder = `${home}/.syntrack/feeds`;
  const path = `${folder}/claude-code.json`;
  const feed = parseFeed(textOf(path));
  const before = lastFeedAt(feed, slot);
  const after = withReport(before, { at: now, credential, windows, session, answeredMs });
  if (after !== undefined && after !== before) {
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Under another name first: whoever reads it finds all of it or the one before.
      const part = `${path}.${Deno.pid}.part`;
      Deno.writeTextFileSync(part, serializeFeed(feed, slot, after), { mode: 0o600 });
      Deno.renameSync(part, path);
    } catch {
      // Read-only, or full: the line is printed all the same.
    }
  }
  return after?.credential === credential ? after : own;
}

interface Place {
  readonly slot: Slot;
  readonly credential: string | null;
}

/** Where the limits of this session are kept, or null where it cannot be told whose they are. */
async function placeOf(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<Place | null> {
  const login = sessionLogin(env);
  if (login.kind === "unknown") return null;
  if (login.kind === "token") {
    const credential = await credentialOf(login.token);
    return { slot: { kind: "tokens", name: credential }, credential };
  }
  const tool = env.CLAUDE_CONFIG_DIR?.replace(/[/\\]+$/, "") ?? "";
  let token: string | null | undefined;
  try {
    token = tokenIn(readText(`${tool || `${home}/.claude`}/.credentials.json`));
  } catch {
    // It is there, and whose it is cannot be read.
  }
  if (token === undefined) return null;
  const credential = token === null ? null : await credentialOf(token);
  return { slot: { kind: "homes", name: tool }, credential };
}

function textOf(path: string): string | null {
  try {
    return readText(path);
  } catch {
    return null;
  }
}

/** The text of a file without a byte order mark, which editors and shells of Windows begin one with; null: no file. */
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
