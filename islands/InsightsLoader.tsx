import { useRef } from "preact/hooks";
import { INSIGHTS_ID } from "../lib/ui/late_ids.ts";
import type { TopInsightsProps } from "../lib/ui/TopInsights.tsx";
import { useLate } from "../lib/ui/late.tsx";
import { liveView } from "../lib/ui/packed_view.ts";
import { settingsMark } from "../lib/ui/words.ts";

/** Loads the code of the most important insights, which the server has rendered. */
export default function InsightsLoader(props: TopInsightsProps) {
  const { filter } = props;
  const view = liveView(props.view);
  const drawn = useRef({ filter: filter.peek(), settings: settingsMark(view.peek()) }).current;
  useLate({
    id: INSIGHTS_ID,
    view,
    isOutdated: () => filter.value !== drawn.filter || settingsMark(view.value) !== drawn.settings,
    async load() {
      const { TopInsights } = await import("../lib/ui/TopInsights.tsx");
      return <TopInsights {...props} drawnFilter={drawn.filter} />;
    },
  });
  return null;
}
