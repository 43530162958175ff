/** Selects the accounts and quotas of a command, by `--provider`, `--account` and `--quota`. */
import { isGoneSince, type QuotaState, wholeSnapshotAt } from "../model/engine/state.ts";
import { type AccountKey, type QuotaKey, quotaKey, splitAccountKey } from "../model/quota.ts";
import { nearest } from "../base/nearest.ts";
import type { AccountRecord } from "../store/store.ts";
import { type CliError, usageError } from "./io.ts";
import type { Typed } from "./table.ts";
import { parseTypedText } from "./values.ts";

/** One quota with readings, with everything known about it. */
export interface SelectedQuota {
  readonly key: QuotaKey;
  readonly account: AccountKey;
  readonly provider: string;
  readonly name: string;
  readonly quota: string;
  readonly state: QuotaState;
  /** True when the vendor no longer reports it. */
  readonly gone: boolean;
}

/** Returns the records of the selected accounts, in order. @throws {CliError} for an unknown name */
export function chooseAccounts(typed: Typed, records: readonly AccountRecord[]): readonly AccountRecord[] {
  const provider = parseTypedText(typed, "provider");
  const account = parseTypedText(typed, "account");
  const named = records.map((record) => ({ record, ...splitAccountKey(record.account) }));
  const ofProvider = named.filter((one) => provider === undefined || one.provider === provider);
  if (provider !== undefined && ofProvider.length === 0) {
    throw unknownName("provider", provider, named.map((one) => one.provider));
  }
  const chosen = ofProvider.filter((one) => account === undefined || one.name === account);
  if (account !== undefined && chosen.length === 0) {
    throw unknownName("account", account, ofProvider.map((one) => one.name));
  }
  return chosen.map((one) => one.record);
}

/** Returns the selected quotas of the given accounts. @throws {CliError} for an unknown name */
export function chooseQuotas(typed: Typed, records: readonly AccountRecord[]): readonly SelectedQuota[] {
  const all = records.flatMap(({ account, state }) =>
    Object.entries(state.quotas).map(([quota, own]): SelectedQuota => ({
      key: quotaKey(account, quota),
      account,
      ...splitAccountKey(account),
      quota,
      state: own,
      gone: isGoneSince(wholeSnapshotAt(state), own),
    }))
  );
  const wanted = parseTypedText(typed, "quota");
  if (wanted === undefined) return all;
  const chosen = all.filter((one) => one.quota === wanted || one.key === wanted);
  if (chosen.length === 0) throw unknownName("quota", wanted, all.map((one) => one.quota));
  return chosen;
}

/** More names than this are no help on an error's line. */
const MAX_NAMES = 12;

/** Reports an unknown name, with the allowed ones and a suggestion. */
export function unknownName(
  what: string,
  got: string,
  known: readonly string[],
  suggestion: string | null = nearest(got, known),
): CliError {
  const allowed = [...new Set(known)];
  const guess = suggestion === null ? "" : ` (did you mean ${suggestion}?)`;
  const more = allowed.length > MAX_NAMES ? ` and ${allowed.length - MAX_NAMES} more` : "";
  const list = allowed.length === 0
    ? "no readings yet"
    : `there is ${allowed.slice(0, MAX_NAMES).join(", ")}${more}`;
  return usageError(`Unknown ${what} ${JSON.stringify(got)}${guess}: ${list}`);
}
