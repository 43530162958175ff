import { pathTo } from "@/lib/ui/base_path.ts";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { KnownFigures } from "../lib/ui/KnownFigures.tsx";
import { useNow } from "../lib/ui/clock.ts";
import type { LastView } from "../lib/ui/last_view.ts";
import { readLastView } from "../lib/ui/read_last_view.ts";

/** How often to check whether the server is back, in milliseconds. */
const ASK_MS = 4000;
const NOTHING = { at: 0 };

/** Shows the last known view and its age, until the server answers again. */
export default function OfflineSnapshot() {
  const last = useSignal<LastView | null>(null);
  const part = useSignal<{ readonly Known: typeof KnownFigures } | null>(null);
  const problem = useSignal("");
  const loaded = useSignal(false);
  const isBack = useSignal(false);
  // The age counts by this machine's clock: there is no other.
  const now = useNow(useComputed(() => loaded.value ? { at: Date.now() } : NOTHING));

  useEffect(() => {
    last.value = readLastView();
    if (last.value === null) problem.value = "Nothing is saved in this browser.";
    else {
      import("../lib/ui/KnownFigures.tsx").then(
        ({ KnownFigures }) => part.value = { Known: KnownFigures },
        () => {
          problem.value = "The last figures cannot be shown: part of this page is missing.";
        },
      );
    }
    loaded.value = true;
    const ask = async () => {
      if (document.visibilityState !== "visible") return;
      try {
        const answer = await fetch(pathTo("/api/health"), { cache: "no-store" });
        if (!answer.ok) return;
        // This page replaces the requested one, which loads from the same address.
        if (location.pathname === pathTo("/offline")) isBack.value = true;
        else location.reload();
      } catch {
        // Still unreachable.
      }
    };
    const timer = setInterval(ask, ASK_MS);
    const askAgain = () => void ask();
    document.addEventListener("visibilitychange", askAgain);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", askAgain);
    };
  }, []);

  return (
    // As high as the screen: what is loaded later does not move the footer.
    <div class="min-h-screen">
      <p class="connection mt-1 text-muted" role="status" data-connection={isBack.value ? "back" : "lost"}>
        {isBack.value
          ? (
            <>
              The server is back. <a class="text-accent underline" href="/">Go to the overview</a>
            </>
          )
          : "The server cannot be reached. This page tries again every few seconds."}
      </p>
      {problem.value !== "" && <p class="notice mt-4">{problem}</p>}
      {last.value !== null && part.value !== null && <part.value.Known last={last.value} now={now} />}
    </div>
  );
}
