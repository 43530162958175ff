/**
 * Challenges: what a device must sign, so that a recorded answer is useless later. Anyone may request one, so
 * they are not stored: each is signed with a key that lives as long as this process, and holds its time and
 * its purpose. Only answered ones are remembered until they expire. A restart invalidates all of them, unless
 * several instances share the key.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { CHALLENGE_MS } from "./ceremony.ts";

export interface Challenges {
  /** @param purpose what it may be answered for, and by which client */
  issue(purpose: string): string;
  /** Reports whether it is ours, for this purpose, unexpired and unused; marks it as used. */
  redeem(challenge: string, purpose: string): boolean | Promise<boolean>;
}

/** What instances share that answer for each other. */
export interface SharedChallenges {
  /** Signs the challenges of all of them. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** A clock all of them have. */
  readonly now: () => number;
  /** Resolves to false when it was called for the id before. */
  once(id: string, endsAt: number): Promise<boolean>;
}

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 32;
const BYTES = NONCE_BYTES + TIME_BYTES + MAC_BYTES;
/** The limiter allows far fewer in a challenge's lifetime. Beyond this, refuses all to accept none twice. */
const MAX_ANSWERED = 10_000;

/** @param running a clock in milliseconds that ignores changes of the system clock */
export function createChallenges(running: () => number, shared?: SharedChallenges): Challenges {
  const key = shared?.key ?? randomBytes(32);
  const now = shared?.now ?? running;
  /** When the answered ones expire. */
  const answered = new Map<string, number>();

  function sign(head: Uint8Array, purpose: string): Uint8Array {
    return createHmac("sha256", key).update(head).update(purpose).digest();
  }

  function forgetEnded(at: number): void {
    for (const [challenge, endsAt] of answered) if (endsAt <= at) answered.delete(challenge);
  }

  return {
    issue(purpose) {
      const head = new Uint8Array(NONCE_BYTES + TIME_BYTES);
      head.set(randomBytes(NONCE_BYTES));
      new DataView(head.buffer).setFloat64(NONCE_BYTES, now());
      const whole = new Uint8Array(BYTES);
      whole.set(head);
      whole.set(sign(head, purpose), head.length);
      return whole.toBase64({ alphabet: "base64url", omitPadding: true });
    },
    redeem(challenge, purpose) {
      const bytes = decodeBytes(challenge);
      if (bytes === null) return false;
      const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
      if (!timingSafeEqual(bytes.subarray(head.length), sign(head, purpose))) return false;
      const at = now();
      const endsAt = new DataView(head.buffer, head.byteOffset).getFloat64(NONCE_BYTES) + CHALLENGE_MS;
      if (at >= endsAt) return false;
      // Keyed by its bytes: the same ones may be encoded in several ways.
      const id = bytes.toHex();
      if (shared) return shared.once(id.slice(0, 2 * NONCE_BYTES), endsAt);
      forgetEnded(at);
      if (answered.has(id) || answered.size >= MAX_ANSWERED) return false;
      answered.set(id, endsAt);
      return true;
    },
  };
}

function decodeBytes(challenge: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.fromBase64(challenge, { alphabet: "base64url" });
    return bytes.length === BYTES ? bytes : null;
  } catch {
    return null;
  }
}
