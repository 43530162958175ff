/**
 * The contract that every store must fulfil, whatever its engine. A store's test file calls
 * `storeConformance` with a function that creates an empty store; the cases know only the contract.
 */
import type { Store } from "../lib/store/store.ts";
import { AUDIT_CASES } from "./store/conformance_audit.ts";
import { ADOPTION_CASES } from "./store/conformance_adoption.ts";
import { GUARDED_CASES } from "./store/conformance_guarded.ts";
import { DOC_CASES } from "./store/conformance_docs.ts";
import { HISTORY_CASES } from "./store/conformance_history.ts";
import { CORRECTION_CASES } from "./store/conformance_corrections.ts";
import { MOVE_CASES } from "./store/conformance_moves.ts";
import { POLL_CASES } from "./store/conformance_polls.ts";
import { SURVEY_CASES } from "./store/conformance_survey.ts";
import { minutes } from "./store/polls.ts";
import { assertRejects } from "./support/assert.ts";

/** The behaviour of a store, as the end of a sentence that begins with its name, and its test. */
export type Case = readonly [
  does: string,
  proof: (store: Store, another: () => Promise<Store>) => Promise<void>,
];

const CLOSING: Case = ["answers nothing after it was closed, and may be closed twice", async (store) => {
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await assertRejects(() => store.latest());
  await assertRejects(() => store.commit(minutes([1])[0]!));
  await assertRejects(() => store.docs.get("settings", "a", 0));
}];

/** @param make creates an empty store that shares nothing with the others it created */
export function storeConformance(name: string, make: () => Promise<Store>): void {
  const cases = [
    ...POLL_CASES,
    ...HISTORY_CASES,
    ...CORRECTION_CASES,
    ...ADOPTION_CASES,
    ...MOVE_CASES,
    ...DOC_CASES,
    ...GUARDED_CASES,
    ...AUDIT_CASES,
    ...SURVEY_CASES,
    CLOSING,
  ];
  for (const [does, proof] of cases) {
    Deno.test(`${name} ${does}`, async () => {
      await using store = await make();
      await proof(store, make);
    });
  }
}
