/** Text in which a browser breaks no line after the hyphen of a date or a window, such as "5-hour". */
const HYPHENATED = /(\d{4}-\d\d-\d\d|\d-[a-z]+)/;

export function UnbrokenText({ children }: { readonly children: string }) {
  return (
    <>
      {children.split(HYPHENATED).map((part, place) =>
        place % 2 === 1 ? <span key={place} class="whitespace-nowrap">{part}</span> : part
      )}
    </>
  );
}
