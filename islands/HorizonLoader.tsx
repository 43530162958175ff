import { useRef } from "preact/hooks";
import { MINUTE_MS } from "../lib/model/duration.ts";
import { isOutdated } from "../lib/ui/outdated.ts";
import type { HorizonProps } from "../lib/ui/horizon/Horizon.tsx";
import { HORIZON_ID } from "../lib/ui/late_ids.ts";
import { useLate } from "../lib/ui/late.tsx";
import { liveView } from "../lib/ui/packed_view.ts";

/** Loads the code of the Horizon, which the server has rendered. */
export default function HorizonLoader(props: HorizonProps) {
  const { filter } = props;
  const view = liveView(props.view);
  const drawn = useRef({ view: view.peek(), filter: filter.peek() }).current;
  useLate({
    id: HORIZON_ID,
    view,
    lastsMs: MINUTE_MS,
    isOutdated: () => filter.value !== drawn.filter || isOutdated(drawn.view, view.value, null),
    async load() {
      const { Horizon } = await import("../lib/ui/horizon/Horizon.tsx");
      return <Horizon {...props} />;
    },
  });
  return null;
}
