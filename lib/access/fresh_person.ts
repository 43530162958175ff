/** Checks that credentials are changed by their owner only, and soon after the owner signed in. */
import { AccessError } from "./access.ts";
import { isFresh } from "./decide.ts";
import type { Principal } from "./principal.ts";

/** @throws {AccessError} absent, stale */
export function requireFreshPerson(by: Principal, now: number): void {
  if (by.kind !== "person") {
    throw new AccessError(
      "absent",
      "Only people who signed in by name have a password and passkeys to change",
    );
  }
  if (!isFresh(by, now)) {
    throw new AccessError("stale", "Sign in again first: your last sign-in was too long ago for that");
  }
}
