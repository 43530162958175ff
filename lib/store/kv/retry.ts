/** Repeats an attempt while other processes interfere. */
import { StoreError } from "../store.ts";

/** After this many failed attempts something is wrong. */
const MAX_TRIES = 200;
/** The first of them follow immediately. */
const QUICK_TRIES = 5;
const MAX_PAUSE_MS = 50;

/**
 * Returns the first result that is not null.
 * @param what the error's sentence when every attempt fails
 * @throws {StoreError} `locked`
 */
export async function retry<T>(attempt: () => Promise<T | null>, what: string): Promise<T> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const result = await attempt();
    if (result !== null) return result;
    if (tries > QUICK_TRIES) await pause(MAX_PAUSE_MS);
  }
  throw new StoreError("locked", what, "Try again; nothing was stored");
}

/** Waits for a random time, so that two colliding processes do not collide again. */
export function pause(maxMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs));
}
