/** Archives that are the same bytes whenever they are made of the same files. */
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";

export interface PackedFile {
  /** Below the folder of the archive. */
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer> | string;
  readonly executable?: boolean;
}

/**
 * @param folder the one folder everything lies in
 * @param at time of all files, epoch milliseconds
 */
export function packTarGz(
  folder: string,
  files: readonly PackedFile[],
  at: number,
): Uint8Array<ArrayBuffer> {
  const entries = files.toSorted((a, b) => a.name < b.name ? -1 : 1).map(({ name, data, executable }) => ({
    name: `${folder}/${name}`,
    data,
    attrs: { mode: executable ? "755" : "644" },
  }));
  const tar = createTar(entries, { attrs: { mtime: at, uid: 0, gid: 0, user: "root", group: "root" } });
  const packed = new Uint8Array(gzipSync(tar, { level: 9 }));
  // The system it was packed on stands in byte 9: unknown, wherever that was.
  packed[9] = 255;
  return packed;
}
