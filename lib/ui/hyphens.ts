/** Replaces hyphens after digits, as in "5-hour" and dates, by hyphens after which no browser ends a line. */
export function bindHyphens(text: string): string {
  return text.replaceAll(/(\d)-(?=\w)/g, "$1\u2011");
}
