/** One quota on one line, for people with many quotas. */
import type { ReadonlySignal } from "@preact/signals";
import type { Display, QuotaView } from "../model/view/view.ts";
import { pickHeadline } from "./amounts.ts";
import { quotaHref } from "./links.ts";
import { memo } from "./memo.ts";
import { shownStatus } from "../model/view/status.ts";
import { Age, Bar, Outlook, ResetText, SparkLine, StatusWord } from "./QuotaParts.tsx";
import type { Spark } from "./spark.ts";
import { withoutName } from "../model/view/without_name.ts";
import { quotaTitle } from "./words.ts";

export interface QuotaRowProps {
  readonly quota: QuotaView;
  readonly provider: string;
  /** Name of the vendor. */
  readonly vendor: string;
  /** Title of the account. */
  readonly title: string;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  readonly display: Display;
  readonly stale: boolean;
  readonly spark?: Spark | undefined;
}

export const QuotaRow = memo(
  function QuotaRow(
    { quota, provider, vendor, title: account, now, zone, display, stale, spark }: QuotaRowProps,
  ) {
    const name = withoutName(quotaTitle(quota), account, vendor);
    const title = `${account} ${name}`;
    const { figure, word } = pickHeadline(quota, display);
    const old = stale || quota.gone;
    return (
      <article
        class={`quota-card quota-row ${old ? "is-old" : ""}`}
        data-quota={quota.quota}
        data-provider={provider}
        data-status={shownStatus(quota)}
        aria-label={title}
      >
        <h3 class="outside-text row-title">
          <a class="quota-link touch-target" href={quotaHref(quota.key)} aria-current="false">
            <span>
              <span class="text-muted">{account}</span> {name}
            </span>
          </a>
        </h3>
        <p class="row-figure">
          <span class="quota-percent font-semibold">{figure}</span>{" "}
          <span class="text-xs text-muted">{word}</span>
        </p>
        <div class="row-bar">
          <Bar quota={quota} title={title} display={display} />
        </div>
        <span class="row-spark">{spark && <SparkLine spark={spark} class="h-6 w-full" />}</span>
        <p class="row-reset">
          <ResetText quota={quota} now={now} zone={zone} />
        </p>
        <p class="row-outlook">
          {old
            ? (
              <span class="quota-age text-danger">
                {quota.gone ? "No longer reported, " : "Stale, "}
                <Age at={quota.at} now={now} />
              </span>
            )
            : <Outlook quota={quota} now={now} zone={zone} />}
        </p>
        <span class="row-status">
          <StatusWord quota={quota} />
        </span>
      </article>
    );
  },
);
