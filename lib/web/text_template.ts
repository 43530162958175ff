/**
 * A text with gaps, compressed once: whatever goes into the gaps, the rest is not compressed again. Gzip allows that,
 * since deflated text can be cut where it was flushed, and can hold bytes as they are (RFC 1951, 3.2.4).
 */
import { concatBytes } from "../base/concat_bytes.ts";

const GZIP_LEVEL = 6;
/** Magic number, deflate, no flags, no time, no level, unknown system (RFC 1952, 2.3). */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** An empty last block. */
const END = Uint8Array.of(3, 0);
/** Maximum length of a stored block, which has 16 bits for it. */
const MAX_STORED = 0xffff;

type Bytes = Uint8Array<ArrayBuffer>;

export class TextTemplate {
  readonly #plain: readonly Bytes[];
  #deflated: Promise<readonly Bytes[]> | null = null;

  /** @param parts the text between the gaps */
  constructor(parts: readonly string[]) {
    const encoder = new TextEncoder();
    this.#plain = parts.map((part) => encoder.encode(part));
  }

  /** Returns the text in UTF-8, with `word` in each gap. */
  fill(word: string): Bytes {
    const gap = new TextEncoder().encode(word);
    return concatBytes(this.#plain.flatMap((part, place) => place === 0 ? [part] : [gap, part]));
  }

  /** Returns the same in gzip. Rejects with a `RangeError` for a word of more than 65,535 bytes. */
  async fillGzipped(word: string): Promise<Bytes> {
    const gap = new TextEncoder().encode(word);
    const stored = storedBlock(gap);
    const { crc32 } = await import("node:zlib");
    const pieces = [HEADER];
    let sum = 0;
    let size = 0;
    const deflated = await (this.#deflated ??= deflate(this.#plain));
    for (const [place, plain] of this.#plain.entries()) {
      if (place > 0) {
        pieces.push(stored);
        sum = crc32(gap, sum);
        size += gap.byteLength;
      }
      pieces.push(deflated[place]!);
      sum = crc32(plain, sum);
      size += plain.byteLength;
    }
    pieces.push(END, createTrailer(sum, size));
    return concatBytes(pieces);
  }
}

/** Each ends at a whole byte, and refers to nothing before it. */
async function deflate(parts: readonly Bytes[]): Promise<readonly Bytes[]> {
  // Loaded when the first page is requested, not before the server listens.
  const { constants, deflateRawSync } = await import("node:zlib");
  const options = { level: GZIP_LEVEL, finishFlush: constants.Z_FULL_FLUSH };
  return parts.map((part) => new Uint8Array(deflateRawSync(part, options)));
}

function storedBlock(bytes: Bytes): Bytes {
  const { byteLength } = bytes;
  if (byteLength > MAX_STORED) throw new RangeError(`A gap takes at most ${MAX_STORED} bytes`);
  const block = new Uint8Array(5 + byteLength);
  const view = new DataView(block.buffer);
  view.setUint16(1, byteLength, true);
  view.setUint16(3, ~byteLength & MAX_STORED, true);
  block.set(bytes, 5);
  return block;
}

function createTrailer(sum: number, size: number): Bytes {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sum, true);
  view.setUint32(4, size, true);
  return bytes;
}
