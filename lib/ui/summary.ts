/** The one sentence at the top of the overview: what will run out first, or what is the tightest. */
import { forecastWord } from "../model/view/forecast_words.ts";
import { formatDuration } from "../model/view/format.ts";
import { type AccountView, type DashboardView, type QuotaView, tightestFirst } from "../model/view/view.ts";
import { shareText } from "./amounts.ts";
import { atText, fullTitle, isStale, quotaTitle, resetState } from "./words.ts";

/** Returns a sentence without its full stop, and sometimes a second one. */
export function summarySentence(view: DashboardView, now: number, zone: string): string {
  const { accounts } = view;
  if (accounts.length === 0) return "No account is configured yet";
  if (accounts.every(({ at }) => at === null)) return "Waiting for the first reading";
  const current = accounts.filter((account) => !isStale(account, now));
  if (!current.some(({ quotas }) => quotas.length > 0)) return withoutCurrent(accounts);

  const worries = worriesOf(current, now);
  const [first] = worries;
  if (first) {
    const more = worries.length - 1;
    return worryText(first, now, zone) + (more === 0 ? "" : `. ${moreText(more)}`);
  }
  const [tightest] = tightestFirst({ accounts: current }).filter(({ gone }) => !gone);
  if (!tightest || tightest.share === null) return "No quota states how full it is";
  const share = shareText(tightest.share, view.settings.display);
  const name = nameOf(accounts, tightest);
  const rest = tightest.resetsAt !== null && tightest.resetsAt > now
    ? `, resets in ${formatDuration(tightest.resetsAt - now)}`
    : "";
  return allLast(current)
    ? `${
      allReset(current) ? "All last until their resets" : "All last"
    }. ${name} is the tightest: ${share}${rest}`
    : `${name} is the tightest: ${share}${rest}`;
}

interface Worry {
  readonly quota: QuotaView;
  readonly account: AccountView;
  /** When it runs or ran out, epoch milliseconds. */
  readonly emptyAt: number;
  readonly exhausted: boolean;
  /** The vendor itself refuses work. */
  readonly blocked?: true;
}

/** Lists the quotas that have run out or will before their reset; first those that have, then the soonest. */
function worriesOf(accounts: readonly AccountView[], now: number): readonly Worry[] {
  const worries: Worry[] = [];
  for (const account of accounts) {
    for (const quota of account.quotas) {
      // A reading from before a reset that has passed belongs to a closed cycle.
      if (quota.gone || resetState(quota, now) === "passed" || quota.window.kind === "allocation") continue;
      const { state, emptyAt = null } = quota.forecast ?? {};
      const exhausted = state === "exhausted" || (quota.share ?? 0) >= 1;
      if (quota.status === "blocked") {
        worries.push({ quota, account, emptyAt: -Infinity, exhausted: true, blocked: true });
      } else if (exhausted) worries.push({ quota, account, emptyAt: -Infinity, exhausted });
      else if (state === "runs-dry" && emptyAt !== null) worries.push({ quota, account, emptyAt, exhausted });
    }
  }
  return worries.sort((a, b) =>
    a.blocked !== b.blocked
      ? (a.blocked ? -1 : 1)
      : a.emptyAt === b.emptyAt
      ? (b.quota.share ?? 0) - (a.quota.share ?? 0)
      : a.emptyAt - b.emptyAt
  );
}

function worryText(
  { quota, account, emptyAt, exhausted, blocked }: Worry,
  now: number,
  zone: string,
): string {
  const name = fullTitle(account, quota);
  const { resetsAt } = quota;
  if (exhausted) {
    const until = resetsAt === null || resetsAt <= now
      ? ""
      : `, resets in ${formatDuration(resetsAt - now)}, ${atText(resetsAt, now, zone)}`;
    return `${name} is ${blocked ? "blocked by its provider" : "used up"}${until}`;
  }
  if (emptyAt <= now) return `${name} is about to run dry`;
  const early = resetsAt !== null && resetsAt > emptyAt
    ? `, ${formatDuration(resetsAt - emptyAt)} before its reset`
    : "";
  const word = quota.forecast ? forecastWord(quota.forecast) : "runs dry";
  return `${name} ${word} ${atText(emptyAt, now, zone)}${early}`;
}

function moreText(count: number): string {
  return count === 1 ? "One more runs dry or is used up" : `${count} more run dry or are used up`;
}

function withoutCurrent(accounts: readonly AccountView[]): string {
  return accounts.some(({ quotas }) => quotas.length > 0)
    ? "All figures are old: no account has been read lately"
    : "No account states a quota";
}

/** Reports whether all quotas reset. Balances and refilling windows may last too, but not until a reset. */
function allReset(accounts: readonly AccountView[]): boolean {
  return accounts.every(({ quotas }) => quotas.every(({ resetsAt }) => resetsAt !== null));
}

function allLast(accounts: readonly AccountView[]): boolean {
  const states = accounts.flatMap(({ quotas }) => quotas.map(({ forecast }) => forecast?.state));
  return states.length > 1 && states.every((state) => state === "lasts" || state === "idle");
}

function nameOf(accounts: readonly AccountView[], quota: QuotaView): string {
  const owner = accounts.find(({ quotas }) => quotas.includes(quota));
  return owner ? fullTitle(owner, quota) : quotaTitle(quota);
}
