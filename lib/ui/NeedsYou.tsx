/** What needs the user's attention, in colour; renders nothing when there is nothing. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChild } from "preact";
import { harmless } from "../base/text.ts";
import { formatDuration } from "../model/view/format.ts";
import type { Trouble } from "../model/view/need.ts";
import type { AccountView } from "../model/view/view.ts";
import { useNow } from "./clock.ts";
import { instantText } from "./dates.ts";
import { StatusIcon } from "./icons.tsx";
import { accountHref } from "./links.ts";
import { liveView, type PackedView } from "./packed_view.ts";
import { Age } from "./QuotaParts.tsx";
import { troublesAt } from "./troubles.ts";
import { accountTitle, healthWord, nodeKey } from "./words.ts";
import { useZone } from "./zone.ts";

export interface NeedsYouProps {
  readonly view: PackedView;
  readonly zone: string;
}

/** More silent accounts than this are counted, not named. */
const MAX_NAMED = 4;

/** Follows the view, and renders again by itself as time passes. */
export function NeedsYou(props: NeedsYouProps) {
  const view = liveView(props.view);
  const now = useNow(view);
  const zone = useZone(view, props.zone).value;
  const all = useComputed(() => troublesAt(view.value.accounts, now.value)).value;
  if (all.length === 0) return null;
  const loud = all.filter(({ kind }) => kind !== "silent");
  const silent = all.filter(({ kind }) => kind === "silent").map(({ account }) => account);
  return (
    <section
      class="needs-you mt-6 rounded-xl border bg-surface"
      data-tone={loud.length > 0 ? "critical" : "warning"}
      aria-labelledby="needs-you-title"
    >
      <h2
        id="needs-you-title"
        class={`flex items-center gap-2 font-semibold ${loud.length > 0 ? "text-critical" : "text-warning"}`}
      >
        <StatusIcon status="danger" />
        Needs you
      </h2>
      <ul class="mt-1">
        {loud.map((trouble) => (
          <LoudTrouble key={nodeKey(trouble.account.key)} trouble={trouble} now={now} zone={zone} />
        ))}
        {silent.length > 0 && <Silent accounts={silent} now={now} />}
      </ul>
    </section>
  );
}

function LoudTrouble({ trouble: { account, kind }, now, zone }: {
  readonly trouble: Trouble;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
}) {
  const { hint, nextAt } = account.health;
  return (
    <li class="account-hint outside-text py-2 text-sm" data-account={account.key} data-trouble={kind}>
      <strong class="text-base font-medium">
        <a class="quota-link touch-target" href={accountHref(account.key)} aria-current="false">
          {accountTitle(account)}
        </a>
        : {kind === "sign-in" ? "sign in again" : lowerFirst(healthWord(account, now.value))}
      </strong>
      <span class="block">
        {hint !== null && <HintText text={harmless(hint)} />}
        <span class="text-muted">
          {account.at !== null && (
            <>
              {" Figures from "}
              <Age at={account.at} now={now} />.
            </>
          )}
          {nextAt !== null && nextAt > now.value &&
            ` Next try in ${formatDuration(nextAt - now.value)}, at ${instantText(nextAt, now.value, zone)}.`}
        </span>
      </span>
    </li>
  );
}

/** Groups all silent accounts, because they usually have one cause. */
function Silent({ accounts, now }: {
  readonly accounts: readonly AccountView[];
  readonly now: ReadonlySignal<number>;
}) {
  const newest = Math.max(...accounts.map(({ at }) => at ?? 0));
  const names = accounts.slice(0, MAX_NAMED).map(accountTitle).join(", ");
  const more = accounts.length - MAX_NAMED;
  return (
    <li class="needs-silent outside-text py-2 text-sm" data-trouble="silent">
      <strong class="text-base font-medium">
        {names}
        {more > 0 && ` and ${more} more`}: no new figures
      </strong>
      <span class="block">
        {newest > 0
          ? (
            <>
              The last reading is from <Age at={newest} now={now} />.{" "}
            </>
          )
          : "They have never been read. "}
        <HintText text="Is the program polling? `syntrack doctor` finds the cause." />
      </span>
    </li>
  );
}

/** A command in a hint: in backticks, or after "Run" up to "once", a comma or the end. */
const COMMAND = /`([^`]+)`|(?<=\b[Rr]un )[a-z][\w.-]*(?= once\b)|(?<=^Run )[a-z][\w .-]*?(?=$|, |\.$)/g;

/** A hint whose commands can be selected with one click. */
export function HintText({ text }: { readonly text: string }) {
  const parts: ComponentChild[] = [];
  let done = 0;
  for (const match of text.matchAll(COMMAND)) {
    parts.push(text.slice(done, match.index));
    parts.push(<code key={match.index} class="copy-line">{match[1] ?? match[0]}</code>);
    done = match.index + match[0].length;
  }
  return <>{parts}{endSentence(text.slice(done))}</>;
}

/** Adds the full stop that hints, like messages, come without. */
function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
