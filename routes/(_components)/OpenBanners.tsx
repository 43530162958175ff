import { LiveBanners, type LiveBannersProps } from "@/lib/ui/alerts/LiveBanners.tsx";
import { NO_OPEN_ALERTS } from "@/lib/ui/alerts/open.ts";
import type { FrameProps } from "@/lib/ui/Frame.tsx";
import { BANNERS_ID } from "@/lib/ui/late_ids.ts";
import { LatePart } from "@/lib/ui/late.tsx";

/** Returns what the banners of a page show, for the server and for the island that updates them. */
export function listBanners({ alerts, dismissed = [], path }: FrameProps["facts"]): LiveBannersProps {
  return { open: alerts ?? NO_OPEN_ALERTS, dismissed, back: path ?? "/" };
}

/** Open alerts: above the content of most pages, and below the sentence that begins the overview. */
export function OpenBanners({ facts }: Pick<FrameProps, "facts">) {
  return (
    <LatePart id={BANNERS_ID}>
      <LiveBanners {...listBanners(facts)} />
    </LatePart>
  );
}
