/**
 * The view as the page carries it. As objects, the names of their members would take up more of the page than all
 * figures: here they stand once for each kind of object, and equal small parts once as well.
 */
import { type Signal, signal } from "@preact/signals";
import type { DashboardView } from "../model/view/view.ts";

type Part = string | number | boolean | null | undefined | readonly Part[];

export interface PackedView {
  /** The names of members, for each kind of object. */
  readonly kinds: readonly (readonly string[])[];
  /** An object is the number of its kind and its members, a list `LIST` and its items. */
  readonly view: Part;
}

const LIST = -1;

/** The server draws what it packs, so it need not unpack it. */
const sources = new WeakMap<PackedView, DashboardView>();
/** Views do not change, and the one of a moment is sent to many. */
const packed = new WeakMap<DashboardView, PackedView>();
const signals = new WeakMap<PackedView, Signal<DashboardView>>();

export function packView(view: DashboardView): PackedView {
  let parts = packed.get(view);
  if (!parts) packed.set(view, parts = pack(view));
  // Its own for each page, as the signal is that goes with it.
  const own = { ...parts };
  sources.set(own, view);
  return own;
}

export function unpackView(view: PackedView): DashboardView {
  return sources.get(view) ?? unpack(view) as DashboardView;
}

/** Returns the signal that all islands of a page share. */
export function liveView(view: PackedView): Signal<DashboardView> {
  let live = signals.get(view);
  if (!live) signals.set(view, live = signal(unpackView(view)));
  return live;
}

function pack(whole: object): PackedView {
  const kinds: (readonly string[])[] = [];
  const numbers = new Map<string, number>();
  const equal = new Map<string, Part>();

  function partOf(value: unknown): Part {
    if (typeof value !== "object" || value === null) return value as Part;
    const names = Array.isArray(value) ? null : Object.keys(value);
    const part = [names ? kindOf(names) : LIST, ...(names ? Object.values(value) : value as []).map(partOf)];
    if (!part.every(hasText)) return part;
    const text = JSON.stringify(part);
    const known = equal.get(text);
    if (!known) equal.set(text, part);
    return known ?? part;
  }

  function kindOf(names: readonly string[]): number {
    const kind = JSON.stringify(names);
    const known = numbers.get(kind);
    if (known !== undefined) return known;
    numbers.set(kind, kinds.length);
    return kinds.push(names) - 1;
  }

  return { view: partOf(whole), kinds };
}

/** Tells whether a part is told apart from all others by JSON: no list, and nothing that it has no word for. */
function hasText(part: Part): boolean {
  return typeof part === "number"
    ? Number.isFinite(part) && !Object.is(part, -0)
    : part === null || typeof part === "string" || typeof part === "boolean";
}

function unpack({ kinds, view }: PackedView): unknown {
  function valueOf(part: Part): unknown {
    if (typeof part !== "object" || part === null) return part;
    const [kind, ...members] = part as readonly [number, ...Part[]];
    const values = members.map(valueOf);
    return kind === LIST ? values : Object.fromEntries(kinds[kind]!.map((name, at) => [name, values[at]]));
  }

  return valueOf(view);
}
