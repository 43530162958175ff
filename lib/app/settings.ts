/**
 * The dashboard's settings: kept in the store as one document, and in memory.
 *
 * It may import the model and the contracts of store, hub and clock. It validates what it
 * reads, since another version of the program may have written it.
 */
import { harmless } from "../base/text.ts";
import { updateDoc } from "../base/update_doc.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import {
  CURRENCY,
  DENSITIES,
  type Density,
  MAX_KEEP_DAYS,
  MAX_LABEL,
  MAX_PRICE,
} from "../model/setting_limits.ts";
import type { Money } from "../model/spend/money.ts";
import { isDay, type PriceChange, type PriceSettings, priceSettings, tidy } from "../model/spend/price.ts";
import { THRESHOLDS, type Thresholds } from "../model/view/status.ts";
import { isZone } from "../model/time.ts";
import { BROWSER_ZONE } from "../model/view/view.ts";
import type { ViewSettings } from "../model/view/view.ts";
import type { GetOptions, Store } from "../store/store.ts";

export interface Settings {
  /** The IANA zone in which days begin; `browser` for the viewer's, null for the server's. */
  readonly zone: string | null;
  /** Keys or types of hidden insights, as the user named them. */
  readonly hiddenInsights: readonly string[];
  /** Whether pages lead with what is used or what is left. */
  readonly display: "used" | "left";
  /** The thresholds of the words for how full a quota is. */
  readonly thresholds: Thresholds;
  /** Working days, counted from Monday: a weekly quota is paced over them. 7 counts every day. */
  readonly workDays: WorkDays;
  /** The default look of pages, which a browser may override. */
  readonly theme: Theme;
  readonly density: Density;
  /** Days for which raw readings are kept, 0 forever; null for the server's own setting. */
  readonly keepReadingsDays: number | null;
  /** Accounts in the order chosen for them; the others follow in the default order. */
  readonly accountOrder: readonly AccountKey[];
  /** Settings of single accounts, by key. */
  readonly accounts: Readonly<Record<AccountKey, AccountSettings>>;
}

export interface AccountSettings extends PriceSettings {
  /** The name that pages show; null for its provider and name. */
  readonly label: string | null;
  /** Whether it is polled by the clock. Its history is kept either way. */
  readonly polling: boolean;
  /**
   * Whether current lists leave it out; absent when they do not. Applies only while the account is not
   * configured, so that an account that returns is shown again.
   */
  readonly hidden?: true;
}

export const WORK_DAYS = [5, 6, 7] as const;
export type WorkDays = typeof WORK_DAYS[number];
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = typeof THEMES[number];

export const DEFAULT_ACCOUNT: AccountSettings = { label: null, polling: true };

export const DEFAULT_SETTINGS: Settings = {
  zone: null,
  hiddenInsights: [],
  display: "used",
  thresholds: THRESHOLDS,
  workDays: 7,
  theme: "system",
  density: "comfortable",
  keepReadingsDays: null,
  accountOrder: [],
  accounts: {},
};

/** Returns the settings of an account, or the defaults. */
export function accountSettings({ accounts }: Pick<Settings, "accounts">, key: AccountKey): AccountSettings {
  return Object.hasOwn(accounts, key) ? accounts[key] ?? DEFAULT_ACCOUNT : DEFAULT_ACCOUNT;
}

/** Returns the hidden accounts, configured or not. */
export function hiddenAccounts({ accounts }: Pick<Settings, "accounts">): readonly AccountKey[] {
  return Object.entries(accounts).filter(([, { hidden }]) => hidden).map(([key]) => key as AccountKey);
}

/** Returns the zone set for all users, or null when it is the server's or each browser's. */
export function fixedZone({ zone }: Pick<Settings, "zone">): string | null {
  return zone === BROWSER_ZONE ? null : zone;
}

/** Returns the part that changes how pages look, on a server in a zone. */
export function viewSettings(settings: Settings, serverZone: string): ViewSettings {
  const { display, zone, thresholds, theme, density, accountOrder } = settings;
  const ordered = accountOrder.length > 0;
  return { display, zone: zone ?? serverZone, thresholds, theme, density, ordered };
}

/** The settings to change, or a function that derives them from the current ones. */
export type SettingsChange = Partial<Settings> | ((before: Settings) => Partial<Settings>);

export interface SettingsKeeper {
  /** As last read; the defaults before the first read. */
  readonly current: Settings;
  /** Reads them, unless that was done a moment ago. */
  load(): Promise<Settings>;
  /** Changes some of them and publishes the change. */
  save(changes: SettingsChange): Promise<Settings>;
}

export interface SettingsParts {
  readonly store: Pick<Store, "docs">;
  readonly hub: Pick<Hub, "publish"> & Partial<Pick<Hub, "listen">>;
  readonly clock: Pick<Clock, "now">;
}

/** All settings are one document. */
const ID = "dashboard";
/** How long settings are cached, because another process may change them. */
const MAX_CACHE_MS = 10_000;

