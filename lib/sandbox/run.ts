/** Runs a system command for a provider: no shell, no input, no window, a deadline and an output cap. */
import { homeDirectory } from "../config/system.ts";
import type { CommandResult, RunOptions } from "../provider/context.ts";

const TIMEOUT_MS = 10_000;
const CAP_BYTES = 1024 * 1024;

/**
 * @returns null when there is no such command, or this program may not run it
 * @throws {Error} when it takes too long, is stopped, or exceeds the output cap
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunOptions & { readonly signal: AbortSignal },
): Promise<CommandResult | null> {
  const { timeoutMs = TIMEOUT_MS, capBytes = CAP_BYTES, signal } = options;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      ...runFolder(),
      env: { ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.any([stop.signal, signal]),
    }).spawn();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of child.stdout) {
      size += chunk.length;
      if (size > capBytes) stop.abort();
      else chunks.push(chunk);
    }
    const { code } = await child.status;
    if (size > capBytes) throw new Error(`The output of ${command} is larger than ${capBytes} bytes`);
    if (stop.signal.aborted) throw new Error(`${command} took longer than ${timeoutMs / 1000} s`);
    if (signal.aborted) throw new Error(`${command} was stopped`);
    return { code, stdout: await new Blob(chunks as BlobPart[]).text() };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return null;
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the home folder: in the current one, a tool might obey files it finds there. */
function runFolder(): { readonly cwd?: string } {
  try {
    const cwd = homeDirectory();
    return cwd !== null && Deno.statSync(cwd).isDirectory ? { cwd } : {};
  } catch {
    // The folder does not exist, or may not be read.
    return {};
  }
}
