/** A sample of a part of the drawing, beside its name. */
export function KeySign({ part }: { readonly part: "warning" | "projection" | "band" | "earlier" }) {
  return (
    <svg width="20" height="10" aria-hidden="true" class="mr-1.5 inline-block">
      {part === "band" && <rect class="chart-band" width="20" height="10" />}
      {part === "projection" && <line class="chart-key-projection" x1="2" x2="19" y1="5" y2="5" />}
      {part === "earlier" && <path class="chart-key-earlier" d="M1 8 7 4 12 6 19 2" />}
      {part === "warning" && (
        <>
          <line class="chart-warning" x1="0" x2="20" y1="7.5" y2="7.5" />
          <line class="chart-critical" x1="0" x2="20" y1="2.5" y2="2.5" />
        </>
      )}
    </svg>
  );
}
