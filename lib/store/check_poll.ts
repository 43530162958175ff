/** Rejects a poll that contradicts itself: a bug of the caller. */
import type { Poll } from "./store.ts";

/** @throws {TypeError} */
export function checkPoll({ snapshot, state, outcome }: Poll): void {
  for (const other of [state.account, outcome.account]) {
    if (other !== snapshot.account) {
      throw new TypeError(`Cannot store a poll of "${snapshot.account}" with a part of "${other}"`);
    }
  }
  if (state.at !== snapshot.at) {
    throw new TypeError(`Cannot store a poll of ${snapshot.at} with the state of ${state.at}`);
  }
}

/** @throws {TypeError} */
export function checkAlone(polls: readonly Poll[]): void {
  if (polls.some(({ docs }) => docs)) {
    throw new TypeError("Cannot store a poll together with others when documents go with it");
  }
}
