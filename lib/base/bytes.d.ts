/**
 * Declares what the types of older runtimes lack: bytes as text, which every supported runtime has, and locks that do
 * not wait, which not every one has.
 */
declare namespace Deno {
  interface FsFile {
    tryLock(exclusive?: boolean): Promise<boolean>;
    tryLockSync(exclusive?: boolean): boolean;
  }
}

interface Uint8Array {
  toBase64(options?: { alphabet?: "base64" | "base64url"; omitPadding?: boolean }): string;
  toHex(): string;
}

interface Uint8ArrayConstructor {
  fromBase64(
    text: string,
    options?: {
      alphabet?: "base64" | "base64url";
      lastChunkHandling?: "loose" | "strict" | "stop-before-partial";
    },
  ): Uint8Array<ArrayBuffer>;
  fromHex(text: string): Uint8Array<ArrayBuffer>;
}
