/** The names the quota API documents for some providers: which field holds which quota. */

/** Column names of a quota's figures in a row of the history. */
export interface Columns {
  readonly used: string;
  readonly limit: string;
  readonly percent: string;
}

/** A field of an answer that has a documented name. */
export interface Member {
  readonly name: string;
  readonly quota: string;
  /** The word that requests its cycles; the id of its quota works too. */
  readonly type?: string;
  readonly columns?: Columns;
  /** True to include what the use consists of. */
  readonly details?: boolean;
}

/** An answer with named fields; other quotas follow under their ids in camel case. */
export interface NamedShape {
  readonly members: readonly Member[];
  readonly insight: boolean;
  /** The quotas in the three columns of a session: requests, searches, tools. */
  readonly session: readonly (string | null)[];
}

/** The providers documented with a shape of their own. All others share one shape. */
const NAMED_SHAPES: Readonly<Record<string, NamedShape>> = {
  synthetic: {
    members: [
      {
        name: "subscription",
        quota: "subscription",
        type: "subscription",
        columns: findColumns("subscription"),
      },
      { name: "search", quota: "search", type: "search", columns: findColumns("search") },
      { name: "toolCalls", quota: "tool-calls", type: "toolcall", columns: findColumns("toolCalls") },
    ],
    insight: true,
    session: ["subscription", "search", "tool-calls"],
  },
  zai: {
    members: [
      {
        name: "tokensLimit",
        quota: "five-hour",
        type: "tokens",
        columns: { used: "tokensUsage", limit: "tokensLimit", percent: "tokensPercent" },
      },
      {
        name: "timeLimit",
        quota: "tool-calls",
        type: "time",
        columns: { used: "timeUsage", limit: "timeLimit", percent: "timePercent" },
      },
      { name: "toolCalls", quota: "tool-calls", details: true },
    ],
    insight: false,
    session: ["five-hour", null, "tool-calls"],
  },
};

/** Returns the named shape of a provider, or undefined when it has none. */
export function findShape(provider: string): NamedShape | undefined {
  return Object.hasOwn(NAMED_SHAPES, provider) ? NAMED_SHAPES[provider] : undefined;
}

/** Fields every answer has besides its quotas. */
const HEAD = ["capturedAt", "health", "plan", "account", "accounts"];

/** Returns fields for the quotas that have no documented one. */
export function furtherMembers(shape: NamedShape, quotas: readonly string[]): readonly Member[] {
  const promised = new Set(shape.members.map(({ quota }) => quota));
  const taken = new Set(
    shape.members.flatMap(({ name, columns }) => [name, ...Object.values(columns ?? {})]).concat(HEAD),
  );
  return quotas.filter((quota) => !promised.has(quota)).map((quota) => {
    const camel = camelCase(quota);
    const isTaken = Object.values(findColumns(camel)).some((column) => taken.has(column));
    const name = isTaken ? `${camel}Quota` : camel;
    const columns = findColumns(name);
    for (const column of Object.values(columns)) taken.add(column);
    return { name, quota, columns };
  });
}

function findColumns(name: string): Columns {
  return { used: name, limit: `${name}Limit`, percent: `${name}Percent` };
}

function camelCase(id: string): string {
  return id.replaceAll(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
