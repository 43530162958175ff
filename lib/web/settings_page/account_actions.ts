/** Actions of the forms about stored accounts. */
import { HttpError } from "fresh";
import type { Permission } from "../../access/principal.ts";
import type { AppContext } from "../../app/context.ts";
import type { AccountKey } from "../../model/quota.ts";
import { changeAccounts, requireAccount } from "../accounts.ts";
import { FieldsError } from "../failure.ts";
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
  const readKey = () => requireAccount(services, form.get("account") ?? "");
  switch (form.get("action")) {
    case null:
      return null;
    case "add": {
      need("fresh");
      const name = form.get("name")?.trim();
      const wanted = { provider: form.get("provider") ?? "", values: parseValues(form), ...name && { name } };
      return await pollAdded(services, "added", await changeAccounts(() => accounts.add(wanted)), form);
    }
    case "change": {
      need("fresh");
      const account = await readKey();
      const values = parseValues(form);
      if (Object.keys(values).length === 0) {
        throw new FieldsError([{ field: "account", message: "Nothing was entered, so nothing was changed" }]);
      }
      await changeAccounts(() => accounts.setValues(account, values));
      return await pollAdded(services, "changed", account, form);
    }
    case "watch":
      return await watch(services, form);
    case "forget": {
      need("fresh");
      const gone = await readKey();
      await changeAccounts(() => accounts.remove(gone, { purge: true }));
      return { done: "purged", account: gone };
    }
    case "rename": {
      const from = await readKey();
      const name = form.get("name")?.trim() ?? "";
      return { done: "renamed", account: await changeAccounts(() => accounts.rename(from, name)) };
    }
    case "remove": {
      need("fresh");
      const gone = await readKey();
      const purge = form.get("purge") !== null;
      await changeAccounts(() => accounts.remove(gone, { purge }));
      return { done: purge ? "purged" : "removed", account: gone };
    }
    default:
      throw new HttpError(
        400,
        "There is no such action: expected add, change, forget, remove, rename or watch",
      );
  }
}

/** Polls the account at once; a new user whose key works goes on to the overview. */
async function pollAdded(
  services: AppContext,
  done: string,
  account: AccountKey,
  form: URLSearchParams,
): Promise<ActionNotices> {
  const [outcome] = await services.pollNow(account);
  return { done, account, ...form.get("from") === "start" && outcome?.kind === "ok" && { next: "/" } };
}

/** Reads the logins found here: polls those that stay ticked, and leaves the others alone from now on. */
async function watch(services: AppContext, form: URLSearchParams): Promise<ActionNotices> {
  const found = form.getAll("found");
  const wanted = new Set(form.getAll("watch"));
  const known = (await services.accounts.list()).filter(({ key }) => found.includes(key));
  for (const { key, polling } of known) {
    if (polling !== wanted.has(key)) await services.accounts.setPolling(key, wanted.has(key));
  }
  await services.pollNow();
  return { done: "saved", next: "/" };
}

/** `value:NAME` of each field that was filled in. */
function parseValues(form: URLSearchParams): Readonly<Record<string, string>> {
  const filled = [...form].filter(([field, value]) => field.startsWith("value:") && value.trim() !== "");
  return Object.fromEntries(filled.map(([field, value]) => [field.slice("value:".length), value]));
}
