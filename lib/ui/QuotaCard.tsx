/** One quota at a glance: used and remaining, its reset, its outlook, and the last day. */
import { HOUR_MS } from "../model/duration.ts";
import type { ReadonlySignal } from "@preact/signals";
import type { Display, QuotaView } from "../model/view/view.ts";
import { displayUnit, formatRate, formatSpan } from "../model/view/format.ts";
import { amountText, otherText, pickHeadline } from "./amounts.ts";
import { quotaHref } from "./links.ts";
import { memo } from "./memo.ts";
import { shownStatus } from "../model/view/status.ts";
import { Age, Bar, Outlook, ResetText, SparkLine, StatusWord } from "./QuotaParts.tsx";
import type { Spark } from "./spark.ts";
import {
  describeExpectation,
  hasPace,
  hasRate,
  hasReset,
  paceText,
  quotaTitle,
  windowText,
} from "./words.ts";

export interface QuotaCardProps {
  readonly quota: QuotaView;
  readonly provider: string;
  /** Title of the account, when the card is shown apart from it. */
  readonly account?: string | undefined;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  readonly display: Display;
  /** True when the account's figures are stale, so that the card shows it. */
  readonly stale: boolean;
  /** The last day, if there is history. */
  readonly spark?: Spark | undefined;
}

export const QuotaCard = memo(
  function QuotaCard({ quota, provider, account, now, zone, display, stale, spark }: QuotaCardProps) {
    const title = quotaTitle(quota);
    const headline = pickHeadline(quota, display);
    const old = stale || quota.gone;
    const expected = describeExpectation(quota, display, now);
    return (
      <article
        class={`quota-card card-shadow flex flex-col rounded-xl border border-line bg-surface p-4 ${
          old ? "is-stale" : ""
        }`}
        data-quota={quota.quota}
        data-provider={provider}
        data-status={shownStatus(quota)}
        aria-label={account === undefined ? title : `${account} ${title}`}
      >
        <header class="flex items-start justify-between gap-3">
          <div class="min-w-0">
            {account !== undefined && <p class="card-account text-xs text-muted">{account}</p>}
            <h3 class="outside-text font-medium leading-snug">
              <a class="quota-link touch-target" href={quotaHref(quota.key)} aria-current="false">{title}</a>
            </h3>
            <p class="text-xs text-muted">{windowText(quota)}</p>
          </div>
          <StatusWord quota={quota} />
        </header>
        <div class="mt-2 flex items-end justify-between gap-4">
          <p class="flex items-baseline gap-2">
            <span class="quota-percent text-3xl font-semibold tracking-tight">{headline.figure}</span>
            <span class="text-sm text-muted">{headline.word}</span>
          </p>
          {spark && <SparkLine spark={spark} class="mb-1 h-8 w-24 shrink-0" />}
        </div>
        <div class="mt-2">
          <Bar quota={quota} title={title} display={display} />
        </div>
        <p class="mt-2 flex flex-wrap justify-between gap-x-3 text-sm text-muted">
          <span class="quota-used">{amountText(quota, display) || null}</span>
          {quota.share !== null && <span class="quota-left">{otherText(quota, display)}</span>}
        </p>
        <dl class="mt-3 grid grid-cols-2 gap-x-4 gap-y-2 border-t border-line pt-3 text-sm">
          {hasReset(quota) && (
            <div>
              <dt class="text-muted">Resets in</dt>
              <dd class="flex flex-wrap gap-x-2">
                <ResetText quota={quota} now={now} zone={zone} />
              </dd>
            </div>
          )}
          {expected && (
            <div>
              <dt class="text-muted">{expected.name}</dt>
              <dd class="quota-projection">{knownText(old ? null : expected.text)}</dd>
            </div>
          )}
          {hasRate(quota) && (
            <div>
              <dt class="text-muted">Rate, {formatSpan(quota.rateSpanMs ?? HOUR_MS)}</dt>
              <dd class="quota-rate">
                {knownText(
                  quota.ratePerHour === null ? null : formatRate(quota.ratePerHour, displayUnit(quota)),
                )}
              </dd>
            </div>
          )}
          {hasPace(quota) && (
            <div>
              <dt class="text-muted">Pace</dt>
              <dd class="quota-pace">{knownText(old ? null : paceText(quota))}</dd>
            </div>
          )}
        </dl>
        <p class="mt-auto flex flex-wrap justify-between gap-x-4 pt-3 text-xs">
          <span class={`quota-age ${old ? "text-danger" : "text-muted"}`}>
            {quota.gone ? "No longer reported, read " : stale ? "Stale, read " : "Read "}
            <Age at={quota.at} now={now} />
          </span>
          {!old && <Outlook quota={quota} now={now} zone={zone} />}
        </p>
      </article>
    );
  },
);

function knownText(text: string | null) {
  return text === null
    ? <span class="text-muted">not known yet</span>
    : <span class="font-medium">{text}</span>;
}
