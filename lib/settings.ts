/**
 * What people set in the dashboard: kept in the store as one document and in memory.
 *
 * It may import the model and the contracts of store, hub and clock. What it reads back is
 * looked at again, since another version of the program may have written it.
 */
import type { Clock } from "./clock.ts";
import type { Hub } from "./hub.ts";
import { THRESHOLDS, type Thresholds } from "./model/status.ts";
import { isZone } from "./model/time.ts";
import type { Store } from "./store/store.ts";

export interface Settings {
  /** The IANA zone in which days begin; null for that of the server. */
  readonly zone: string | null;
  /** Keys or types of insights that are not to be shown, in the words of whoever hid them. */
  readonly hiddenInsights: readonly string[];
  /** Whether pages lead with what is used or with what is left. */
  readonly display: "used" | "left";
  /** Where the words for how full a quota is begin. */
  readonly thresholds: Thresholds;
}

export const DEFAULT_SETTINGS: Settings = {
  zone: null,
  hiddenInsights: [],
  display: "used",
  thresholds: THRESHOLDS,
};

export interface SettingsKeeper {
  /** As last read; the defaults before the first time. */
  readonly current: Settings;
  /** Reads them, unless that was done a moment ago. */
  load(): Promise<Settings>;
  /** Changes some of them and tells everybody who listens. */
  save(changes: Partial<Settings>): Promise<Settings>;
}

export interface SettingsParts {
  readonly store: Pick<Store, "docs">;
  readonly hub: Pick<Hub, "publish">;
  readonly clock: Pick<Clock, "now">;
}

/** All of them are one document. */
const ID = "dashboard";
/** Another process may change them: they are read again after this long. */
const LONGEST_KEPT_MS = 10_000;

export function createSettings({ store, hub, clock }: SettingsParts): SettingsKeeper {
  let current = DEFAULT_SETTINGS;
  let readAt: number | undefined;
  /** The change under way, so that no two are made of the same past. */
  let saving: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Settings> {
    const now = clock.now();
    current = await readSettings(store, now);
    readAt = now;
    return current;
  }

  async function change(changes: Partial<Settings>): Promise<Settings> {
    const next = { ...await read(), ...changes };
    await store.docs.put("settings", ID, next, clock.now());
    current = next;
    hub.publish({ kind: "settings", account: null });
    return next;
  }

  return {
    get current() {
      return current;
    },
    load() {
      const now = clock.now();
      const isRecent = readAt !== undefined && now >= readAt && now - readAt < LONGEST_KEPT_MS;
      return isRecent ? Promise.resolve(current) : read();
    },
    save(changes) {
      const saved = saving.then(() => change(changes));
      saving = saved.catch(() => undefined);
      return saved;
    },
  };
}

/** The settings in force in a store that is only looked at. */
export async function readSettings({ docs }: Pick<Store, "docs">, now: number): Promise<Settings> {
  return settingsOf(await docs.get<unknown>("settings", ID, now));
}

/** What a stored document says, with the default for each part that is absent or not understood. */
export function settingsOf(doc: unknown): Settings {
  const { zone, hiddenInsights, display, thresholds } = {
    ...doc as Partial<Record<keyof Settings, unknown>>,
  };
  return {
    zone: typeof zone === "string" && isZone(zone) ? zone : DEFAULT_SETTINGS.zone,
    hiddenInsights: Array.isArray(hiddenInsights)
      ? hiddenInsights.filter((key) => typeof key === "string")
      : [],
    display: display === "left" ? "left" : "used",
    thresholds: thresholdsOf(thresholds) ?? THRESHOLDS,
  };
}

function thresholdsOf(value: unknown): Thresholds | null {
  const { warning, critical } = { ...value as Partial<Thresholds> };
  if (typeof warning !== "number" || typeof critical !== "number") return null;
  return warning > 0 && warning < critical && critical <= 1 ? { warning, critical } : null;
}
