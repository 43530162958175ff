/** The tokens a server was started with, and those of a file that people edit by hand. */
import { SECOND_MS } from "../model/duration.ts";
import { MAX_SECRET_CHARACTERS } from "./secrets.ts";

/** A token that somebody may guess is none. */
export const MIN_TOKEN_CHARACTERS = 16;
/** The file is looked at this often at most. */
const LOOK_EVERY_MS = SECOND_MS;
const MAX_FILE_BYTES = 256 * 1024;

/** The tokens of a text: one in a line, or several between commas. Lines that begin with `#` say nothing. */
export function tokensIn(text: string): readonly string[] {
  return text.split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.split(","))
    .map((token) => token.trim())
    .filter(({ length }) => length >= MIN_TOKEN_CHARACTERS && length <= MAX_SECRET_CHARACTERS);
}

/** What is stored of a file; null where there is none. */
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
 * The tokens in force now. A file that cannot be read holds none.
 *
 * @param learn told each token of the file, so that no log shows it
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
      const own = tokensIn(text);
      own.forEach(learn);
      all = [...fixed, ...own];
      mark = seen;
    }
    lookedAt = running();
  }

  return async () => {
    if (running() - lookedAt >= LOOK_EVERY_MS) {
      await (looking ??= look().finally(() => looking = undefined));
    }
    return all;
  };
}
