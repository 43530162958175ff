import LiveStatus from "@/islands/LiveStatus.tsx";
import { LiveFrame, type LiveFrameProps } from "./LiveFrame.tsx";

export interface PageFrameProps extends Omit<LiveFrameProps, "live"> {
  /** True when the page has a form: then it does not reload while a user fills it in. */
  readonly editing?: boolean;
}

/** The frame of a page that shows data as of its rendering. */
export function PageFrame({ editing = false, ...frame }: PageFrameProps) {
  return <LiveFrame {...frame} live={<LiveStatus facts={frame.facts} editing={editing} />} />;
}
