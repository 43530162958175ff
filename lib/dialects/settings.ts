/** Settings as the quota API and the native surface say them. */
import type { Thresholds } from "../model/status.ts";
import { rounded } from "./quota_api_figures.ts";

/** What the shapes need of settings; the words are those of the services. */
export interface SettingsFacts {
  readonly zone: string | null;
  readonly zoneInForce: string;
  readonly hiddenInsights: readonly string[];
  readonly display: "used" | "left";
  readonly thresholds: Thresholds;
}

/** What `/api/settings` says. */
export interface QuotaSettings {
  /** In force, whoever chose it. */
  readonly timezone: string;
  readonly hidden_insights: readonly string[];
  readonly display: "used" | "left";
  /** Percent of the limit. */
  readonly thresholds: Thresholds;
}

export function quotaSettings(settings: SettingsFacts): QuotaSettings {
  const { warning, critical } = settings.thresholds;
  return {
    timezone: settings.zoneInForce,
    hidden_insights: settings.hiddenInsights,
    display: settings.display,
    thresholds: { warning: rounded(warning * 100), critical: rounded(critical * 100) },
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
}

export function settingsMessage(settings: SettingsFacts): SettingsMessage {
  const { zone, zoneInForce, hiddenInsights, display, thresholds } = settings;
  return { timeZone: zone, timeZoneInForce: zoneInForce, hiddenInsights, display, thresholds };
}
