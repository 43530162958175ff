/** Removes the vendor's name from a quota's title when the account's name before it already contains it. */
export function withoutName(title: string, own: string, name: string): string {
  const starts = (text: string) => text.toLowerCase().startsWith(`${name.toLowerCase()} `);
  return name !== "" && starts(`${own} `) && starts(title)
    ? title.slice(name.length + 1).trim() || title
    : title;
}
