/** How long a session lasts and what it consumes. */
import { displayUnit, formatDuration } from "../view/format.ts";
import type { InsightAccount, InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { rangeMs, rangeWords } from "./insight_context.ts";
import { computeMean, computePortion, sum } from "./quota_use.ts";
import { countPhrase, useText } from "./words.ts";

/** With fewer sessions the insight is omitted. */
export const MIN_SESSIONS = 3;
/** Maximum number of quotas in the evidence. */
const MAX_QUOTAS = 10;

export const sessionAverage: Rule = {
  type: "session-average",
  find(account, context) {
    const closed = account.sessions.flatMap(({ startedAt, endedAt, use }) =>
      endedAt !== null && endedAt >= startedAt && endedAt <= context.now &&
        startedAt >= context.now - rangeMs(context.range)
        ? [{ startedAt, endedAt, use }]
        : []
    );
    if (closed.length < MIN_SESSIONS) return [];
    const average = computeMean(closed.map(({ startedAt, endedAt }) => endedAt - startedAt));
    const uses = averageUses(account, closed);
    const main = uses[0];
    const from = Math.min(...closed.map((session) => session.startedAt));
    const to = Math.max(...closed.map((session) => session.endedAt));
    const count = closed.length;
    return [{
      severity: "info",
      title: "The average session",
      metric: formatDuration(average),
      figure: { value: average / 1000, unit: "seconds" },
      sublabel: `of ${countPhrase(count, "session")} in ${rangeWords(context.range)}`,
      description: `${countPhrase(count, "session")} in ${rangeWords(context.range)}, on average ${
        formatDuration(average)
      } long${main ? ` and using ${main.text} of ${main.quota.label}` : ""}.`,
      evidence: [
        { label: "Average length", value: formatDuration(average), from, to, count },
        ...uses.slice(0, MAX_QUOTAS).map(({ quota, text }) => ({
          label: quota.label,
          value: text,
          from,
          to,
          count,
        })),
      ],
      weight: count,
    }];
  },
};

/** Sorts by the share a session consumes, largest first; quotas without a limit last, equal ones by key. */
function averageUses(
  account: InsightAccount,
  sessions: readonly Pick<InsightAccount["sessions"][number], "use">[],
) {
  const uses = account.quotas.map((quota) => {
    const each = sum(sessions.map(({ use }) => computeUsed(quota, use))) / sessions.length;
    const share = computePortion(quota, each);
    return { quota, each, share, text: useText(each, displayUnit(quota)) };
  });
  return uses.filter(({ each }) => each > 0)
    .sort((a, b) => b.share - a.share || b.each - a.each);
}

function computeUsed(
  quota: InsightQuota,
  use: readonly { readonly quota: string; readonly consumed: number }[],
): number {
  return sum(use.filter((one) => one.quota === quota.quota).map((one) => one.consumed));
}
