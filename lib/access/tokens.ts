/** The tokens a server was started with, and those of a file that users edit by hand. */
import { SECOND_MS } from "../model/duration.ts";
import { MAX_SECRET_CHARACTERS } from "./secrets.ts";

/** Shorter tokens could be guessed and are ignored. */
export const MIN_TOKEN_CHARACTERS = 16;
/** The file is checked at most this often. */
const CHECK_EVERY_MS = SECOND_MS;
const MAX_FILE_BYTES = 256 * 1024;

/** Parses tokens: one per line, or several separated by commas. Lines that begin with `#` are comments. */
export function parseTokens(text: string): readonly string[] {
  return text.split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.split(","))
    .map((token) => token.trim())
    .filter(({ length }) => length >= MIN_TOKEN_CHARACTERS && length <= MAX_SECRET_CHARACTERS);
}

/** A token file. `mark` is null when the file is missing or too large. */
export interface TokenFile {
  /** Changes whenever the text may have. */
  mark(): Promise<string | null>;
  text(): Promise<string>;
}

export function tokenFile(path: string): TokenFile {
  return {
    async mark() {
      try {
        const { mtime, size, ino } = await Deno.stat(path);
        return size > MAX_FILE_BYTES ? null : `${mtime?.getTime()} ${size} ${ino}`;
      } catch {
        return null;
      }
    },
    text: () => Deno.readTextFile(path),
  };
}

/**
 * Returns the currently valid tokens. An unreadable file has none.
 *
 * @param learn called with each token of the file, so that it is redacted in logs
 */
export function tokenSource(
  fixed: readonly string[],
  file: TokenFile | null,
  running: () => number,
  learn: (token: string) => void = () => {},
): () => Promise<readonly string[]> {
  if (!file) return () => Promise.resolve(fixed);
  let all = fixed;
  let mark: string | null = null;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;

  async function look() {
    const seen = await file!.mark();
    if (seen !== mark) {
      const text = seen === null ? "" : await file!.text().catch(() => "");
      const own = parseTokens(text);
      own.forEach(learn);
      all = [...fixed, ...own];
      mark = seen;
    }
    lookedAt = running();
  }

  return async () => {
    if (running() - lookedAt >= CHECK_EVERY_MS) {
      await (looking ??= look().finally(() => looking = undefined));
    }
    return all;
  };
}
