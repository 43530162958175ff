import { pathTo } from "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ReplayView } from "../lib/ui/alerts/kinds.ts";
import { ReplayNote } from "../lib/ui/alerts/ReplayNote.tsx";

/** Pause in typing before a request is sent, in milliseconds. */
const QUIET_MS = 400;

interface RuleReplayProps {
  /** Null before the first request. */
  readonly replay: ReplayView | null;
  readonly of: string;
  readonly zone: string;
}

/** What the rules in the surrounding form would have raised, updated as the user types. */
export default function RuleReplay({ replay, of, zone }: RuleReplayProps) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useSignal(replay);

  useEffect(() => {
    const form = place.current?.closest("form");
    let timer: ReturnType<typeof setTimeout> | undefined;
    let requests = 0;

    async function ask() {
      const own = ++requests;
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(form!)) {
        if (typeof value === "string" && name !== "action") query.append(name, value);
      }
      try {
        const answer = await fetch(pathTo(`/api/v1/rules/replay?${query}`));
        // Input that is not valid yet is reported when the form is sent.
        if (own !== requests || !answer.ok) return;
        const { count, readings, days, alerts } = await answer.json();
        shown.value = {
          count,
          readings,
          days,
          examples: alerts.map(({ at, title }: { readonly at: string; readonly title: string }) => ({
            at: Date.parse(at),
            title,
          })),
        };
      } catch {
        // Without the server it stays unchanged.
      }
    }

    function askSoon() {
      clearTimeout(timer);
      timer = setTimeout(ask, QUIET_MS);
    }

    form?.addEventListener("input", askSoon);
    return () => {
      clearTimeout(timer);
      form?.removeEventListener("input", askSoon);
    };
  }, []);

  return (
    <div ref={place} role="status">
      {shown.value && <ReplayNote replay={shown.value} of={of} zone={zone} />}
    </div>
  );
}
