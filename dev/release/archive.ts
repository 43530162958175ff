/** Creates archives whose bytes depend only on their files. */
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";

export interface PackedFile {
  /** Path below the folder of the archive. */
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer> | string;
  readonly executable?: boolean;
}

/**
 * @param folder the single folder that contains everything
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
  // Byte 9 is the system it was packed on: always unknown.
  packed[9] = 255;
  return packed;
}
