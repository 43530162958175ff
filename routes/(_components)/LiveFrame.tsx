import type { ComponentChildren } from "preact";
import AlertsLoader from "@/islands/AlertsLoader.tsx";
import DensityToggle from "@/islands/DensityToggle.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame, type FrameProps, PaletteButton } from "@/lib/ui/Frame.tsx";
import { LiveBell } from "@/lib/ui/alerts/LiveBell.tsx";
import { BELL_ID } from "@/lib/ui/late_ids.ts";
import { LatePart } from "@/lib/ui/late.tsx";
import { listBanners, OpenBanners } from "./OpenBanners.tsx";

export interface LiveFrameProps extends Omit<FrameProps, "tools" | "bell" | "banners"> {
  /** The connection to the server. */
  readonly live: ComponentChildren;
}

/** The frame with its islands: the bell, open alerts above the content, the connection, theme and keys. */
export function LiveFrame({ facts, page, live, children, ...frame }: LiveFrameProps) {
  const banners = listBanners(facts);
  const own = { bell: { open: banners.open, now: facts.at }, banners };
  return (
    <Frame
      {...frame}
      facts={facts}
      page={page}
      bell={
        <LatePart id={BELL_ID}>
          <LiveBell {...own.bell} />
        </LatePart>
      }
      banners={page !== "alerts" && page !== "overview" && <OpenBanners facts={facts} />}
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
