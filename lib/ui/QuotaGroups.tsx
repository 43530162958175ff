/**
 * How the overview groups its quotas: tight ones first, then the rest by account, folded when there are many.
 */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChild, ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { formatShare } from "../model/view/format.ts";
import { statusLabel } from "../model/view/status.ts";
import type { AccountView, Display, QuotaView } from "../model/view/view.ts";
import type { VendorPages } from "../model/vendor.ts";
import { AccountHealth, AccountHint } from "./AccountHealth.tsx";
import { pickHeadline } from "./amounts.ts";
import { instantText } from "./dates.ts";
import { accountHref, quotaHref } from "./links.ts";
import { Later } from "./later.ts";
import { memo } from "./memo.ts";
import { NarrowFold, splitAt } from "./NarrowFold.tsx";
import { VendorLinks } from "./VendorLinks.tsx";
import { accountTitle, nodeId, nodeKey, planText, quotaTitle, resetState } from "./words.ts";

/** Number of tight quotas a phone shows at first. */
const MAX_NARROW = 6;

export function TightGroup({ isCompact, isOutOfOrder, again, cards }: {
  readonly isCompact: boolean;
  /** True when other quotas are tight now than when the page loaded. */
  readonly isOutOfOrder: boolean;
  /** Address of the same page, for reloading. */
  readonly again: string;
  /** The tightest first. */
  readonly cards: readonly JSX.Element[];
}) {
  const [first, rest] = splitAt(cards, MAX_NARROW);
  return (
    <section class="tight-group mt-6" aria-labelledby="tight-title">
      <header class="mb-3 flex flex-wrap items-baseline gap-x-3">
        <h2 id="tight-title" class="text-lg font-semibold">Tight</h2>
        {isOutOfOrder && (
          <a class="sort-again touch-target text-sm text-accent underline" href={again} aria-current="false">
            Changed since: sort again
          </a>
        )}
      </header>
      <Quotas isCompact={isCompact}>
        {first}
        {rest.length > 0 && (
          <NarrowFold words={`${rest.length} more tight quotas`}>
            {isCompact ? rest : <Quotas isCompact={false}>{rest}</Quotas>}
          </NarrowFold>
        )}
      </Quotas>
    </section>
  );
}

/** Shows cards side by side, or rows. */
export function Quotas({ isCompact, children }: {
  readonly isCompact: boolean;
  readonly children: ComponentChildren;
}) {
  return isCompact
    ? <div class="quota-list card-shadow rounded-xl border border-line bg-surface">{children}</div>
    : <div class="quota-cards grid gap-4">{children}</div>;
}

/** Lists more accounts of a large fleet; works without JavaScript. */
export function MoreAccounts({ count, href, onMore }: {
  /** Number of accounts in the list, shown or not. */
  readonly count: number;
  readonly href: string;
  readonly onMore: () => void;
}) {
  return (
    <p class="more-accounts mt-6 text-center text-sm text-muted">
      Not all of {count} accounts are listed.{" "}
      <a
        class="touch-target text-accent underline"
        href={href}
        aria-current="false"
        onClick={(event) => {
          event.preventDefault();
          onMore();
        }}
      >
        Show more
      </a>
    </p>
  );
}

interface FoldedAccountProps {
  readonly account: AccountView;
  /** Those that are not listed elsewhere. */
  readonly quotas: readonly QuotaView[];
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  readonly display: Display;
  readonly pages?: VendorPages | undefined;
  /** Returns the quotas, rendered once it is opened. */
  readonly children: () => ComponentChild;
}

/**
 * One account on one line. Its quotas are short lines, which can be found and read without JavaScript, until a
 * reader opens it: most accounts stay closed, and rendered they would be half of a large page. Without JavaScript
 * the vendor's pages are linked on its own page.
 */
export function FoldedAccount({ account, quotas, now, zone, display, pages, children }: FoldedAccountProps) {
  const isOpen = useSignal(useMemo(() => isOpenInPage(account.key), []));
  const plan = planText(account);
  const id = nodeId("account", account.key);
  return (
    <section
      class="folded-account"
      data-account={account.key}
      data-provider={account.provider}
      data-health={account.health.state}
      aria-labelledby={id}
    >
      <details open={isOpen.value} onToggle={(event) => isOpen.value = event.currentTarget.open}>
        <summary class="touch-target flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h3 id={id} class="outside-text font-medium">{accountTitle(account)}</h3>
          {plan !== "" && <span class="account-plan outside-text chip hidden sm:inline-flex">{plan}</span>}
          <QuotasText quotas={quotas} />
          <span class="folded-health sm:ml-auto">
            <AccountHealth account={account} now={now} brief />
          </span>
        </summary>
        <div class="pt-3">
          <AccountHint account={account} now={now} zone={zone} />
          <Later
            draw={() => isOpen.value ? children() : <QuotaLines {...{ quotas, now, zone, display }} />}
          />
          <p class="outside-text mt-3 flex flex-wrap gap-x-4 text-sm">
            <a
              class="quota-link touch-target text-accent underline"
              href={accountHref(account.key)}
              aria-current="false"
            >
              Details of {accountTitle(account)}
            </a>
            {isOpen.value && <VendorLinks pages={pages} name={account.providerName} />}
          </p>
        </div>
      </details>
    </section>
  );
}

/** Reports whether a reader opened an account before the page hydrated. */
function isOpenInPage(account: string): boolean {
  return globalThis.document?.querySelector<HTMLDetailsElement>(
    `.folded-account[data-account="${CSS.escape(account)}"] > details`,
  )?.open ?? false;
}

type LinesProps = Pick<FoldedAccountProps, "quotas" | "now" | "zone" | "display">;

function QuotaLines({ quotas, ...place }: LinesProps) {
  return (
    <ul class="quota-lines">
      {quotas.map((quota) => <QuotaLine key={nodeKey(quota.key)} quota={quota} {...place} />)}
    </ul>
  );
}

const QuotaLine = memo(function QuotaLine(
  { quota, now, zone, display }: Omit<LinesProps, "quotas"> & { readonly quota: QuotaView },
) {
  const at = now.peek();
  const { figure, word } = pickHeadline(quota, display);
  return (
    <li class="outside-text">
      <a href={quotaHref(quota.key)} aria-current="false">{quotaTitle(quota)}</a>
      {`: ${figure} ${word}`.trimEnd()}
      {quota.gone ? ", no longer reported" : `, ${statusLabel(quota)}`}
      {resetState(quota, at) === "ahead" && `, resets ${instantText(quota.resetsAt!, at, zone)}`}
    </li>
  );
});

/** `4 quotas, at most 34% used`; a phone has no room for the count. */
function QuotasText({ quotas }: Pick<FoldedAccountProps, "quotas">) {
  const count = quotas.length;
  const shares = quotas.flatMap(({ gone, share }) => gone ? [] : share ?? []);
  const number = count === 0 ? "no quota" : count === 1 ? "1 quota" : `${count} quotas`;
  return (
    <span class="ml-auto text-sm text-muted sm:ml-0">
      {shares.length === 0 ? number : (
        <>
          <span class="hidden sm:inline">{number},</span>
          {`${count === 1 ? "" : " at most"} ${formatShare(Math.max(...shares))} used`}
        </>
      )}
    </span>
  );
}
