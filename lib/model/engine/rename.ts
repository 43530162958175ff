/** Renames the account of a state, with the keys in it. Pure. */
import type { AccountKey } from "../quota.ts";
import type { AccountState } from "./state.ts";

export function renameState(state: AccountState, to: AccountKey): AccountState {
  return renameKeys(state, state.account, to) as AccountState;
}

/** Every key in a state is in a field called `account` or `quota`; quota ids contain no slash. */
function renameKeys(value: unknown, from: AccountKey, to: AccountKey): unknown {
  if (Array.isArray(value)) return value.map((one) => renameKeys(one, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === "account" && member === from) return [name, to];
      if (name === "quota" && typeof member === "string" && member.startsWith(`${from}/`)) {
        return [name, to + member.slice(from.length)];
      }
      return [name, renameKeys(member, from, to)];
    }),
  );
}