export function createSettings({ store, hub, clock }: SettingsParts): SettingsKeeper {
  let current = DEFAULT_SETTINGS;
  let readAt: number | undefined;
  hub.listen?.(({ elsewhere }) => {
    if (elsewhere) readAt = undefined;
  });
  /** The change in progress, so that no two changes start from the same state. */
  let saving: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Settings> {
    const now = clock.now();
    current = await readSettings(store, now);
    readAt = now;
    return current;
  }

  async function change(changes: SettingsChange): Promise<Settings> {
    const next = await updateDoc({ docs: store.docs, clock }, "settings", ID, (stored): Settings => {
      const before = parseSettings(stored);
      return { ...before, ...typeof changes === "function" ? changes(before) : changes };
    });
    current = next;
    readAt = clock.now();
    hub.publish({ kind: "settings", account: null });
    return next;
  }

  return {
    get current() {
      return current;
    },
    load() {
      const now = clock.now();
      const isRecent = readAt !== undefined && now >= readAt && now - readAt < MAX_CACHE_MS;
      return isRecent ? Promise.resolve(current) : read();
    },
    save(changes) {
      const saved = saving.then(() => change(changes));
      saving = saved.catch(() => undefined);
      return saved;
    },
  };
}

/** Returns the settings of a store that is only read. */
export async function readSettings(
  { docs }: Pick<Store, "docs">,
  now: number,
  options?: GetOptions,
): Promise<Settings> {
  return parseSettings(await docs.get<unknown>("settings", ID, now, options));
}

/** Parses a stored document, with the default for each part that is absent or invalid. */
export function parseSettings(doc: unknown): Settings {
  const stored = { ...doc as Partial<Record<keyof Settings, unknown>> };
  const { zone, keepReadingsDays: days } = stored;
  const isKnown = typeof zone === "string" && (zone === BROWSER_ZONE || isZone(zone));
  return {
    zone: isKnown ? zone : DEFAULT_SETTINGS.zone,
    hiddenInsights: parseTexts(stored.hiddenInsights),
    display: stored.display === "left" ? "left" : "used",
    thresholds: parseThresholds(stored.thresholds) ?? THRESHOLDS,
    workDays: findWord(WORK_DAYS, stored.workDays) ?? DEFAULT_SETTINGS.workDays,
    theme: findWord(THEMES, stored.theme) ?? DEFAULT_SETTINGS.theme,
    density: findWord(DENSITIES, stored.density) ?? DEFAULT_SETTINGS.density,
    keepReadingsDays: isKeepDays(days) ? days : null,
    accountOrder: parseTexts(stored.accountOrder) as readonly AccountKey[],
    accounts: parseAccounts(stored.accounts),
  };
}

/** Reports whether raw readings can be kept for that many days. */
export function isKeepDays(days: unknown): days is number {
  return Number.isInteger(days) && (days as number) >= 0 && (days as number) <= MAX_KEEP_DAYS;
}

function parseTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function findWord<T>(all: readonly T[], value: unknown): T | undefined {
  return all.find((one) => one === value);
}

function parseAccounts(value: unknown): Settings["accounts"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, stored]) => {
      const { label, polling, hidden, price, prices } = {
        ...stored as Partial<Record<keyof AccountSettings, unknown>>,
      };
      // Characters that control text direction would reverse the surrounding sentences.
      const text = typeof label === "string" ? harmless(label) : "";
      const known = text.trim() !== "" ? text.slice(0, MAX_LABEL) : null;
      const own: AccountSettings = {
        label: known,
        polling: polling !== false,
        ...priceSettings(parsePrices(prices) ?? parseChange({ since: null, price })),
      };
      return [key, hidden === true ? { ...own, hidden } : own];
    }),
  );
}

function parsePrices(value: unknown): readonly PriceChange[] | null {
  return Array.isArray(value) ? tidy(value.flatMap(parseChange)) : null;
}

function parseChange(value: unknown): readonly PriceChange[] {
  const { since, price } = { ...value as Partial<Record<keyof PriceChange, unknown>> };
  const known = parsePrice(price);
  const hasDay = since === null || typeof since === "string" && isDay(since);
  return hasDay && (known !== null || price === null) ? [{ since, price: known }] : [];
}

function parsePrice(value: unknown): Money | null {
  const { amount, currency } = { ...value as Partial<Record<keyof Money, unknown>> };
  if (typeof amount !== "number" || !(amount >= 0 && amount <= MAX_PRICE)) return null;
  return typeof currency === "string" && CURRENCY.test(currency) ? { amount, currency } : null;
}

function parseThresholds(value: unknown): Thresholds | null {
  const { warning, critical } = { ...value as Partial<Thresholds> };
  if (typeof warning !== "number" || typeof critical !== "number") return null;
  return warning > 0 && warning < critical && critical <= 1 ? { warning, critical } : null;
}
