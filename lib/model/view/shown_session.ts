/** Sessions as lists show them, with the unit in which each quota was counted then. */
import type { Session, SessionQuota } from "../engine/session.ts";
import type { Unit } from "../quota.ts";

export interface ShownSession extends Session {
  /** The unit of the amounts is absent when the quota never had another one. */
  readonly quotas: readonly (SessionQuota & { readonly unit?: Unit })[];
}
