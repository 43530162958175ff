/** Everything about an account besides its current state: insights, cycles, sessions, polls. */
import type { ComponentChildren } from "preact";
import type { AccountKey } from "../../model/quota.ts";
import { NarrowFold } from "../NarrowFold.tsx";
import { TableCard } from "../table/parts.tsx";
import { InsightList, type ListedInsight } from "./InsightList.tsx";
import { type LoggedPoll, PollLog } from "./PollLog.tsx";
import { type RecentCycle, RecentCycles } from "./RecentCycles.tsx";
import { type RecentSession, RecentSessions } from "./RecentSessions.tsx";

export interface AccountPartsProps {
  readonly account: AccountKey;
  /** Id of the one quota the page shows, or null. */
  readonly quota: string | null;
  readonly parts: {
    readonly cycles: readonly RecentCycle[];
    readonly sessions: readonly RecentSession[];
    readonly insights: readonly ListedInsight[];
    readonly moreCount: number;
    readonly hiddenCount: number;
    readonly polls: readonly LoggedPoll[];
  };
  readonly zone: string;
  readonly now: number;
  /** The query of the page's address. */
  readonly search: string;
}

export function AccountParts({ account, quota, parts, zone, now, search }: AccountPartsProps) {
  const query = new URLSearchParams(
    quota === null ? { account } : { account, quota: `${account}/${quota}` },
  );
  const hrefOf = (insights: string) => {
    const query = new URLSearchParams(search);
    query.set("insights", insights);
    return `?${query}`;
  };
  return (
    <>
      <Part id="insights" title="Insights">
        <InsightList
          insights={parts.insights}
          moreCount={parts.moreCount}
          moreHref={hrefOf("more")}
          hiddenCount={parts.hiddenCount}
          allHref={hrefOf("all")}
        />
      </Part>
      <Part id="cycles" title="Last cycles" href={`/cycles?${query}`} link="All cycles">
        <TableCard label="Last cycles">
          <RecentCycles cycles={parts.cycles} zone={zone} now={now} />
        </TableCard>
      </Part>
      <div class="grid gap-x-6 lg:grid-cols-2">
        <Part id="sessions" title="Last sessions" href={`/sessions?${query}`} link="All sessions">
          <Folded count={parts.sessions.length} one="session" several="sessions">
            <TableCard label="Last sessions">
              <RecentSessions sessions={parts.sessions} zone={zone} />
            </TableCard>
          </Folded>
        </Part>
        <Part id="polls" title="Last polls" href={`/history?${query}`} link="All readings">
          <Folded count={parts.polls.length} one="poll" several="polls">
            <TableCard label="Last polls">
              <PollLog polls={parts.polls} zone={zone} />
            </TableCard>
          </Folded>
        </Part>
      </div>
    </>
  );
}

/** Folds a table on a phone; one without rows says so in less room than a fold. */
function Folded({ count, one, several, children }: {
  readonly count: number;
  readonly one: string;
  readonly several: string;
  readonly children: ComponentChildren;
}) {
  if (count === 0) return children;
  return <NarrowFold words={`${count} ${count === 1 ? one : several}`}>{children}</NarrowFold>;
}

function Part({ id, title, href, link, children }: {
  readonly id: string;
  readonly title: string;
  readonly href?: string;
  readonly link?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="mt-10 min-w-0">
      <header class="mb-3 flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 id={id} class="text-lg font-semibold">{title}</h2>
        {href !== undefined && (
          <a class="no-print quota-link touch-target text-sm text-accent" href={href} aria-current="false">
            {link}
          </a>
        )}
      </header>
      {children}
    </div>
  );
}
