/** Actions of the forms about stored accounts. */
import { HttpError } from "fresh";
import type { Permission } from "../../access/principal.ts";
import type { AppContext } from "../../app/context.ts";
import { changeAccounts, knownAccount } from "../accounts.ts";
import type { ActionNotices } from "./done.ts";

/**
 * @returns null for a form that is about something else
 * @throws {FieldsError} 422 naming the invalid fields
 */
export async function changeStored(
  services: AppContext,
  form: URLSearchParams,
  need: (permission: Permission) => void,
): Promise<ActionNotices | null> {
  const { accounts } = services;
  const key = () => knownAccount(services, form.get("account") ?? "");
  switch (form.get("action")) {
    case null:
      return null;
    case "add": {
      need("fresh");
      const name = form.get("name")?.trim();
      const wanted = { provider: form.get("provider") ?? "", values: valuesIn(form), ...name && { name } };
      return { done: "added", account: await changeAccounts(() => accounts.add(wanted)) };
    }
    case "rename": {
      const from = await key();
      const name = form.get("name")?.trim() ?? "";
      return { done: "renamed", account: await changeAccounts(() => accounts.rename(from, name)) };
    }
    case "remove": {
      need("fresh");
      const gone = await key();
      const purge = form.get("purge") !== null;
      await changeAccounts(() => accounts.remove(gone, { purge }));
      return { done: purge ? "purged" : "removed", account: gone };
    }
    default:
      throw new HttpError(400, "There is no such action: expected add, rename or remove");
  }
}

/** `value:NAME` of each field that was filled in. */
function valuesIn(form: URLSearchParams): Readonly<Record<string, string>> {
  const filled = [...form].filter(([field, value]) => field.startsWith("value:") && value.trim() !== "");
  return Object.fromEntries(filled.map(([field, value]) => [field.slice("value:".length), value]));
}
