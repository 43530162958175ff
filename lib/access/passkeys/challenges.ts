/**
 * Challenges: what a device must sign, so that an answer that was seen once opens nothing again. Anybody may ask for one,
 * so they are not kept: each is signed by a key that lives as long as this process and says itself when it was made and
 * what for. Only those that were answered are remembered until they would have ended. A restart ends all of them.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { CHALLENGE_MS } from "./ceremony.ts";

export interface Challenges {
  /** @param purpose what it may be answered for, and by whom */
  issue(purpose: string): string;
  /** Whether it is one of ours for this purpose, still in time, and not answered before. From now on it is. */
  redeem(challenge: string, purpose: string): boolean;
}

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 32;
const BYTES = NONCE_BYTES + TIME_BYTES + MAC_BYTES;
/** The limiter lets through far fewer in the time of a challenge. Beyond that, none is taken rather than one twice. */
const MAX_ANSWERED = 10_000;

/** @param running milliseconds that run on whatever the clock is set to */
export function createChallenges(running: () => number): Challenges {
  const key = randomBytes(32);
  /** When those end that were answered. */
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
      new DataView(head.buffer).setFloat64(NONCE_BYTES, running());
      const whole = new Uint8Array(BYTES);
      whole.set(head);
      whole.set(sign(head, purpose), head.length);
      return whole.toBase64({ alphabet: "base64url", omitPadding: true });
    },
    redeem(challenge, purpose) {
      const bytes = bytesOf(challenge);
      if (bytes === null) return false;
      const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
      if (!timingSafeEqual(bytes.subarray(head.length), sign(head, purpose))) return false;
      const at = running();
      const endsAt = new DataView(head.buffer, head.byteOffset).getFloat64(NONCE_BYTES) + CHALLENGE_MS;
      if (at >= endsAt) return false;
      // By its bytes: the same may be spelt in several ways.
      const id = bytes.toHex();
      forgetEnded(at);
      if (answered.has(id) || answered.size >= MAX_ANSWERED) return false;
      answered.set(id, endsAt);
      return true;
    },
  };
}

function bytesOf(challenge: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.fromBase64(challenge, { alphabet: "base64url" });
    return bytes.length === BYTES ? bytes : null;
  } catch {
    return null;
  }
}
