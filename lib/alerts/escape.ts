/** Escapes names, which come from vendors and users: each channel gets text without meaning in its markup. */

import { harmless, harmlessLines as plainText } from "../base/text.ts";

export { plainText };

const MAX_LINE = 200;
const encoder = new TextEncoder();
const ELLIPSIS = "\u2026";

/**
 * Returns one line, for subjects, titles and headers.
 *
 * @param max maximum number of code units: services count those or less, and refuse a message that is longer, while a
 *   character that people see may consist of many
 */
export function oneLine(text: string, max = MAX_LINE): string {
  const line = harmless(text).trim();
  return line.length <= max ? line : `${cutWhole(line, max - 1)}${ELLIPSIS}`;
}

/** Cuts without splitting a character of two code units. */
function cutWhole(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, "");
}

/** Returns text a header may contain; encodes everything else by RFC 2047. */
export function headerText(text: string): string {
  const line = oneLine(text);
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  const bytes = encoder.encode(line);
  return `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`;
}

export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Escapes for Slack and Mattermost: no links, no mentions of everyone. */
export function escapeSlack(text: string): string {
  return plainText(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/@(here|channel|everyone|all)\b/gi, "@\u2060$1").replace(/[*_~`]/g, (sign) => `\u2060${sign}`);
}

/** Escapes for Discord and other Markdown: markup characters are literal, and no one is mentioned. */
export function escapeMarkdown(text: string): string {
  return plainText(text).replace(/[\\*_~`|>#[\]()<]/g, (sign) => `\\${sign}`).replaceAll("@", "@\u2060");
}

/** Escapes for Google Chat, which has no entities: an invisible character beside its marks removes their meaning. */
export function escapeChat(text: string): string {
  return plainText(text).replace(/[<@*_~`]/g, (sign) => `${sign}\u2060`);
}

/** Cuts text to a number of code units, at the end of a line if there is one. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : endCut(cutWhole(text, max - 2), max);
}

/**
 * Cuts text to a number of bytes, in the same way.
 *
 * @param encode how it is encoded before it becomes UTF-8, such as in JSON
 */
export function cutBytes(text: string, max: number, encode: (text: string) => string = (one) => one): string {
  const bytesOf = (part: string) => encoder.encode(encode(part)).length;
  if (bytesOf(text) <= max) return text;
  const around = bytesOf("");
  let bytes = bytesOf(ELLIPSIS);
  let start = "";
  for (const character of text) {
    bytes += bytesOf(character) - around;
    if (bytes > max) break;
    start += character;
  }
  return endCut(start, start.length);
}

/** Ends a text that was cut: after its last line if that keeps most of it, never within an escape. */
function endCut(start: string, max: number): string {
  const line = start.lastIndexOf("\n");
  return `${line > max / 2 ? start.slice(0, line + 1) : start.replace(/\\+$/, "")}${ELLIPSIS}`;
}

/**
 * Returns a key of limited length: a long one keeps its beginning and gets a digest, so that different ones
 * differ.
 */
export async function shortenKey(id: string, max: number): Promise<string> {
  if (id.length <= max) return id;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(id)));
  return `${id.slice(0, max - 33).toWellFormed()}-${digest.slice(0, 16).toHex()}`;
}
