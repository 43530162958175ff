/** Settings as the quota API and the native surface say them. */
import type { Thresholds } from "../model/view/status.ts";
import { rounded } from "./quota_api_figures.ts";

/** What the shapes need of settings; the words are those of the services. */
export interface SettingsFacts {
  readonly zone: string | null;
  readonly zoneInForce: string;
  readonly hiddenInsights: readonly string[];
  readonly display: "used" | "left";
  readonly thresholds: Thresholds;
  readonly workDays: number;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  readonly keepReadingsDays: number | null;
  readonly accountOrder: readonly string[];
  readonly accounts: AccountsSet;
}

/** What was set for single accounts, by key. */
export type AccountsSet = Readonly<
  Record<string, { readonly label: string | null; readonly polling: boolean; readonly hidden?: true }>
>;

/** What `/api/settings` says. */
export interface QuotaSettings {
  /** In force, whoever chose it. */
  readonly timezone: string;
  readonly hidden_insights: readonly string[];
  readonly display: "used" | "left";
  /** Percent of the limit. */
  readonly thresholds: Thresholds;
  readonly work_days: number;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** 0 is for ever, null what the server was started with. */
  readonly keep_readings_days: number | null;
  readonly account_order: readonly string[];
  readonly accounts: AccountsSet;
}

export function quotaSettings(settings: SettingsFacts): QuotaSettings {
  const { warning, critical } = settings.thresholds;
  return {
    timezone: settings.zoneInForce,
    hidden_insights: settings.hiddenInsights,
    display: settings.display,
    thresholds: { warning: rounded(warning * 100), critical: rounded(critical * 100) },
    work_days: settings.workDays,
    theme: settings.theme,
    density: settings.density,
    keep_readings_days: settings.keepReadingsDays,
    account_order: settings.accountOrder,
    accounts: settings.accounts,
  };
}

/** What `/api/v1/settings` says. */
export interface SettingsMessage {
  /** Chosen here; null for that of the server. */
  readonly timeZone: string | null;
  readonly timeZoneInForce: string;
  readonly hiddenInsights: readonly string[];
  readonly display: "used" | "left";
  /** Shares of the limit. */
  readonly thresholds: Thresholds;
  /** Days from Monday on that are worked. */
  readonly workDays: number;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** 0 is for ever, null what the server was started with. */
  readonly keepReadingsDays: number | null;
  readonly accountOrder: readonly string[];
  readonly accounts: AccountsSet;
}

export function settingsMessage(settings: SettingsFacts): SettingsMessage {
  const { zone, zoneInForce, hiddenInsights, display, thresholds } = settings;
  const { workDays, theme, density, keepReadingsDays, accountOrder, accounts } = settings;
  return {
    timeZone: zone,
    timeZoneInForce: zoneInForce,
    hiddenInsights,
    display,
    thresholds,
    workDays,
    theme,
    density,
    keepReadingsDays,
    accountOrder,
    accounts,
  };
}
