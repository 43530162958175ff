/** Reads and changes settings for whichever surface asks. */
import { HttpError } from "fresh";
import { hiddenKeys } from "../dialects/quota_api_insights.ts";
import { nearest } from "../nearest.ts";
import { isZone } from "../model/time.ts";
import type { Services } from "../services.ts";
import type { Settings } from "../settings.ts";
import { plain } from "../text.ts";

export interface SettingsInForce extends Settings {
  /** The zone days begin in, whoever chose it. */
  readonly zoneInForce: string;
}

export async function settingsOf(services: Services): Promise<SettingsInForce> {
  return inForce(await services.settings.load(), services);
}

/** Changes those that are not undefined. */
export async function save(
  services: Services,
  changes: { readonly [Key in keyof Settings]?: Settings[Key] | undefined },
): Promise<SettingsInForce> {
  const meant = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const isEmpty = Object.keys(meant).length === 0;
  return inForce(await (isEmpty ? services.settings.load() : services.settings.save(meant)), services);
}

function inForce(settings: Settings, { serverZone }: Services): SettingsInForce {
  return { ...settings, zoneInForce: settings.zone ?? serverZone };
}

/** Keys and types of hidden insights in the words of the model. */
export async function hiddenIn(services: Services): Promise<readonly string[]> {
  const { hiddenInsights } = await services.settings.load();
  if (hiddenInsights.length === 0) return [];
  const { accounts } = await services.dashboard();
  return hiddenKeys(hiddenInsights, accounts.flatMap(({ quotas }) => quotas.map(({ key }) => key)));
}

/**
 * The zone of a request; null for that of the server.
 *
 * @throws {HttpError} 400 when the zone is not known
 */
export function zoneOf(word: string | null): string | null {
  if (word === null || word === "") return null;
  if (isZone(word)) return word;
  const meant = nearest(word, Intl.supportedValuesOf("timeZone"));
  const hint = meant === null ? "" : `; did you mean ${meant}?`;
  throw new HttpError(
    400,
    `Unknown time zone "${
      plain(word, 64)
    }": expected a name of the IANA database such as Europe/Berlin or UTC${hint}`,
  );
}
