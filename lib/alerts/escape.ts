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
