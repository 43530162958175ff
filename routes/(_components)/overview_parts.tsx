/** Parts of the overview as the server renders them, each with the island that loads its code later. */
import HorizonLoader from "@/islands/HorizonLoader.tsx";
import InsightsLoader from "@/islands/InsightsLoader.tsx";
import NeedsLoader from "@/islands/NeedsLoader.tsx";
import { Horizon, type HorizonProps } from "@/lib/ui/horizon/Horizon.tsx";
import { LatePart } from "@/lib/ui/late.tsx";
import { HORIZON_PLACE, INSIGHTS_PLACE, NEEDS_PLACE } from "@/lib/ui/late_places.ts";
import { NeedsYou, type NeedsYouProps } from "@/lib/ui/NeedsYou.tsx";
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

export function LateNeeds(props: NeedsYouProps) {
  return (
    <>
      <LatePart id={NEEDS_PLACE}>
        <NeedsYou {...props} />
      </LatePart>
      <NeedsLoader {...props} />
    </>
  );
}
