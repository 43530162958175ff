/**
 * The view as a page embeds it: one short text. As objects, it would be larger than all the markup, mostly
 * because of member names.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type DashboardView, findTightest } from "../model/view/view.ts";
import { type Column, packColumn, unpackColumn } from "./columns.ts";
import { ACCOUNTS_AT_ONCE } from "./overview.ts";

export interface PackedView {
  readonly text: string;
  /** True when it lacks accounts, which the live stream brings. */
  readonly part?: boolean;
}

/** What a page knows. */
export interface PageView extends DashboardView {
  /** True until the live stream has brought all accounts. */
  readonly part?: boolean;
}

/** The server draws what it packs, so it need not unpack it. */
const sources = new WeakMap<PackedView, DashboardView>();
/** Caches texts: views do not change, and one view is sent to many readers. */
const texts = new WeakMap<DashboardView, string>();
const signals = new WeakMap<PackedView, Signal<PageView>>();

/** Packs a view, of a fleet only a part; every page has its own, as it has its own signal. */
export function packView(view: DashboardView): PackedView {
  const part = view.accounts.length > ACCOUNTS_AT_ONCE;
  let text = texts.get(view);
  if (text === undefined) {
    texts.set(view, text = swapQuotes(JSON.stringify(packColumn([part ? takePart(view) : view]))));
  }
  const packed = { text, ...part && { part } };
  sources.set(packed, view);
  return packed;
}

/** Only what the title, the icon and the age of a page need before its live stream begins. */
function takePart(view: DashboardView): PageView {
  const tightest = findTightest(view)?.key;
  const newest = Math.max(...view.accounts.map(({ at }) => at ?? 0));
  const shown = [
    view.accounts.find(({ quotas }) => quotas.some(({ key }) => key === tightest)),
    view.accounts.find(({ at }) => at === newest),
  ];
  return { ...view, accounts: view.accounts.filter((account) => shown.includes(account)), part: true };
}

export function unpackView(packed: PackedView): DashboardView {
  const known = sources.get(packed);
  return known ?? unpackColumn(JSON.parse(swapQuotes(packed.text)) as Column)[0] as DashboardView;
}

/** Returns the signal that all islands of a page share. */
export function liveView(packed: PackedView): Signal<PageView> {
  let live = signals.get(packed);
  if (!live) signals.set(packed, live = signal(unpackView(packed)));
  return live;
}

/** Settles when a page knows all accounts: at once, except for a fleet. */
export function waitForWhole(view: ReadonlySignal<PageView>): Promise<void> {
  return new Promise((known) => view.subscribe(({ part }) => part || known()));
}

/** Swaps both kinds of quotes: the page holds the text in a string in a string, where a double one takes four. */
function swapQuotes(text: string): string {
  return text.replaceAll(/["']/g, (quote) => quote === '"' ? "'" : '"');
}
