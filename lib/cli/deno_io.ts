/** The real streams, environment and signals. Only `cli.ts` creates one. */
import { moduleAddress } from "../base/address.ts";
import { createComparingClock, systemClock } from "../base/clock.ts";
import { withCredentials } from "./credentials.ts";
import { ClosedPipe, type Io, type Sink } from "./io.ts";

export function denoIo(): Io {
  const env = withCredentials(Deno.env.toObject());
  return {
    stdout: createSink(Deno.stdout),
    stderr: createSink(Deno.stderr),
    stdin: () => Deno.stdin.readable,
    env,
    cwd: Deno.cwd(),
    home: env.HOME || (Deno.build.os === "windows" && env.USERPROFILE) || null,
    clock: createComparingClock(systemClock),
    ...Deno.build.standalone ? { executable: Deno.execPath() } : {},
    async ask(question, options) {
      const { askAt } = await import(moduleAddress("lib/cli/terminal.ts", "terminal"));
      return askAt(Deno.stdin, createSink(Deno.stderr).write, question, options);
    },
    async page(text) {
      const { showInPager } = await import(moduleAddress("lib/cli/pager.ts", "pager"));
      return await showInPager(text, env);
    },
    async openUrl(url) {
      const { openUrl } = await import(moduleAddress("lib/cli/opener.ts", "opener"));
      return await openUrl(url);
    },
    async screen() {
      if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal() || env.TERM === "dumb") return null;
      const { openScreen } = await import(moduleAddress("lib/cli/screen.ts", "screen"));
      return openScreen(createSink(Deno.stdout).write);
    },
    onStop,
  };
}

interface Stream {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

function createSink(stream: Stream): Sink {
  const encoder = new TextEncoder();
  return {
    write(text) {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(writeSome(stream, bytes));
    },
    get isTty() {
      return stream.isTerminal();
    },
    get columns() {
      return readSize(stream)?.columns || null;
    },
    get rows() {
      return readSize(stream)?.rows || null;
    },
  };
}

function readSize(stream: Stream): { readonly columns: number; readonly rows: number } | null {
  try {
    return stream.isTerminal() ? Deno.consoleSize() : null;
  } catch {
    return null;
  }
}

/** Returns the number of bytes written; 0 when a non-blocking pipe is full at the moment. */
function writeSome(stream: Stream, bytes: Uint8Array): number {
  try {
    return stream.writeSync(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new ClosedPipe();
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    return 0;
  }
}

function onStop(stop: () => void): () => void {
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : [
    "SIGINT",
    "SIGTERM",
    "SIGHUP",
  ];
  const leave = () => {
    for (const signal of signals) Deno.removeSignalListener(signal, stopOnce);
  };
  // A second signal has its usual effect, so that the user can end a hanging stop too.
  const stopOnce = () => {
    leave();
    stop();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stopOnce);
  return leave;
}
