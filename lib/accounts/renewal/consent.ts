/**
 * What the owner of an account permits to be done with a login
 * that its own tool renews. Pure, except for documents.
 */
import type { AccountKey } from "../../model/quota.ts";
import { REFRESH_REASONS, type RefreshReason } from "../../provider/contract.ts";
import type { DocStore } from "../../store/store.ts";

/** The document of kind `renewals` under an account's key. */
export interface RenewalDoc {
  /** The owner's choice for this account; absent to follow its provider's setting. */
  readonly refresh?: readonly RefreshReason[];
  /** Hash of the text of a login that has ended permanently: it is not tried again until the file changes. */
  readonly ended?: string;
  /** Earliest next attempt after a failure, epoch milliseconds. */
  readonly retryAt?: number;
  /** Failed attempts in a row with one login, and the hash of its credential: another one has not failed yet. */
  readonly failures?: number;
  readonly failed?: string;
  /** Earliest next renewal because of a rate limit, epoch milliseconds. */
  readonly limitedAt?: number;
}

export function parseRenewalDoc(doc: unknown): RenewalDoc {
  const { refresh, ended, retryAt, failures, failed, limitedAt } = {
    ...doc as Partial<Record<keyof RenewalDoc, unknown>>,
  };
  return {
    ...Array.isArray(refresh) && { refresh: REFRESH_REASONS.filter((reason) => refresh.includes(reason)) },
    ...typeof ended === "string" && { ended },
    ...typeof retryAt === "number" && { retryAt },
    ...typeof failures === "number" && { failures },
    ...typeof failed === "string" && { failed },
    ...typeof limitedAt === "number" && { limitedAt },
  };
}

/** Returns the owners' choices for all accounts, by key. */
export async function renewalDocs(docs: DocStore, now: number): Promise<ReadonlyMap<AccountKey, RenewalDoc>> {
  const all = await docs.list<unknown>("renewals", now);
  return new Map(all.map(({ id, doc }) => [id as AccountKey, parseRenewalDoc(doc)]));
}
