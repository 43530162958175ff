import type { ComponentChildren } from "preact";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame, type FrameFacts, type Place } from "@/lib/ui/Frame.tsx";

export interface FormFrameProps {
  readonly facts: FrameFacts;
  readonly place: Place;
  readonly title: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}

/** The frame of a page with forms, which does not load itself anew while one is being filled in. */
export function FormFrame({ facts, children, ...frame }: FormFrameProps) {
  return (
    <Frame
      {...frame}
      facts={facts}
      tools={
        <>
          <LiveStatus facts={facts} editing />
          <ThemeToggle />
          <Shortcuts />
        </>
      }
    >
      {children}
    </Frame>
  );
}
