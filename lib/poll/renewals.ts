/** The part of login renewal that polling uses. */
import type { RefreshReason } from "../provider/contract.ts";
import type { ConfiguredAccount } from "./discovery.ts";

/** The part of login renewal used here. */
export interface Renewals {
  load(): Promise<void>;
  isAllowed(account: ConfiguredAccount, why: RefreshReason): boolean;
  renew(account: ConfiguredAccount, why: RefreshReason, signal: AbortSignal): Promise<boolean>;
  /** Reports whether this renewer wrote the credential, so that its owner is the same as before. */
  hasWritten?(credential: string): boolean;
}
