/** The sentence at the top of the overview. */
import type { Summary } from "./summary.ts";

/** The first word says it; the colour only repeats it. */
const TONES = {
  ready: "text-healthy",
  "at-risk": "text-warning",
  out: "text-critical",
  unknown: "text-muted",
} as const;

export function SummaryLine({ summary: { state, answer, rest } }: { readonly summary: Summary }) {
  return (
    <div>
      {answer !== "" && <p class="text-sm text-muted">Can I work now?</p>}
      <p
        class="summary outside-text text-xl font-medium leading-snug tracking-tight sm:text-2xl"
        data-state={state}
      >
        {answer !== "" && <strong class={`font-semibold ${TONES[state]}`}>{answer}</strong>}
        {rest}
      </p>
    </div>
  );
}
