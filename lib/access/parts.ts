/** Types that the parts of access share. */
import type { DocStore } from "../store/store.ts";
import type { InTurn } from "./in_turn.ts";
import type { Limiter } from "./limiter.ts";
import type { Passwords } from "./passwords.ts";

export interface AccessParts {
  readonly docs: DocStore;
  /** A clock that never goes back, epoch milliseconds. */
  readonly now: () => number;
  readonly limiter: Limiter;
  readonly passwords: Passwords;
  /** Part of the digest of every sign-in, or null. */
  readonly signInSecret: string | null;
  /** Adds and removes credentials one at a time, so that two requests never remove the last one together. */
  readonly inTurn: InTurn;
  /** Called when credentials ended or their permissions changed. */
  readonly changed: () => void;
}
