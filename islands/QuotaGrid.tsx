import { QuotaGrid, type QuotaGridProps } from "../lib/ui/QuotaGrid.tsx";
import { WholeView } from "../lib/ui/WholeView.tsx";

/** All quotas, live. */
export default function LiveQuotaGrid(props: QuotaGridProps) {
  return (
    <WholeView view={props.view} name="quota-grid">
      <QuotaGrid {...props} />
    </WholeView>
  );
}
