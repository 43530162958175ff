import type { ComponentChildren } from "preact";
import AlertBanners from "@/islands/AlertBanners.tsx";
import AlertBell from "@/islands/AlertBell.tsx";
import DensityToggle from "@/islands/DensityToggle.tsx";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame, type FrameProps, PaletteButton } from "@/lib/ui/Frame.tsx";
import { NO_OPEN_ALERTS } from "@/lib/ui/alerts/open.ts";

export interface PageFrameProps extends Omit<FrameProps, "tools" | "bell" | "banners"> {
  /** The connection to the server, when a page keeps its own view alive. */
  readonly live?: ComponentChildren;
  /** True when the page has a form: then it does not reload while one is being filled in. */
  readonly editing?: boolean;
}

/** The frame with its islands: the bell, open alerts above the content, the connection, theme and keys. */
export function PageFrame({ facts, place, live, editing = false, children, ...frame }: PageFrameProps) {
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
          {live ?? <LiveStatus facts={facts} editing={editing} />}
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
