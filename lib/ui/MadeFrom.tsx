/** What the fields of a form held when it was made, so that saving it overwrites nothing that others changed since. */

/** Begins the names of these hidden fields. */
export const MADE_FROM = "was:";

/** @param values what is stored, by field, as the form shows it */
export function MadeFrom({ values }: { readonly values: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input key={name} type="hidden" name={MADE_FROM + name} value={value} />
      ))}
    </>
  );
}
