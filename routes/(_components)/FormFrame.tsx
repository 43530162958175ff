import { PageFrame, type PageFrameProps } from "./PageFrame.tsx";

/** The frame of a page with forms, which does not reload while a user fills one in. */
export function FormFrame(props: Omit<PageFrameProps, "live" | "editing">) {
  return <PageFrame {...props} editing />;
}
