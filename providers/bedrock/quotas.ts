/** The limits of a region: which of its hundreds of rows count, and their names. */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import { decode, limitOrNull, member, orNull, slug } from "../../lib/provider_kit/decode.ts";
import { readAllPages } from "../../lib/provider_kit/pages.ts";

export type Scope = "on-demand" | "cross-region" | "global";

/** A limit that was understood. */
export interface Ceiling {
  /** `tpm-cross-region-anthropic-claude-sonnet-4-5` */
  readonly quota: string;
  readonly unit: "tokens" | "requests";
  readonly per: "minute" | "day";
  readonly scope: Scope | null;
  /** As the vendor writes it. */
  readonly model: string;
  readonly limit: number;
}

const SCOPED =
  /^(?:(on-demand|cross-region|global cross-region)\s+)?(?:InvokeModel|model inference)\s+(tokens|requests)\s+per\s+(minute|day)\s+for\s+(.+)$/i;
const DAILY = /^Model invocation max tokens per day for\s+(.+)$/i;

/** Parses what a row counts; null when it counts something else. */
export function toCeiling(name: string, limit: number): Ceiling | null {
  const daily = DAILY.exec(name)?.[1];
  if (daily !== undefined) {
    const id = slug(daily);
    return id === ""
      ? null
      : { quota: `tpd-${id}`, unit: "tokens", per: "day", scope: null, model: daily, limit };
  }
  const [, where = "on-demand", what = "", time = "", model = ""] = SCOPED.exec(name) ?? [];
  const id = slug(model);
  if (id === "") return null;
  const scope: Scope = /^global/i.test(where)
    ? "global"
    : /^cross/i.test(where)
    ? "cross-region"
    : "on-demand";
  const unit = what.toLowerCase() === "tokens" ? "tokens" : "requests";
  const per = time.toLowerCase() === "day" ? "day" : "minute";
  return { quota: `${unit.charAt(0)}p${per.charAt(0)}-${scope}-${id}`, unit, per, scope, model, limit };
}

const Page = v.object({ Quotas: v.array(v.unknown()) });
const Row = v.object({ QuotaName: v.string(), Value: limitOrNull, QuotaArn: orNull(v.string()) });

export interface Ceilings {
  /** In the vendor's order; of two rows for the same limit, the larger wins. */
  readonly all: readonly Ceiling[];
  /** The AWS account they belong to, if the vendor says so. */
  readonly owner: string | null;
  /** Number of unreadable rows. */
  readonly strange: number;
}

/** Returns all limits of the region. @throws {ProviderError} */
export async function readCeilings(call: (body: unknown) => Promise<unknown>): Promise<Ceilings> {
  const pages = await readAllPages(
    (cursor) =>
      call({ ServiceCode: "bedrock", MaxResults: 100, ...cursor === null ? {} : { NextToken: cursor } }),
    nextToken,
  );
  const found = new Map<string, Ceiling>();
  let owner: string | null = null;
  let strange = 0;
  for (const row of pages.flatMap((page) => decode(Page, page).Quotas)) {
    const { success, output } = v.safeParse(Row, row);
    if (!success || output.Value === null) {
      strange++;
      continue;
    }
    owner ??= /^arn:aws[\w-]*:servicequotas:[\w-]*:(\d{12}):/.exec(output.QuotaArn ?? "")?.[1] ?? null;
    const ceiling = toCeiling(output.QuotaName.slice(0, 300), output.Value);
    if (ceiling && !((found.get(ceiling.quota)?.limit ?? -1) >= ceiling.limit)) {
      found.set(ceiling.quota, ceiling);
    }
  }
  return { all: [...found.values()], owner, strange };
}

export function nextToken(page: unknown): string | null {
  const cursor = member(page, "NextToken");
  return typeof cursor === "string" && cursor !== "" ? cursor : null;
}

/** By the vendor's name of a model, in lower case: the ids used to call it. */
export type ModelIds = ReadonlyMap<string, readonly string[]>;

/**
 * Parses the user's mapping of models to the ids used to call them, which quota names do not contain. JSON,
 * or `Name=id` separated by semicolons.
 */
export function modelIds(ctx: Pick<ProviderContext, "env" | "log">): ModelIds {
  const text = ctx.env("BEDROCK_MODELS")?.trim() ?? "";
  const pairs: (readonly [string, unknown])[] = text.startsWith("{")
    ? fromJson(text)
    : text.split(";").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)] as const;
    });
  const ids = new Map<string, readonly string[]>();
  for (const [name, value] of pairs) {
    const list = (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === "string")
      .map((id) => id.trim()).filter((id) => id !== "");
    const key = plainModel(name);
    if (key !== "" && list.length > 0) ids.set(key, [...ids.get(key) ?? [], ...list]);
  }
  if (text !== "" && ids.size === 0) {
    ctx.log.warn("BEDROCK_MODELS maps nothing", { wanted: "Name=id;Name=id" });
  }
  return ids;
}

function fromJson(text: string): (readonly [string, unknown])[] {
  try {
    return Object.entries(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Removes a trailing remark in brackets, such as how it is counted. */
function plainModel(model: string): string {
  return model.replace(/\s*\([^)]*\)\s*$/, "").trim().toLowerCase();
}

/** Returns the ids whose traffic counts against a limit: an id's prefix says how it is called. */
export function idsFor(ceiling: Ceiling, ids: ModelIds, all: readonly Ceiling[]): readonly string[] {
  const mapped = ids.get(plainModel(ceiling.model)) ?? [];
  const fitting = mapped.filter((id) =>
    ceiling.scope === null || toScope(id) === null || toScope(id) === ceiling.scope
  );
  if (fitting.length > 0) return fitting;
  // A model with only one way to call it is called that way.
  const scopes = new Set(
    all.filter((one) => one.model === ceiling.model && one.scope).map((one) => one.scope),
  );
  return scopes.size === 1 ? mapped : [];
}

function toScope(id: string): Scope | null {
  if (id.startsWith("arn:")) return null;
  if (id.startsWith("global.")) return "global";
  return /^(?:us|eu|apac|jp|au|ca|us-gov|sa|me|af)\./.test(id) ? "cross-region" : "on-demand";
}
