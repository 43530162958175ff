/** Extracts the executable from an archive whose sum was verified. */
import { parseTar } from "nanotar";
import { UpdateError } from "./download.ts";

/** @param name `syntrack` or `syntrack.exe` @throws {UpdateError} when the archive lacks it */
export async function unpackExecutable(
  archive: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let tar: ArrayBuffer;
  try {
    tar = await new Response(new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip")))
      .arrayBuffer();
  } catch {
    throw new UpdateError("The archive cannot be unpacked", "Nothing was changed; publish it again");
  }
  // Directly in the archive's one folder: completions have the same name.
  const isExecutable = (path: string) => path.replace(/^[^/]+\//, "") === name && path !== name;
  const files = parseTar(tar, { filter: (file) => file.type === "file" && isExecutable(file.name) });
  const [file] = files;
  if (files.length !== 1 || !file?.data) {
    throw new UpdateError(`The archive contains no ${name}`, "Nothing was changed; publish it again");
  }
  // A view, not a copy: it is most of a hundred megabytes.
  return file.data as Uint8Array<ArrayBuffer>;
}
