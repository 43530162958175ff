/** Packs text as bytes, compressed where that helps. Rows of one series are repetitive, so they shrink to a quarter or less. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { StoreError } from "../store.ts";

const PLAIN = 0;
const DEFLATED = 1;
/** Shorter text does not shrink. */
const MIN_DEFLATED = 120;

export function packText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < MIN_DEFLATED) return addTag(PLAIN, bytes);
  const deflated = deflateRawSync(bytes);
  return deflated.length < bytes.length ? addTag(DEFLATED, deflated) : addTag(PLAIN, bytes);
}

/** @throws {StoreError} `corrupt` */
export function unpackText(bytes: Uint8Array): string {
  try {
    const content = bytes.subarray(1);
    switch (bytes[0]) {
      case PLAIN:
        return new TextDecoder("utf-8", { fatal: true }).decode(content);
      case DEFLATED:
        return new TextDecoder("utf-8", { fatal: true }).decode(inflateRawSync(content));
      default:
        throw new Error(`unknown form ${bytes[0]}`);
    }
  } catch (cause) {
    throw new StoreError(
      "corrupt",
      "A stored value cannot be read",
      "Export what can be read, and import it into a new database",
      { cause },
    );
  }
}

function addTag(tag: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes.length + 1);
  all[0] = tag;
  all.set(bytes, 1);
  return all;
}
