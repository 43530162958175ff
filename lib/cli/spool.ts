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
export const MOST_SPOOLED_BYTES = 16 * 1024 ** 3;
const CHUNK_BYTES = 64 * 1024;

/** @throws {CliError} when more comes than `most` bytes, or the disk is full */
export async function spooled(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  most = MOST_SPOOLED_BYTES,
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
  const end = () => {
    file.close();
    unlink();
  };
  try {
    // Whoever writes into it may never end, and is not waited for after an interruption.
    const through = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    let length = 0;
    for await (const chunk of stream.pipeThrough(through, { signal })) {
      length += chunk.length;
      if (length > most) {
        throw failure(
          `Standard input holds more than ${most} bytes: nothing was imported`,
          "Write it to a file and import that, or export it in parts with --from and --to",
        );
      }
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    }
  } catch (error) {
    end();
    throw error;
  }
  return {
    bytes: () => {
      let at = 0;
      return new ReadableStream({
        pull(controller) {
          const chunk = new Uint8Array(CHUNK_BYTES);
          // At once, as a reader that has just gone may still ask, and all share one place in the file.
          file.seekSync(at, Deno.SeekMode.Start);
          const read = file.readSync(chunk);
          if (read === null) return controller.close();
          at += read;
          controller.enqueue(chunk.subarray(0, read));
        },
      });
    },
    [Symbol.asyncDispose]() {
      end();
      return Promise.resolve();
    },
  };
}
