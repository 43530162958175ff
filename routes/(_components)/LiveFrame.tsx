import type { ComponentChildren } from "preact";
import AlertBanners from "@/islands/AlertBanners.tsx";
import AlertBell from "@/islands/AlertBell.tsx";
import DensityToggle from "@/islands/DensityToggle.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame, type FrameProps, PaletteButton } from "@/lib/ui/Frame.tsx";
import { NO_OPEN_ALERTS } from "@/lib/ui/alerts/open.ts";

export interface LiveFrameProps extends Omit<FrameProps, "tools" | "bell" | "banners"> {
  /** The connection to the server. */
  readonly live: ComponentChildren;
}

/** The frame with its islands: the bell, open alerts above the content, the connection, theme and keys. */
export function LiveFrame({ facts, place, live, children, ...frame }: LiveFrameProps) {
  const { alerts = NO_OPEN_ALERTS, dismissed = [], at } = facts;
  return (
    <Frame
      {...frame}
      facts={facts}
      place={place}
      bell={<AlertBell open={alerts} now={at} />}
      banners={place !== "alerts" && (
        <AlertBanners open={alerts} dismissed={dismissed} back={facts.path ?? "/"} />
      )}
      tools={
        <>
          {live}
          <PaletteButton />
          <DensityToggle />
          <ThemeToggle />
          <Shortcuts />
        </>
      }
    >
      {children}
    </Frame>
  );
}
