/** The code that creates the first admin: shown on the terminal, easy to type, and short-lived. */
import { MINUTE_MS } from "../model/duration.ts";

/** Without 0 and O, 1 and I, which look alike. */
const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_CHARACTERS = 6;
const CODE_MS = 15 * MINUTE_MS;
const MAX_ATTEMPTS = 5;

export interface SetUpCode {
  readonly isInForce: boolean;
  issue(): string;
  /** Checks the code. Each wrong attempt counts, and the last one invalidates it. */
  matches(typed: string): boolean;
  end(): void;
}

/** @param running a clock in milliseconds that ignores changes of the system clock */
export function createSetUpCode(running: () => number): SetUpCode {
  let code: string | null = null;
  let endsAt = 0;
  let attempts = 0;
  return {
    get isInForce() {
      return code !== null && running() < endsAt && attempts < MAX_ATTEMPTS;
    },
    issue() {
      // 32 letters divide 256 evenly: each is equally likely.
      const bytes = crypto.getRandomValues(new Uint8Array(CODE_CHARACTERS));
      code = [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join("");
      endsAt = running() + CODE_MS;
      attempts = 0;
      return code;
    },
    matches(typed) {
      if (!this.isInForce) return false;
      attempts++;
      return typed.replaceAll(/[\s-]/g, "").toUpperCase() === code;
    },
    end() {
      code = null;
    },
  };
}
