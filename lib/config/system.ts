/** The only place that reads the real process environment and real settings files. */
import { createEnvironment, type Environment, type FileText } from "./environment.ts";

/** Larger files contain no settings. */
const MAX_BYTES = 1024 * 1024;

export function systemEnvironment(onSecret?: (value: string) => void): Environment {
  return createEnvironment({
    env: Deno.env.toObject(),
    cwd: Deno.cwd(),
    home: homeDirectory(),
    readFile: readFileText,
    realPath: resolveRealPath,
    ...onSecret ? { onSecret } : {},
  });
}

export function homeDirectory(): string | null {
  const home = Deno.env.get("HOME") ||
    (Deno.build.os === "windows" ? Deno.env.get("USERPROFILE") : undefined);
  return home || null;
}

export function systemTimezone(): string {
  // The first formatter of a process takes 50 ms, which a command that formats nothing need not pay.
  return globalThis.Temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat("en").resolvedOptions().timeZone;
}

/**
 * Returns the text of a file, or null when it does not exist.
 *
 * @throws when it is not a regular file, is larger than 1 MiB, or is unreadable
 */
export function readFileText(path: string): FileText | null {
  try {
    const info = Deno.statSync(path);
    // A pipe would block; directories and devices contain no settings.
    if (!info.isFile) throw createNamedError("NotAFile");
    if (info.size > MAX_BYTES) throw createNamedError("TooLarge");
    return { text: textIn(Deno.readFileSync(path)), mode: Deno.build.os === "windows" ? null : info.mode };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Resolves links in a path; null when nothing is there or it may not be read. */
export function resolveRealPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

/**
 * Decodes text. Windows editors and shells start files with a byte
 * order mark, which states the encoding and is not content.
 */
function textIn(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function createNamedError(name: string): Error {
  const error = new Error("The file cannot be used");
  error.name = name;
  return error;
}
