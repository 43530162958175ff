import type { RefreshReason } from "../provider/contract.ts";
import type { ConfiguredAccount } from "./discovery.ts";

/** The part of renewing that is used here. */
export interface Renewals {
  load(): Promise<void>;
  isAllowed(account: ConfiguredAccount, why: RefreshReason): boolean;
  renew(account: ConfiguredAccount, why: RefreshReason, signal: AbortSignal): Promise<boolean>;
  /** Whether a credential was put in its file by this very renewing, so that it is of the same owner as before. */
  hasMade?(credential: string): boolean;
}
