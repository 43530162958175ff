/** The zones to choose from, by their current names. */
import { isZone } from "../model/time.ts";

/** Zones that the runtime lists by a deprecated name. Both mean the same to it. */
const RENAMED: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

export interface ZoneChoice {
  readonly name: string;
  /** An older name, for searching; empty when there is none. */
  readonly also: string;
}

let choices: readonly ZoneChoice[] | undefined;

export function zoneChoices(): readonly ZoneChoice[] {
  return choices ??= [...Intl.supportedValuesOf("timeZone"), "UTC"].map((listed): ZoneChoice => {
    const today = RENAMED[listed];
    return today !== undefined && isZone(today) ? { name: today, also: listed } : { name: listed, also: "" };
  }).filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at)
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Current and older names. */
export function zoneNames(): readonly string[] {
  return zoneChoices().flatMap(({ name, also }) => also === "" ? [name] : [name, also]);
}

/**
 * Finds the zone of a city: `kolkata` and `Calcutta` are Asia/Kolkata, `new york` is America/New_York. Null for no
 * match or several.
 */
export function zoneOfCity(typed: string): string | null {
  const city = cityWords(typed);
  const names = zoneChoices().filter(({ name, also }) =>
    [name, also].some((one) => cityWords(one.slice(one.lastIndexOf("/") + 1)) === city)
  ).map(({ name }) => name);
  const [only] = names;
  return city !== "" && only !== undefined && names.length === 1 ? only : null;
}

function cityWords(text: string): string {
  return text.toLowerCase().replace(/[_\s-]+/g, " ").trim();
}
