/** Settings in the shapes of the quota API and the native API. */
import type { Thresholds } from "../model/view/status.ts";
import { roundOrNull } from "./quota_api_figures.ts";

/** What the shapes need from the settings, in the names the services use. */
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
  readonly accounts: AccountSettings;
}

/** Settings of single accounts, by account key. */
export type AccountSettings = Readonly<
  Record<
    string,
    {
      readonly label: string | null;
      readonly polling: boolean;
      readonly hidden?: true;
      /** The monthly price of its plan, the last one the user entered. */
      readonly price?: { readonly amount: number; readonly currency: string };
      /** The same over time; absent while the only one has no day from which it counts. */
      readonly prices?: readonly {
        readonly since: string | null;
        readonly price: { readonly amount: number; readonly currency: string } | null;
      }[];
    }
  >
>;

/** The answer of `/api/settings`. */
export interface QuotaSettings {
  /** The zone in effect, wherever it was set. */
  readonly timezone: string;
  readonly hidden_insights: readonly string[];
  readonly display: "used" | "left";
  /** Percent of the limit. */
  readonly thresholds: Thresholds;
  readonly work_days: number;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** 0 keeps them forever, null follows the server's configuration. */
  readonly keep_readings_days: number | null;
  readonly account_order: readonly string[];
  readonly accounts: AccountSettings;
}

export function quotaSettings(settings: SettingsFacts): QuotaSettings {
  const { warning, critical } = settings.thresholds;
  return {
    timezone: settings.zoneInForce,
    hidden_insights: settings.hiddenInsights,
    display: settings.display,
    thresholds: { warning: roundOrNull(warning * 100), critical: roundOrNull(critical * 100) },
    work_days: settings.workDays,
    theme: settings.theme,
    density: settings.density,
    keep_readings_days: settings.keepReadingsDays,
    account_order: settings.accountOrder,
    accounts: settings.accounts,
  };
}

/** The answer of `/api/v1/settings`. */
export interface SettingsMessage {
  /** The zone set in the dashboard; null to follow the server's. */
  readonly timeZone: string | null;
  readonly timeZoneInForce: string;
  readonly hiddenInsights: readonly string[];
  readonly display: "used" | "left";
  /** Shares of the limit. */
  readonly thresholds: Thresholds;
  /** Number of working days, counted from Monday. */
  readonly workDays: number;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** 0 keeps them forever, null follows the server's configuration. */
  readonly keepReadingsDays: number | null;
  readonly accountOrder: readonly string[];
  readonly accounts: AccountSettings;
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
