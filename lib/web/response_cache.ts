/**
 * JSON that was answered is kept until something changes: the next event, or the next minute, since ages do
 * and another process may have written. Reading and wording a long past again for every request would cost
 * the more the older the database is.
 */
import { MINUTE_MS } from "../model/duration.ts";
import type { Context } from "fresh";
import type { Services } from "../app/context.ts";
import type { State } from "./state.ts";

/** Characters of all answers that are kept; the one that was made first goes first. */
const MOST_KEPT = 2_000_000;

interface Kept {
  readonly moment: string;
  /** By path and query. */
  readonly answers: Map<string, string>;
  size: number;
}

/** Of each server its own. */
const keptOf = new WeakMap<Services, Kept>();

/**
 * The JSON of what `make` answers to this path and query. What it throws is not kept, and neither is a
 * response: that is handed on as it is.
 */
export async function keptJson(ctx: Context<State>, make: () => Promise<unknown>): Promise<Response> {
  const { services } = ctx.state;
  // The moment is taken before anything is read, so that an answer is never older than it says.
  const kept = keptAt(services);
  const key = `${ctx.url.pathname}${ctx.url.search}`;
  const known = kept.answers.get(key);
  if (known !== undefined) return jsonText(known);
  const value = await make();
  if (value instanceof Response) return value;
  const text = JSON.stringify(value);
  add(kept, key, text);
  return jsonText(text);
}

function keptAt(services: Services): Kept {
  const moment = `${services.hub.lastId}.${Math.floor(services.clock.now() / MINUTE_MS)}`;
  const known = keptOf.get(services);
  if (known?.moment === moment) return known;
  const fresh: Kept = { moment, answers: new Map(), size: 0 };
  keptOf.set(services, fresh);
  return fresh;
}

function add(kept: Kept, key: string, text: string): void {
  const { answers } = kept;
  const size = key.length + text.length;
  // Another request may have made the same answer meanwhile.
  if (answers.has(key) || size > MOST_KEPT) return;
  answers.set(key, text);
  kept.size += size;
  for (const [oldest, { length }] of answers) {
    if (kept.size <= MOST_KEPT) break;
    answers.delete(oldest);
    kept.size -= oldest.length + length;
  }
}

function jsonText(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/json" } });
}
