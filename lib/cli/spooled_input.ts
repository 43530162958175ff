/**
 * A pipe can be read only once, so what comes out of it is kept in a file as long as it is needed. The file has
 * no name from the beginning where the system allows that, so nothing is left of it whatever happens.
 */
import { failure } from "./io.ts";

/** What can be read again and again, by one reader at a time. */
export interface Source extends AsyncDisposable {
  bytes(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** More than any history: ten years of twenty quotas, read once a minute, are about so much. */
export const MAX_SPOOLED_BYTES = 16 * 1024 ** 3;
const CHUNK_BYTES = 64 * 1024;

/**
 * Takes no more of the stream than its readers have asked for, so that what is wrong with the first lines is told
 * before an end that may never come.
 *
 * Its readers fail with a {CliError} when more comes than `most` bytes, or the disk is full.
 */
export async function spoolInput(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  most = MAX_SPOOLED_BYTES,
): Promise<Source> {
  const path = await Deno.makeTempFile({ prefix: "syntrack-import-" });
  const file = await Deno.open(path, { read: true, write: true });
  let named = true;
  const unlink = () => {
    if (!named) return;
    try {
      Deno.removeSync(path);
      named = false;
    } catch {
      // Where a file that is open keeps its name, it goes once it is closed.
    }
  };
  unlink();
  // Whoever writes into it may never end, and is not waited for after an interruption.
  const through = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const chunks = stream.pipeThrough(through, { signal })[Symbol.asyncIterator]();
  let length = 0;
  let ended = false;
  let taking: Promise<void> | undefined;

  async function take(): Promise<void> {
    const { done, value } = await chunks.next();
    ended = done === true;
    if (ended || value === undefined) return;
    if (length + value.length > most) {
      throw failure(
        `Standard input holds more than ${most} bytes: nothing was imported`,
        "Write it to a file and import that, or export it in parts with --from and --to",
      );
    }
    // At once, as all share one place in the file.
    file.seekSync(length, Deno.SeekMode.Start);
    for (let rest = value; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    length += value.length;
  }

  return {
    bytes: () => {
      let at = 0;
      return new ReadableStream({
        async pull(controller) {
          // A reader that has just gone may still wait for the same bytes.
          while (at >= length && !ended) await (taking ??= take().finally(() => taking = undefined));
          if (at >= length) return controller.close();
          const chunk = new Uint8Array(CHUNK_BYTES);
          file.seekSync(at, Deno.SeekMode.Start);
          const read = file.readSync(chunk);
          if (read === null) return controller.close();
          at += read;
          controller.enqueue(chunk.subarray(0, read));
        },
      });
    },
    [Symbol.asyncDispose]() {
      ended = true;
      file.close();
      unlink();
      // Nobody waits for the rest.
      chunks.return?.().catch(() => {});
      return Promise.resolve();
    },
  };
}
