import type { ComponentChildren } from "preact";
import AlertsLoader from "@/islands/AlertsLoader.tsx";
import DensityToggle from "@/islands/DensityToggle.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame, type FrameProps, PaletteButton } from "@/lib/ui/Frame.tsx";
import { LiveBanners } from "@/lib/ui/alerts/LiveBanners.tsx";
import { LiveBell } from "@/lib/ui/alerts/LiveBell.tsx";
import { NO_OPEN_ALERTS } from "@/lib/ui/alerts/open.ts";
import { BANNERS_PLACE, BELL_PLACE } from "@/lib/ui/late_places.ts";
import { LatePart } from "@/lib/ui/late.tsx";

export interface LiveFrameProps extends Omit<FrameProps, "tools" | "bell" | "banners"> {
  /** The connection to the server. */
  readonly live: ComponentChildren;
}

/** The frame with its islands: the bell, open alerts above the content, the connection, theme and keys. */
export function LiveFrame({ facts, place, live, children, ...frame }: LiveFrameProps) {
  const { alerts: open = NO_OPEN_ALERTS, dismissed = [], at } = facts;
  const own = { bell: { open, now: at }, banners: { open, dismissed, back: facts.path ?? "/" } };
  return (
    <Frame
      {...frame}
      facts={facts}
      place={place}
      bell={
        <LatePart id={BELL_PLACE}>
          <LiveBell {...own.bell} />
        </LatePart>
      }
      banners={place !== "alerts" && (
        <LatePart id={BANNERS_PLACE}>
          <LiveBanners {...own.banners} />
        </LatePart>
      )}
      tools={
        <>
          {live}
          <PaletteButton />
          <DensityToggle />
          <ThemeToggle />
          <Shortcuts />
          <AlertsLoader {...own} />
        </>
      }
    >
      {children}
    </Frame>
  );
}
