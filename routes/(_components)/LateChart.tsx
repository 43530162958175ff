import ChartLoader from "@/islands/ChartLoader.tsx";
import { HistoryChart, type HistoryChartProps } from "@/lib/ui/chart/HistoryChart.tsx";
import { CHART_ID } from "@/lib/ui/late_ids.ts";
import { LatePart } from "@/lib/ui/late.tsx";

/** The history chart as the server renders it, and the island that loads its code later. */
export function LateChart(props: HistoryChartProps) {
  return (
    <>
      <LatePart id={CHART_ID}>
        <HistoryChart {...props} />
      </LatePart>
      <ChartLoader {...props} />
    </>
  );
}
