/**
 * `syntrack statusline`: prints one line for the bar of Claude Code and leaves the limits it was handed for
 * whoever polls. It asks nobody, reads two small files, and ends with 0 whatever happens: a command
 * that fails blanks the bar.
 */
import { statuslineOptions } from "./arguments.ts";
import { type Fed, feedIn, feedText, isNews } from "./feed.ts";
import { statusInput } from "./input.ts";
import { statusLine } from "./line.ts";
import { runChained } from "./chain.ts";

const MOST_INPUT_BYTES = 1024 * 1024;
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
    const fed = await record(env, input.windows, now);
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
    if (done || size > MOST_INPUT_BYTES) break;
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

/** Leaves what is new, and gives what is known of this folder's limits. */
async function record(
  env: Readonly<Record<string, string | undefined>>,
  windows: Fed["windows"],
  now: number,
): Promise<Fed | null> {
  const home = env.HOME || env.USERPROFILE;
  if (!home) return Object.keys(windows).length === 0 ? null : { at: now, credential: null, windows };
  const tool = env.CLAUDE_CONFIG_DIR?.replace(/[/\\]+$/, "") ?? "";
  const folder = `${home}/.syntrack/feeds`;
  const path = `${folder}/claude-code.json`;
  const feed = feedIn(textOf(path));
  const before = Object.hasOwn(feed, tool) ? feed[tool] : undefined;
  if (!isNews(before, windows, now)) return before ?? null;
  const credential = await credentialOf(`${tool || `${home}/.claude`}/.credentials.json`);
  const fed: Fed = { at: now, credential, windows };
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Under another name first: whoever reads it finds all of it or the one before.
    const part = `${path}.${Deno.pid}.part`;
    Deno.writeTextFileSync(part, feedText(feed, tool, fed), { mode: 0o600 });
    Deno.renameSync(part, path);
  } catch {
    // Read-only, or full: the line is printed all the same.
  }
  return fed;
}

/** Whose limits they are, without saying it: the login may change between two lines. */
async function credentialOf(path: string): Promise<string | null> {
  const token: unknown = JSON.parse(textOf(path) ?? "{}")?.claudeAiOauth?.accessToken;
  if (typeof token !== "string") return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return [...new Uint8Array(digest).subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

async function write(text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
}
