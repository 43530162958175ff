/**
 * The view as a page embeds it: one short text. As objects, it would be larger than all the markup, mostly
 * because of member names.
 */
import { type Signal, signal } from "@preact/signals";
import type { DashboardView } from "../model/view/view.ts";
import { type Column, packColumn, unpackColumn } from "./columns.ts";

export interface PackedView {
  readonly text: string;
}

/** The server draws what it packs, so it need not unpack it. */
const sources = new WeakMap<PackedView, DashboardView>();
/** Caches texts: views do not change, and one view is sent to many readers. */
const texts = new WeakMap<DashboardView, string>();
const signals = new WeakMap<PackedView, Signal<DashboardView>>();

/** Packs a view; every page has its own, as it has its own signal. */
export function packView(view: DashboardView): PackedView {
  let text = texts.get(view);
  if (text === undefined) texts.set(view, text = swapQuotes(JSON.stringify(packColumn([view]))));
  const packed = { text };
  sources.set(packed, view);
  return packed;
}

export function unpackView(packed: PackedView): DashboardView {
  const known = sources.get(packed);
  return known ?? unpackColumn(JSON.parse(swapQuotes(packed.text)) as Column)[0] as DashboardView;
}

/** Returns the signal that all islands of a page share. */
export function liveView(packed: PackedView): Signal<DashboardView> {
  let live = signals.get(packed);
  if (!live) signals.set(packed, live = signal(unpackView(packed)));
  return live;
}

/** Swaps both kinds of quotes: the page holds the text in a string in a string, where a double one takes four. */
function swapQuotes(text: string): string {
  return text.replaceAll(/["']/g, (quote) => quote === '"' ? "'" : '"');
}
