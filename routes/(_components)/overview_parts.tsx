/** Parts of the overview as the server draws them, each with the island that loads its code later. */
import HorizonLoader from "@/islands/HorizonLoader.tsx";
import InsightsLoader from "@/islands/InsightsLoader.tsx";
import { Horizon, type HorizonProps } from "@/lib/ui/horizon/Horizon.tsx";
import { HORIZON_PLACE } from "@/lib/ui/horizon/place.ts";
import { LatePart } from "@/lib/ui/late.tsx";
import { INSIGHTS_PLACE } from "@/lib/ui/top_insights.ts";
import { TopInsights, type TopInsightsProps } from "@/lib/ui/TopInsights.tsx";

export function LateHorizon(props: HorizonProps) {
  return (
    <>
      <LatePart id={HORIZON_PLACE}>
        <Horizon {...props} />
      </LatePart>
      <HorizonLoader {...props} />
    </>
  );
}

export function LateInsights(props: TopInsightsProps) {
  return (
    <>
      <LatePart id={INSIGHTS_PLACE}>
        <TopInsights {...props} />
      </LatePart>
      <InsightsLoader {...props} />
    </>
  );
}
