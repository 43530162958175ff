/** Adds, changes, orders and removes services. */
import { HttpError } from "fresh";
import type * as v from "valibot";
import {
  convertCredentials,
  type Credentials,
  type SettingFacts,
  type Values,
} from "../../formats/service_api/credentials.ts";
import { resolveProvider, serviceId } from "../../formats/service_api/names.ts";
import { type Service, serviceJson } from "../../formats/service_api/services.ts";
import type { AccountKey } from "../../model/quota.ts";
import { isoDate } from "../../model/time.ts";
import type { AppContext } from "../../app/context.ts";
import { plain } from "../../base/text.ts";
import { changeAccounts } from "../accounts.ts";
import { FieldsError } from "../failure.ts";
import { mergeAccounts, type WantedAccount } from "../settings.ts";
import type { NewServiceBody, ServiceChangeBody } from "./bodies.ts";
import { findService, findServices, type KnownService } from "./services.ts";

/**
 * @throws {FieldsError} for an invalid provider, field or value, {HttpError} 409 when nothing can be stored
 */
export async function addService(
  services: AppContext,
  wanted: v.InferOutput<typeof NewServiceBody>,
): Promise<Service> {
  const provider = resolveProvider(wanted.provider);
  const { accounts } = services;
  const settings = accounts.choices().find(({ id }) => id === provider)?.settings ?? [];
  const given = settings.length === 0 ? {} : readCredentials(provider, settings, wanted);
  const values = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => value === null ? [] : [[name, value]]),
  );
  const label = wanted.name.trim();
  const key = await addNamed(services, { provider, values }, label);
  await setAccount(services, key, { label, polling: wanted.enabled ?? true });
  return await serviceNow(services, key);
}

/** An account may have been added a moment ago, so it is not looked up among those shown. */
async function setAccount(
  { settings, clock, zone }: AppContext,
  key: AccountKey,
  wanted: WantedAccount,
): Promise<void> {
  const today = isoDate(clock.now(), zone);
  await settings.save(({ accounts }) => ({ accounts: mergeAccounts(accounts, { [key]: wanted }, today) }));
}

/** Uses the given name when it is valid for an account, else a free one: the label shows it anyway. */
async function addNamed(
  { accounts }: AppContext,
  wanted: { readonly provider: string; readonly values: Readonly<Record<string, string>> },
  name: string,
): Promise<AccountKey> {
  try {
    return await changeAccounts(() => accounts.add({ ...wanted, name }));
  } catch (error) {
    const isName = error instanceof FieldsError && error.errors.every(({ field }) => field === "name");
    if (!isName) throw error;
    return await changeAccounts(() => accounts.add(wanted));
  }
}

/** @throws {FieldsError} for a field that is not a setting of the provider */
function readCredentials(
  provider: string,
  settings: readonly SettingFacts[],
  wanted: Credentials,
  stored: readonly string[] = [],
): Values {
  const { values, problems } = convertCredentials(provider, settings, wanted, stored);
  if (problems.length > 0) throw new FieldsError(problems);
  return values;
}

/** @throws {FieldsError} for invalid values, {HttpError} 409 for an account that is not stored here */
export async function changeService(
  services: AppContext,
  { facts: { key, settings: storedNames, place }, stored }: KnownService,
  wanted: v.InferOutput<typeof ServiceChangeBody>,
): Promise<Service> {
  const { name, apiKey, bearerToken, baseUrl, enabled, displayOrder } = wanted;
  if (apiKey !== undefined || bearerToken !== undefined || baseUrl !== undefined) {
    if (!stored) throw createForeignError(key);
    const provider = key.slice(0, key.indexOf("/"));
    const settings = services.accounts.choices().find(({ id }) => id === provider)?.settings ?? [];
    const values = readCredentials(provider, settings, wanted, storedNames);
    if (Object.keys(values).length > 0) await changeAccounts(() => services.accounts.setValues(key, values));
  }
  if (name !== undefined || enabled !== undefined) {
    await setAccount(services, key, { label: name?.trim(), polling: enabled });
  }
  if (displayOrder !== undefined && displayOrder !== place) {
    const others = (await findServices(services)).all.map(({ facts }) => facts.key).filter((one) =>
      one !== key
    );
    const at = Math.min(Math.max(displayOrder, 1), others.length + 1) - 1;
    await services.settings.save({ accountOrder: others.toSpliced(at, 0, key) });
  }
  return await serviceNow(services, key);
}

/** @throws {FieldsError} naming unknown ids */
export async function reorderServices(services: AppContext, ids: readonly string[]): Promise<void> {
  const known = await findServices(services);
  const wanted = ids.map((id) => findService(known, id)?.facts.key);
  const problems = wanted.flatMap((key, place) =>
    key === undefined
      ? [{ field: `serviceIds.${place}`, message: `There is no service "${plain(ids[place]!, 80)}"` }]
      : []
  );
  if (problems.length > 0) throw new FieldsError(problems);
  const first = new Set(wanted.filter((key) => key !== undefined));
  const rest = known.all.map(({ facts }) => facts.key).filter((key) => !first.has(key));
  await services.settings.save({ accountOrder: [...first, ...rest] });
}

/** Deletes its secrets; its history stays. @throws {HttpError} 409 for an account that is not stored here */
export async function removeService(services: AppContext, { facts: { key }, stored }: KnownService) {
  if (!stored) throw createForeignError(key);
  await changeAccounts(() => services.accounts.remove(key));
}

async function serviceNow(services: AppContext, key: AccountKey): Promise<Service> {
  const known = findService(await findServices(services), serviceId(key));
  // Another user may have removed it meanwhile.
  if (!known) throw new HttpError(409, `The service "${plain(key, 80)}" is no longer there`);
  return serviceJson(known.facts);
}

function createForeignError(key: AccountKey): HttpError {
  return new HttpError(
    409,
    `The credential of "${plain(key, 80)}" is not stored here: change it where it was found, ` +
      "or turn the service off",
  );
}
