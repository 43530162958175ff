/** Open alerts above the content of a page, kept up to date by the server's events. */
import { useSignal } from "@preact/signals";
import { pathTo } from "../base_path.ts";
import { Banners, type BannersProps } from "./Banners.tsx";
import { liveAlerts } from "./open.ts";

export type LiveBannersProps = Omit<BannersProps, "onDismiss">;

/**
 * Open alerts above the content: the server's events add and remove them, and readers dismiss them in place.
 */
export function LiveBanners({ open, dismissed, back }: LiveBannersProps) {
  const gone = useSignal(dismissed);

  function dismiss(mark: string): boolean {
    gone.value = [...gone.value, mark];
    // If the server does not store it, the next page shows the alert again.
    fetch(pathTo("/alerts/dismiss"), {
      method: "POST",
      body: new URLSearchParams({ mark, back }),
      redirect: "manual",
    }).catch(() => undefined);
    return true;
  }

  return <Banners open={liveAlerts.value ?? open} dismissed={gone.value} back={back} onDismiss={dismiss} />;
}
