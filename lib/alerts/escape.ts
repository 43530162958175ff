/** Escapes names, which come from vendors and users: each channel gets text without meaning in its markup. */

import { harmless, plain } from "../base/text.ts";

const MAX_LINE = 200;

/** Makes text harmless line by line; its line breaks stay. */
export function plainText(text: string): string {
  return text.split(/\r\n|\n/).map(harmless).join("\n");
}

/** Returns one line, for subjects, titles and headers. */
export function oneLine(text: string, max = MAX_LINE): string {
  return plain(text, max).trim();
}

/** Returns text a header may contain; encodes everything else by RFC 2047. */
export function headerText(text: string): string {
  const line = oneLine(text);
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  const bytes = new TextEncoder().encode(line);
  return `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`;
}

export function html(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Escapes for Slack and Mattermost: no links, no mentions of everyone. */
export function slack(text: string): string {
  return plainText(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/@(here|channel|everyone|all)\b/gi, "@\u2060$1").replace(/[*_~`]/g, (sign) => `\u2060${sign}`);
}

/** Escapes for Discord and other Markdown: markup characters are literal, and no one is mentioned. */
export function markdown(text: string): string {
  return plainText(text).replace(/[\\*_~`|>#[\]()<]/g, (sign) => `\\${sign}`).replaceAll("@", "@\u2060");
}

/** Escapes for Google Chat, which has no entities: an invisible character beside its marks removes their meaning. */
export function chat(text: string): string {
  return plainText(text).replace(/[<@*_~`]/g, (sign) => `${sign}\u2060`);
}

/** Cuts text to a number of code units, at the end of a line if there is one. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.slice(0, max - 2);
  const line = start.lastIndexOf("\n");
  const kept = line > max / 2 ? start.slice(0, line + 1) : start.replace(/\\+$/, "");
  return `${kept.toWellFormed()}\u2026`;
}

/**
 * Returns a key of limited length: a long one keeps its beginning and gets a digest, so that different ones
 * differ.
 */
export async function shortKey(id: string, max: number): Promise<string> {
  if (id.length <= max) return id;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id)));
  return `${id.slice(0, max - 33).toWellFormed()}-${digest.slice(0, 16).toHex()}`;
}
