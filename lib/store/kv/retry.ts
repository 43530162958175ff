/** Does something again when others were ahead. */
import { StoreError } from "../store.ts";

/** Others may be ahead so often; then something is wrong. */
const MAX_TRIES = 200;
/** Of them, tries that follow at once. */
const QUICK_TRIES = 5;
const MAX_PAUSE_MS = 50;

/**
 * Returns the first result that is not null.
 * @param what a sentence for when others are ahead all the time
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

/** Waits for a random while, so that two that met do not meet again. */
export function pause(maxMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs));
}
