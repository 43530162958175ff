import { useComputed } from "@preact/signals";
import { useNow } from "../lib/ui/clock.ts";
import { useLate } from "../lib/ui/late.tsx";
import type { NeedsYouProps } from "../lib/ui/NeedsYou.tsx";
import { liveView } from "../lib/ui/packed_view.ts";
import { NEEDS_ID } from "../lib/ui/late_ids.ts";
import { troublesAt } from "../lib/ui/troubles.ts";

/** Loads the code of what needs attention, which the server has rendered, when there is anything. */
export default function NeedsLoader(props: NeedsYouProps) {
  const view = liveView(props.view);
  const now = useNow(view);
  const hasAny = useComputed(() => troublesAt(view.value.accounts, now.value).length > 0);
  useLate({
    id: NEEDS_ID,
    view,
    isOutdated: () => hasAny.value,
    async load() {
      const { NeedsYou } = await import("../lib/ui/NeedsYou.tsx");
      return <NeedsYou {...props} />;
    },
  });
  return null;
}
