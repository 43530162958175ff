import { useRef } from "preact/hooks";
import type { HistoryChartProps } from "../lib/ui/chart/HistoryChart.tsx";
import { useLate } from "../lib/ui/late.tsx";
import { CHART_ID } from "../lib/ui/late_ids.ts";
import { isOutdated } from "../lib/ui/outdated.ts";
import { liveView } from "../lib/ui/packed_view.ts";
import { loadWholeStyles } from "../lib/ui/whole_styles.ts";

/** Loads the code of the history chart, which the server has rendered. */
export default function ChartLoader(props: HistoryChartProps) {
  const { filter, chart } = props;
  const view = liveView(props.view);
  const drawn = useRef({ view: view.peek(), filter: filter?.peek() }).current;
  useLate({
    id: CHART_ID,
    view,
    area: ".chart-area",
    isOutdated: () => filter?.value !== drawn.filter || isOutdated(drawn.view, view.value, chart.quotas),
    async load() {
      const [{ HistoryChart }, { followFilters }] = await Promise.all([
        import("../lib/ui/chart/HistoryChart.tsx"),
        import("../lib/ui/filters.ts"),
        // What appears at the pointer is drawn by rules that the overview begins without.
        loadWholeStyles(),
      ]);
      // Its fields for days have a calendar, which a click may already wait for.
      followFilters();
      return <HistoryChart {...props} drawnFilter={drawn.filter} />;
    },
  });
  return null;
}
