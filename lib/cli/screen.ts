/**
 * The real terminal as a screen: the alternate one, without a cursor, read key by key, and restored on every
 * way out.
 */
import type { Screen } from "./io.ts";
import { parseKeys } from "./keys.ts";

const ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H";
/** Ends styles too, as a line may be half drawn. */
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";

export function openScreen(write: (text: string) => void): Screen {
  const waiting: string[] = [];
  let wake: (() => void) | null = null;
  let isOpen = true;
  const put = (key: string) => {
    waiting.push(key);
    wake?.();
  };
  const putResize = () => put("resize");
  // Raw, so that keys arrive at once and Ctrl-C is one of them.
  Deno.stdin.setRaw(true);
  write(ENTER);
  const reader = Deno.stdin.readable.getReader();
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGWINCH", putResize);
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    globalThis.removeEventListener("unload", close);
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGWINCH", putResize);
    try {
      write(LEAVE);
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal is gone, so there is nothing to restore.
    }
    // Output without a reader must not keep the program from ending.
    reader.cancel().catch(() => {});
  };
  // An uncaught error ends the program without running any `finally`.
  globalThis.addEventListener("unload", close);
  void readKeys(reader, put);
  return {
    size: measureSize,
    write,
    async key(signal) {
      for (;;) {
        const key = waiting.shift();
        if (key !== undefined) return key;
        if (signal.aborted) return null;
        await new Promise<void>((resolve) => {
          const finish = () => {
            signal.removeEventListener("abort", finish);
            wake = null;
            resolve();
          };
          wake = finish;
          signal.addEventListener("abort", finish);
        });
      }
    },
    close,
  };
}

/** Returns 80 by 24, the size of the first terminals, for one that does not know its own. */
function measureSize(): { readonly columns: number; readonly rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/** Reads keys. The end of input means the terminal went away, which ends a view like its key. */
async function readKeys(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  put: (key: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      for (const key of parseKeys(decoder.decode(value, { stream: true }))) put(key);
    }
  } catch {
    // Cancelled, or the terminal went away.
  }
  put("ctrl-c");
}
