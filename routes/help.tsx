import { page } from "fresh";
import { PageFrame } from "./(_components)/PageFrame.tsx";
import { ShortcutList } from "@/lib/ui/ShortcutList.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    return page({ facts: await frameFacts(ctx.state, "Help") });
  },
});

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ["used, left", "The share of a limit that is used, or left. A setting decides which one is shown."],
  ["rate", "What was used over the last hour, per hour."],
  ["forecast", "Where a quota will be at its reset, from its own rate and from earlier cycles."],
  ["pace", "How far use is ahead of time: the share used minus the share of the window that has passed."],
  ["cycle", "The time of one quota from one reset to the next."],
  [
    "session",
    "A period of use of one account. It ends after a time without use, set by SYNTRACK_SESSION_IDLE.",
  ],
  ["gap", "A time without readings. Nothing is assumed about it, so lines break there."],
  ["stale", "No reading has arrived for too long; the figures are the last ones known."],
  ["expired", "The login has expired; the account shows how to renew it. It is not polled until then."],
];

export default define.page<typeof handlers>(function Help({ data }) {
  return (
    <PageFrame
      facts={data.facts}
      page="help"
      title="Help"
    >
      <div class="mt-6 grid gap-4 lg:grid-cols-2">
        <section class="card-shadow rounded-xl border border-line bg-surface p-4 sm:p-6">
          <h2 class="text-lg font-semibold">Keys</h2>
          <ShortcutList />
        </section>
        <section class="card-shadow rounded-xl border border-line bg-surface p-4 sm:p-6">
          <h2 class="text-lg font-semibold">Words</h2>
          <dl class="mt-3 text-sm">
            {WORDS.map(([word, meaning]) => (
              <div key={word} class="py-1.5 sm:flex sm:gap-3">
                <dt class="w-28 shrink-0 font-medium">{word}</dt>
                <dd class="text-muted">{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </PageFrame>
  );
});
