/** Sessions as lists show them, with the unit in which each quota was counted at the time. */
import type { Session, SessionQuota } from "../engine/session.ts";
import type { Unit } from "../quota.ts";

export interface DisplaySession extends Session {
  /** `unit` is absent when it never changed. */
  readonly quotas: readonly (SessionQuota & { readonly unit?: Unit })[];
}
