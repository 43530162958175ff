/** The sentence at the top of the overview. */
import type { ReadonlySignal } from "@preact/signals";
import type { Summary } from "./summary.ts";
import { bindHyphens } from "./hyphens.ts";

/** The first word says it; the colour only repeats it. */
const TONES = {
  ready: "text-healthy",
  "at-risk": "text-warning",
  out: "text-critical",
  unknown: "text-muted",
} as const;

/** Renders again by itself as time passes. */
export function SummaryLine({ summary }: { readonly summary: ReadonlySignal<Summary> }) {
  const { state, answer, rest } = summary.value;
  return (
    <div>
      {answer !== "" && <p class="text-sm text-muted">Can I work now?</p>}
      <p
        class="summary outside-text text-xl font-medium leading-snug tracking-tight sm:text-2xl"
        data-state={state}
      >
        {answer !== "" && <strong class={`font-semibold ${TONES[state]}`}>{answer}</strong>}
        {bindHyphens(rest)}
      </p>
    </div>
  );
}
