/** What the routes of `/api/v1` share: selecting accounts and quotas, paging, tags. */
import { MINUTE_MS } from "../model/duration.ts";
import type { Context } from "fresh";
import { HttpError } from "fresh";
import type { ListPosition } from "../read/analysis.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { AppContext } from "../app/context.ts";
import { unknownWord } from "./unknown_word.ts";
import { CursorParam, PageLimitParam, parseNumberParam } from "./params.ts";
import type { State } from "./state.ts";
import * as v from "valibot";

const DEFAULT_LIMIT = 50;

/**
 * The accounts and quotas of a request: all that are not hidden, or those that `provider`, `account` and
 * `quota` name.
 */
export interface ResolvedScope {
  readonly accounts: readonly AccountKey[];
  readonly quotas: readonly QuotaKey[];
}

/** @throws {HttpError} 400 when one does not exist */
export async function resolveScope({ url, state }: Context<State>): Promise<ResolvedScope> {
  const { services } = state;
  const [view, providers] = await Promise.all([
    services.dashboard({ withHidden: true }),
    services.providers(),
  ]);
  const known = [
    ...new Set([...providers.map(({ id }) => id), ...view.accounts.map(({ provider }) => provider)]),
  ];
  const wantedProviders = readNames(url, "provider", known);
  const wantedAccounts = readNames(url, "account", view.accounts.map(({ key }) => key));
  const wantedQuotas = readNames(url, "quota", listQuotas(view));
  const accounts = view.accounts.filter(({ key, provider, quotas, hidden }) =>
    (!hidden || wantedAccounts !== null || wantedQuotas !== null) &&
    (wantedProviders?.has(provider) ?? true) && (wantedAccounts?.has(key) ?? true) &&
    (!wantedQuotas || quotas.some(({ key }) => wantedQuotas.has(key)))
  );
  const quotas = accounts.flatMap((account) => account.quotas.map(({ key }) => key))
    .filter((key) => wantedQuotas?.has(key) ?? true);
  return { accounts: accounts.map(({ key }) => key), quotas };
}

function listQuotas(view: DashboardView): readonly QuotaKey[] {
  return view.accounts.flatMap(({ quotas }) => quotas.map(({ key }) => key));
}

/** Returns the words of a repeatable parameter, or null when it is absent. */
function readNames(url: URL, name: string, known: readonly string[]): ReadonlySet<string> | null {
  const words = url.searchParams.getAll(name);
  for (const word of words) if (!known.includes(word)) throw unknownWord(name, word, known);
  return words.length === 0 ? null : new Set(words);
}

/**
 * Returns the quotas with these keys, or null when none is named.
 *
 * @throws {HttpError} 400 when one does not exist
 */
export async function quotasNamed(
  services: Pick<AppContext, "dashboard">,
  words: readonly string[],
): Promise<readonly QuotaKey[] | null> {
  if (words.length === 0) return null;
  const known = listQuotas(await services.dashboard({ withHidden: true }));
  return [...new Set(words)].map((word) => {
    const key = known.find((one) => one === word);
    if (key === undefined) throw unknownWord("quota", word, known);
    return key;
  });
}

export interface PageQuery {
  readonly limit: number;
  readonly after?: ListPosition;
}

/** @throws {HttpError} 400 for a limit out of bounds or a cursor that this server did not issue */
export function parsePageQuery({ searchParams }: URL): PageQuery {
  const limit = parseNumberParam(searchParams, "limit", PageLimitParam, DEFAULT_LIMIT);
  const cursor = searchParams.get("cursor");
  if (cursor === null) return { limit };
  const after = v.is(CursorParam, cursor) ? parseCursor(cursor) : null;
  if (!after) throw new HttpError(400, "Cannot read the cursor: expected one that an answer gave as next");
  return { limit, after };
}

/** Encodes a position as opaque text. */
export function encodeCursor(position: ListPosition | null): string | null {
  if (position === null) return null;
  const bytes = new TextEncoder().encode(`${position.at} ${position.key}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function parseCursor(cursor: string): ListPosition | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
    const [, at, key] = /^(-?\d{1,16}) (.+)$/s.exec(text) ?? [];
    const instant = Number(at);
    return key !== undefined && Number.isSafeInteger(instant) ? { at: instant, key } : null;
  } catch {
    return null;
  }
}

/** Changes with every event, and once a minute because ages and forecasts do. */
export function minuteTag(
  { hub, clock, instanceId }: Pick<AppContext, "hub" | "clock" | "instanceId">,
): string {
  return `${instanceId}.${hub.lastId}.${Math.floor(clock.now() / MINUTE_MS)}`;
}
