/** Looks up and changes accounts for requests, with failures as HTTP errors. */
import { HttpError } from "fresh";
import { type AccountJson, accountJson } from "../formats/accounts.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";

/** @throws {FieldsError} 422 naming the account when no account has that key */
export async function requireAccount(services: AppContext, key: string): Promise<AccountKey> {
  const known = (await services.accounts.list()).find((one) => one.key === key);
  if (known) return known.key;
  throw new FieldsError([{ field: "account", message: `There is no account "${plain(key, 80)}"` }]);
}

/** Returns the current account. */
export async function accountNow({ accounts, clock }: AppContext, key: AccountKey): Promise<AccountJson> {
  const entry = (await accounts.list()).find((one) => one.key === key);
  // Another user may have removed it meanwhile.
  if (!entry) throw new HttpError(409, `The account "${plain(key, 80)}" is no longer there`);
  return accountJson(entry, clock.now());
}

/**
 * Runs a change of accounts.
 * @throws {FieldsError} 422 for invalid input, {HttpError} 409 when the stored secrets cannot be used
 */
export async function changeAccounts<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const named = error instanceof Error ? error : undefined;
    const problems = named?.name === "AccountError" ? Reflect.get(named, "problems") as FieldProblem[] : null;
    if (problems) throw new FieldsError(problems);
    if (named?.name === "VaultError") {
      throw new HttpError(409, `${named.message}. ${Reflect.get(named, "hint")}`);
    }
    throw error;
  }
}
