/** What the command palette offers: saved views, pages, accounts, quotas, ranges of this page, actions. */
import { pathTo } from "../base_path.ts";
import { formatShare } from "../../model/view/format.ts";
import type { AccountKey, QuotaKey } from "../../model/quota.ts";
import { selectDensity } from "../density.ts";
import { accountHref, quotaHref } from "../links.ts";
import { NAVIGATION } from "../navigation.ts";
import { selectTheme } from "../theme.ts";
import { accountTitle, fullTitle } from "../words.ts";
import type { Findable } from "./match.ts";
import type { SavedView } from "./saved_views.ts";

export interface PaletteEntry extends Findable {
  /** Unique in the list. */
  readonly id: string;
  /** Its kind, in a word beside it. */
  readonly kind: string;
  /** An address inside the dashboard, or what to do. */
  readonly act: string | (() => unknown);
  readonly detail?: string;
}

/** The fields of an account in `/api/v1/snapshot` that the palette needs. */
interface SnapshotAccount {
  readonly key: AccountKey;
  readonly provider: string;
  readonly providerName: string;
  readonly name: string;
  readonly label: string | null;
  readonly quotas: readonly {
    readonly key: QuotaKey;
    readonly quota: string;
    readonly label: string;
    readonly utilization: number | null;
  }[];
}

const MORE_PAGES: readonly (readonly [href: string, title: string, words?: string])[] = [
  ["/cycle-overview", "Cycle overview"],
  ["/alerts/channels", "Alert channels", "mail push telegram slack"],
  ["/settings?tab=accounts", "Accounts", "providers keys add rename"],
  ["/settings?tab=insights", "Insights to show"],
  ["/settings?tab=data", "Data", "backup export keep"],
  ["/settings?tab=about", "About", "version licences hosts"],
  ["/me", "Your own account", "password passkeys"],
  ["/people", "People"],
  ["/keys", "Keys for programs", "tokens"],
  ["/audit", "Audit"],
  ["/notes", "Notes", "changed plan chart"],
  ["/help", "Help and shortcuts"],
  ["/api/docs", "API", "documentation openapi"],
];

export function pageEntries(): readonly PaletteEntry[] {
  return [
    ...NAVIGATION.map(({ href, label }) => createPageEntry(href, label)),
    ...MORE_PAGES.map(([href, title, words]) => createPageEntry(href, title, words)),
  ];
}

function createPageEntry(href: string, title: string, words = ""): PaletteEntry {
  return { id: `page ${href}`, kind: "page", title, words, act: href };
}

export function viewEntries(views: readonly SavedView[]): readonly PaletteEntry[] {
  return views.map(({ name, href }) => ({ id: `view ${name}`, kind: "saved view", title: name, act: href }));
}

/** The ranges that this page has links for. */
export function rangeEntries(): readonly PaletteEntry[] {
  const links = document.querySelectorAll<HTMLAnchorElement>("main [data-range], .range-row a");
  const seen = new Set<string>();
  return [...links].flatMap((link): PaletteEntry[] => {
    const text = link.textContent?.trim() ?? "";
    if (text === "" || seen.has(text)) return [];
    seen.add(text);
    return [{ id: `range ${text}`, kind: "range", title: `Range ${text}`, act: () => link.click() }];
  });
}

export function actionEntries(): readonly PaletteEntry[] {
  const actions: readonly (readonly [title: string, run: () => void, words?: string])[] = [
    [
      "Poll all accounts now",
      () => document.querySelector<HTMLElement>("#refresh-btn")?.click(),
      "refresh update",
    ],
    ["Light theme", () => selectTheme("light")],
    ["Dark theme", () => selectTheme("dark")],
    ["System theme", () => selectTheme("system")],
    ["Compact rows and lists", () => selectDensity("compact"), "density dense"],
    ["Comfortable rows and cards", () => selectDensity("comfortable"), "density"],
    ["Print this page", () => setTimeout(print)],
    ["Sign out", () => location.assign(pathTo("/logout")), "log out leave"],
  ];
  return actions.map(([title, act, words = ""]) => ({
    id: `act ${title}`,
    kind: "action",
    title,
    words,
    act,
  }));
}

/** @throws when the server cannot be reached, or does not answer as it should */
export async function accountEntries(): Promise<readonly PaletteEntry[]> {
  const answer = await fetch(pathTo("/api/v1/snapshot"), { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  const { accounts }: { readonly accounts: readonly SnapshotAccount[] } = await answer.json();
  const named = accounts.map(({ label, ...account }) => ({ ...account, ...label !== null && { label } }));
  return [
    ...named.map((account): PaletteEntry => ({
      id: `account ${account.key}`,
      kind: "account",
      title: accountTitle(account),
      words: `${account.provider} ${account.providerName} ${account.name}`,
      act: accountHref(account.key),
    })),
    ...named.flatMap((account) =>
      account.quotas.map((quota): PaletteEntry => ({
        id: `quota ${quota.key}`,
        kind: "quota",
        title: fullTitle(account, quota),
        words: `${account.provider} ${account.name} ${quota.quota}`,
        act: quotaHref(quota.key),
        ...quota.utilization !== null && { detail: `${formatShare(quota.utilization)} used` },
      }))
    ),
  ];
}
