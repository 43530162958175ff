/** Leaves the vendor's name out of a quota's title where the account's name before it has it already. */
export function withoutName(title: string, own: string, name: string): string {
  const starts = (text: string) => text.toLowerCase().startsWith(`${name.toLowerCase()} `);
  return name !== "" && starts(`${own} `) && starts(title)
    ? title.slice(name.length + 1).trim() || title
    : title;
}
