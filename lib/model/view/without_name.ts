/** Removes the vendor's name from a quota's title when the account's name before it already contains it. */
export function withoutName(title: string, own: string, name: string): string {
  const isPrefix = (text: string) => text.toLowerCase().startsWith(`${name.toLowerCase()} `);
  return name !== "" && isPrefix(`${own} `) && isPrefix(title)
    ? title.slice(name.length + 1).trim() || title
    : title;
}
