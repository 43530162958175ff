/** What the parts of access share. */
import type { DocStore } from "../store/store.ts";
import type { InTurn } from "./in_turn.ts";
import type { Limiter } from "./limiter.ts";
import type { Passwords } from "./passwords.ts";

export interface AccessParts {
  readonly docs: DocStore;
  /** By a clock that never goes back, epoch milliseconds. */
  readonly now: () => number;
  readonly limiter: Limiter;
  readonly passwords: Passwords;
  /** Part of the digest of every sign-in, or null. */
  readonly signInSecret: string | null;
  /** Takes or gives ways in one after the other, so that the last one is never taken by two at once. */
  readonly inTurn: InTurn;
  /** Told when credentials have ended or may do something else. */
  readonly changed: () => void;
}
