/** Reads and changes settings for every surface. */
import { HttpError } from "fresh";
import { hiddenKeys } from "../formats/quota_api_insights.ts";
import { zoneNames, zoneOfCity } from "./zones.ts";
import { nearest } from "../base/nearest.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Money } from "../model/spend/money.ts";
import {
  findPrices,
  type PriceHistory,
  priceSettings,
  tidy,
  withoutPrice,
  withPrice,
} from "../model/spend/price.ts";
import { isoDate, isZone } from "../model/time.ts";
import { BROWSER_ZONE } from "../model/view/view.ts";
import type { AppContext } from "../app/context.ts";
import type { AccountSettings, Settings } from "../app/settings.ts";
import { plain } from "../base/text.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";

export interface SettingsInForce extends Settings {
  /** The zone in which days begin on this server, by setting or default. */
  readonly zoneInForce: string;
}

export async function readSettings(services: AppContext): Promise<SettingsInForce> {
  return settingsInForce(await services.settings.load(), services);
}

/** Settings to change: those that are not undefined, and for each account its given fields. */
export type WantedSettings =
  & { readonly [Key in Exclude<keyof Settings, "accounts">]?: Settings[Key] | undefined }
  & { readonly accounts?: Readonly<Record<string, WantedAccount>> | undefined };

export type WantedAccount =
  & {
    readonly [Key in Exclude<keyof AccountSettings, "hidden" | "price">]?: AccountSettings[Key] | undefined;
  }
  & {
    readonly hidden?: boolean | undefined;
    readonly price?: Money & { readonly since?: string | undefined } | null | undefined;
    /** The day from which no price counts any more, with a price of null. */
    readonly priceEnds?: string | undefined;
  };

/**
 * @param orderField name of the field that held the account order
 * @param zone in which today is
 * @throws {FieldsError} 422 naming unknown accounts
 */
export async function save(
  services: AppContext,
  wanted: WantedSettings,
  orderField = "accountOrder",
  zone: string = services.zone,
): Promise<SettingsInForce> {
  const { accounts, ...rest } = wanted;
  const changes: Partial<Settings> = withoutUndefined(rest);
  if (Object.keys(changes).length === 0 && accounts === undefined) return await readSettings(services);
  await checkAccounts(services, Object.keys(accounts ?? {}), wanted.accountOrder ?? [], orderField);
  checkPrices(accounts ?? {});
  const today = isoDate(services.clock.now(), zone);
  const saved = await services.settings.save((before) => ({
    ...changes,
    ...accounts && { accounts: mergeAccounts(before.accounts, accounts, today) },
  }));
  return settingsInForce(saved, services);
}

/**
 * Returns the settings with the given fields of each account changed.
 *
 * @param today from which a price counts that names no day: `2026-11-21`
 */
export function mergeAccounts(
  before: Settings["accounts"],
  wanted: Readonly<Record<string, WantedAccount>>,
  today: string,
): Settings["accounts"] {
  const merged = new Map<string, AccountSettings>(Object.entries(before));
  for (const [key, account] of Object.entries(wanted)) {
    const { price, prices: all, priceEnds = null, ...others } = account;
    const own = merged.get(key);
    const prices = all ? tidy(all) : findPrices(own ?? {});
    const { label = null, polling = true, hidden } = { ...own, ...withoutUndefined(others) };
    merged.set(key, {
      label: label?.trim() || null,
      polling,
      ...hidden && { hidden },
      ...priceSettings(all ? prices : changePrice(prices, price, priceEnds, today)),
    });
  }
  return Object.fromEntries(merged);
}

function changePrice(
  history: PriceHistory,
  price: WantedAccount["price"],
  ends: string | null,
  today: string,
): PriceHistory {
  if (price === undefined) return history;
  if (price === null) return withoutPrice(history, { since: ends, today });
  const { amount, currency, since = null } = price;
  return withPrice(history, { amount, currency }, { since, today });
}

/** Refuses a price beside other prices: a program that sends back what it read may have changed only one of them. */
function checkPrices(accounts: Readonly<Record<string, WantedAccount>>): void {
  const problems = Object.entries(accounts).flatMap(([key, { price, prices }]): readonly FieldProblem[] => {
    if (price === undefined || prices === undefined) return [];
    const last = tidy(prices).at(-1)?.price ?? null;
    if (last?.amount === price?.amount && last?.currency === price?.currency) return [];
    const message = "price must be the last of prices: change both, or leave one of them out";
    return [{ field: `accounts.${plain(key, 80)}.price`, message }];
  });
  if (problems.length > 0) throw new FieldsError(problems);
}

async function checkAccounts(
  services: AppContext,
  named: readonly string[],
  ordered: readonly string[],
  orderField: string,
): Promise<void> {
  if (named.length + ordered.length === 0) return;
  const known = new Set<string>(await listKnownAccounts(services));
  const describeProblem = (field: string, key: string): FieldProblem => {
    const hint = nearest(key, [...known]);
    const suggestion = hint === null ? "" : `; did you mean ${hint}?`;
    return { field, message: `There is no account "${plain(key, 80)}"${suggestion}` };
  };
  const problems = [
    ...named.filter((key) => !known.has(key)).map((key) =>
      describeProblem(`accounts.${plain(key, 80)}`, key)
    ),
    ...ordered.flatMap((key, place) =>
      known.has(key) ? [] : [describeProblem(`${orderField}.${place}`, key)]
    ),
  ];
  if (problems.length > 0) throw new FieldsError(problems);
}

/** Keys of all accounts that are configured or were ever read. */
export async function listKnownAccounts(services: AppContext): Promise<readonly AccountKey[]> {
  const [view, providers] = await Promise.all([
    services.dashboard({ withHidden: true }),
    services.providers(),
  ]);
  const configured = providers.flatMap(({ id, accounts }) =>
    accounts.map(({ name }): AccountKey => `${id}/${name}`)
  );
  return [...new Set([...view.accounts.map(({ key }) => key), ...configured])];
}

function withoutUndefined<T extends object>(
  fields: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

function settingsInForce(settings: Settings, { serverZone }: AppContext): SettingsInForce {
  const { zone } = settings;
  return { ...settings, zoneInForce: zone === null || zone === BROWSER_ZONE ? serverZone : zone };
}

/** Keys and types of hidden insights, as the model names them. */
export async function readHiddenInsights(services: AppContext): Promise<readonly string[]> {
  const { hiddenInsights } = await services.settings.load();
  if (hiddenInsights.length === 0) return [];
  const { accounts } = await services.dashboard({ withHidden: true });
  return hiddenKeys(hiddenInsights, accounts.flatMap(({ quotas }) => quotas.map(({ key }) => key)));
}

/**
 * Returns the zone of a request: null for the server's, `browser` for the viewer's.
 *
 * @throws {HttpError} 400 when the zone is unknown
 */
export function parseZone(word: string | null): string | null {
  if (word === null || word === "") return null;
  if (word === BROWSER_ZONE) return word;
  // In its canonical spelling, however it was typed.
  const usual = zoneNames().find((name) => name.toLowerCase() === word.toLowerCase());
  if (usual !== undefined || isZone(word)) return usual ?? word;
  const city = zoneOfCity(word);
  if (city !== null) return city;
  const suggestion = nearest(word, zoneNames());
  const hint = suggestion === null ? "" : `; did you mean ${suggestion}?`;
  throw new HttpError(
    400,
    `Unknown time zone "${
      plain(word, 64)
    }": expected a name of the IANA database such as Europe/Berlin or UTC${hint}`,
  );
}
