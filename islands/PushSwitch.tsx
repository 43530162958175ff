import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { pathTo } from "../lib/ui/base_path.ts";
import { browserName, canPush, findSubscription, subscribe, unsubscribe } from "../lib/ui/alerts/push.ts";

type State = "unknown" | "off" | "on" | "denied" | "unsupported" | "busy";

const WORDS: Readonly<Record<Exclude<State, "busy" | "unknown">, string>> = {
  off: "This browser can show alerts as notifications, even when no page is open.",
  on: "This browser shows alerts as notifications.",
  denied: "This browser blocks notifications from this page. Allow them in its settings.",
  unsupported:
    "This browser shows notifications over https or on this machine only; on iPhone and iPad in the " +
    "installed app.",
};

/** Turns notifications of this browser on and off. */
export default function PushSwitch() {
  const state = useSignal<State>("unknown");
  const note = useSignal("");

  useEffect(() => {
    void look();
  }, []);

  async function look() {
    state.value = !canPush()
      ? "unsupported"
      : Notification.permission === "denied"
      ? "denied"
      : await findSubscription() === null
      ? "off"
      : "on";
  }

  async function change(work: () => Promise<string>) {
    state.value = "busy";
    try {
      note.value = await work();
    } catch (error) {
      note.value = error instanceof Error ? error.message : String(error);
    }
    await look();
  }

  const shown = state.value;
  return (
    <div class="mt-3 text-sm" data-push={shown}>
      {(shown === "off" || shown === "on" || shown === "denied" || shown === "unsupported") && (
        <p class="text-muted">{WORDS[shown]}</p>
      )}
      {(shown === "off" || shown === "on" || shown === "busy") && (
        <button
          type="button"
          class="button touch-target mt-3"
          disabled={shown === "busy"}
          onClick={() =>
            void change(() =>
              shown === "on"
                ? unsubscribe(pathTo("/api/v1/push"))
                : subscribe(pathTo("/api/v1/push"), browserName(navigator.userAgent))
            )}
        >
          {shown === "on" ? "Turn off here" : "Notify me in this browser"}
        </button>
      )}
      <p class="outside-text mt-2" role="status">{note.value}</p>
    </div>
  );
}
