/**
 * Spools a pipe, which can be read only once, into a temporary file. Where the system allows it, the file has no
 * name, so that nothing of it remains.
 */
import { failure } from "./io.ts";

/** Input that can be read repeatedly, by one reader at a time. */
export interface Source extends AsyncDisposable {
  bytes(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** More than any history: about ten years of twenty quotas, read once a minute. */
export const MAX_SPOOLED_BYTES = 16 * 1024 ** 3;
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads no more of the stream than its readers request, so that an error in the first lines is reported
 * before an end that may never come.
 *
 * Its readers fail with a {CliError} when the stream exceeds `max` bytes, or the disk is full.
 */
export async function spoolInput(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  max = MAX_SPOOLED_BYTES,
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
      // On systems where an open file keeps its name, it is removed once closed.
    }
  };
  unlink();
  // The writer may never end, so nothing waits for it after an interruption.
  const through = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const chunks = stream.pipeThrough(through, { signal })[Symbol.asyncIterator]();
  let length = 0;
  let ended = false;
  let taking: Promise<void> | undefined;

  async function take(): Promise<void> {
    const { done, value } = await chunks.next();
    ended = done === true;
    if (ended || value === undefined) return;
    if (length + value.length > max) {
      throw failure(
        `Standard input contains more than ${max} bytes: nothing was imported`,
        "Write it to a file and import that, or export it in parts with --from and --to",
      );
    }
    // Seek and write together, because all share one position in the file.
    file.seekSync(length, Deno.SeekMode.Start);
    for (let rest = value; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    length += value.length;
  }

  return {
    bytes: () => {
      let at = 0;
      return new ReadableStream({
        async pull(controller) {
          // A reader that has just ended may still wait for the same bytes.
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
      // Nothing needs the rest.
      chunks.return?.().catch(() => {});
      return Promise.resolve();
    },
  };
}
