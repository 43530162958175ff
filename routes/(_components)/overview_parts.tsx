/** Parts of the overview as the server renders them, each with the island that loads its code later. */
import HorizonLoader from "@/islands/HorizonLoader.tsx";
import InsightsLoader from "@/islands/InsightsLoader.tsx";
import NeedsLoader from "@/islands/NeedsLoader.tsx";
import { Horizon, type HorizonProps } from "@/lib/ui/horizon/Horizon.tsx";
import { LatePart } from "@/lib/ui/late.tsx";
import { HORIZON_ID, INSIGHTS_ID, NEEDS_ID } from "@/lib/ui/late_ids.ts";
import { NeedsYou, type NeedsYouProps } from "@/lib/ui/NeedsYou.tsx";
import { TopInsights, type TopInsightsProps } from "@/lib/ui/TopInsights.tsx";

export function LateHorizon(props: HorizonProps) {
  return (
    <>
      <LatePart id={HORIZON_ID}>
        <Horizon {...props} />
      </LatePart>
      <HorizonLoader {...props} />
    </>
  );
}

export function LateInsights(props: TopInsightsProps) {
  return (
    <>
      <LatePart id={INSIGHTS_ID}>
        <TopInsights {...props} />
      </LatePart>
      <InsightsLoader {...props} />
    </>
  );
}

export function LateNeeds(props: NeedsYouProps) {
  return (
    <>
      <LatePart id={NEEDS_ID}>
        <NeedsYou {...props} />
      </LatePart>
      <NeedsLoader {...props} />
    </>
  );
}
