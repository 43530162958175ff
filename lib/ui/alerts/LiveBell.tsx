import "@/lib/ui/base_path.ts";
import { useEffect, useRef } from "preact/hooks";
import { Bell } from "../lib/ui/alerts/Bell.tsx";
import { liveAlerts, type OpenAlerts } from "../lib/ui/alerts/open.ts";

/** The bell in the header, which follows the server's events and closes on a click elsewhere. */
export default function AlertBell({ open, now }: { readonly open: OpenAlerts; readonly now: number }) {
  const place = useRef<HTMLSpanElement>(null);
  const live = liveAlerts.value;

  useEffect(() => {
    const details = () => place.current?.querySelector("details");
    function click({ target }: MouseEvent) {
      if (target instanceof Node && !place.current?.contains(target)) details()?.removeAttribute("open");
    }
    function press({ key }: KeyboardEvent) {
      const open = details();
      if (key !== "Escape" || !open?.open) return;
      open.open = false;
      open.querySelector("summary")?.focus();
    }
    document.addEventListener("click", click);
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("click", click);
      document.removeEventListener("keydown", press);
    };
  }, []);

  return (
    <span ref={place} class="inline-flex">
      <Bell open={live ?? open} now={live === null ? now : Math.max(now, Date.now())} />
    </span>
  );
}
