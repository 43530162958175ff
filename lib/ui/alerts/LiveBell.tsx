/** The bell in the header, kept up to date by the server's events. */
import { useEffect, useRef } from "preact/hooks";
import { Bell } from "./Bell.tsx";
import { liveAlerts, type OpenAlerts } from "./open.ts";

/** The bell in the header, which follows the server's events and closes on a click elsewhere. */
export interface LiveBellProps {
  readonly open: OpenAlerts;
  /** When the page was rendered, epoch milliseconds. */
  readonly now: number;
}

export function LiveBell({ open, now }: LiveBellProps) {
  const place = useRef<HTMLSpanElement>(null);
  const live = liveAlerts.value;

  useEffect(() => {
    const findDetails = () => place.current?.querySelector("details");
    function click({ target }: MouseEvent) {
      if (target instanceof Node && !place.current?.contains(target)) findDetails()?.removeAttribute("open");
    }
    function press({ key }: KeyboardEvent) {
      const open = findDetails();
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
