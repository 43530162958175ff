/** One line of progress that is overwritten, on a terminal that can: `guard --wait` shows what it waits for. */
import { inAscii, wantsAscii } from "./ascii.ts";
import type { Io } from "./io.ts";
import { cutToWidth } from "./width.ts";

/** @param text null removes the line */
export function showProgress({ stderr, env }: Pick<Io, "stderr" | "env">, text: string | null): void {
  // A line that the terminal wraps could not be overwritten.
  const line = text === null ? "" : cutToWidth(text, (stderr.columns ?? 80) - 1);
  stderr.write(`\r\x1b[K${wantsAscii(env) ? inAscii(line) : line}`);
}
