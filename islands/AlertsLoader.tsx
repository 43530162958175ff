import { haveChanged } from "../lib/ui/alerts/open.ts";
import { BANNERS_ID, BELL_ID } from "../lib/ui/late_ids.ts";
import type { LiveBannersProps } from "../lib/ui/alerts/LiveBanners.tsx";
import type { LiveBellProps } from "../lib/ui/alerts/LiveBell.tsx";
import { useLate } from "../lib/ui/late.tsx";

/** Loads the code of the bell and the banners, which the server has rendered. */
export default function AlertsLoader({ bell, banners }: {
  readonly bell: LiveBellProps;
  readonly banners: LiveBannersProps;
}) {
  useLate({
    id: BELL_ID,
    isOutdated: () => haveChanged(bell.open),
    async load() {
      const { LiveBell } = await import("../lib/ui/alerts/LiveBell.tsx");
      return <LiveBell {...bell} />;
    },
  });
  useLate({
    id: BANNERS_ID,
    isOutdated: () => haveChanged(banners.open),
    async load() {
      const { LiveBanners } = await import("../lib/ui/alerts/LiveBanners.tsx");
      return <LiveBanners {...banners} />;
    },
  });
  return null;
}
