import { pathTo } from "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import { Banners, type BannersProps } from "../lib/ui/alerts/Banners.tsx";
import { liveAlerts } from "../lib/ui/alerts/open.ts";

/**
 * Open alerts above the content: the server's events add and remove them, and readers dismiss them in place.
 */
export default function AlertBanners({ open, dismissed, back }: Omit<BannersProps, "onDismiss">) {
  const gone = useSignal(dismissed);

  function dismiss(mark: string): boolean {
    gone.value = [...gone.value, mark];
    // When it cannot be stored, the next page shows it again.
    fetch(pathTo("/alerts/dismiss"), {
      method: "POST",
      body: new URLSearchParams({ mark, back }),
      redirect: "manual",
    }).catch(() => undefined);
    return true;
  }

  return <Banners open={liveAlerts.value ?? open} dismissed={gone.value} back={back} onDismiss={dismiss} />;
}
