import { useComputed } from "@preact/signals";
import { useNow } from "./clock.ts";
import { liveView, type PackedView } from "./packed_view.ts";
import { pageHeadline, type Pools, summarizeAccounts } from "./summary.ts";
import { SummaryLine } from "./SummaryLine.tsx";
import { useZone } from "./zone.ts";

export interface SummaryProps {
  readonly view: PackedView;
  readonly zone: string;
  /** Which quotas count the same usage, by provider. */
  readonly pools: Pools;
}

/** The sentence at the top of the overview, and whether readings are stored at all. */
export function SummaryPart({ pools, ...props }: SummaryProps) {
  const view = liveView(props.view);
  const now = useNow(view);
  const zone = useZone(view, props.zone);
  const headline = useComputed(() => pageHeadline(view.value, now.value, zone.value, pools));
  const summary = useComputed(() => summarizeAccounts(view.value, headline.value));
  const { trouble } = view.value;
  return (
    <>
      <SummaryLine summary={summary} />
      {trouble !== null && (
        <p class="store-trouble outside-text notice mt-4" role="alert">
          <strong class="text-critical">New readings are not being saved.</strong> {trouble.message}.{" "}
          {trouble.hint}.
        </p>
      )}
    </>
  );
}
