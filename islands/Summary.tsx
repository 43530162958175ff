import { SummaryPart, type SummaryProps } from "../lib/ui/SummaryPart.tsx";
import { WholeView } from "../lib/ui/WholeView.tsx";

/** The sentence at the top of the overview, live. */
export default function Summary(props: SummaryProps) {
  return (
    <WholeView view={props.view} name="summary-part">
      <SummaryPart {...props} />
    </WholeView>
  );
}
