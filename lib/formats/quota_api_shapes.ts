/** The names the quota API promised for some providers: which quota stands under which member. */

/** How the figures of a quota are called in a row of the history. */
export interface Columns {
  readonly used: string;
  readonly limit: string;
  readonly percent: string;
}

/** A member of an answer that has a name of its own. */
export interface Member {
  readonly name: string;
  readonly quota: string;
  /** What its cycles are asked for with; its quota's id does as well. */
  readonly type?: string;
  readonly columns?: Columns;
  /** Also say what the use is made of. */
  readonly details?: boolean;
}

/** An answer with named members; quotas that are not among them follow under their ids in camel case. */
export interface NamedShape {
  readonly members: readonly Member[];
  readonly insight: boolean;
  /** The quotas whose figures the three columns of a session hold: requests, searches, tools. */
  readonly session: readonly (string | null)[];
}

/** The providers whose shape was promised by name. All others share one shape. */
const NAMED_SHAPES: Readonly<Record<string, NamedShape>> = {
  synthetic: {
    members: [
      {
        name: "subscription",
        quota: "subscription",
        type: "subscription",
        columns: columnsOf("subscription"),
      },
      { name: "search", quota: "search", type: "search", columns: columnsOf("search") },
      { name: "toolCalls", quota: "tool-calls", type: "toolcall", columns: columnsOf("toolCalls") },
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

/** The named shape of a provider, or undefined where none was promised. */
export function shapeOf(provider: string): NamedShape | undefined {
  return Object.hasOwn(NAMED_SHAPES, provider) ? NAMED_SHAPES[provider] : undefined;
}

/** What every answer has besides its quotas. */
const HEAD = ["capturedAt", "health", "plan", "account", "accounts"];

/** The members for those of the quotas that have none of their own. */
export function furtherMembers(shape: NamedShape, quotas: readonly string[]): readonly Member[] {
  const promised = new Set(shape.members.map(({ quota }) => quota));
  const taken = new Set(
    shape.members.flatMap(({ name, columns }) => [name, ...Object.values(columns ?? {})]).concat(HEAD),
  );
  return quotas.filter((quota) => !promised.has(quota)).map((quota) => {
    const camel = camelCase(quota);
    const isTaken = Object.values(columnsOf(camel)).some((column) => taken.has(column));
    const name = isTaken ? `${camel}Quota` : camel;
    const columns = columnsOf(name);
    for (const column of Object.values(columns)) taken.add(column);
    return { name, quota, columns };
  });
}

function columnsOf(name: string): Columns {
  return { used: name, limit: `${name}Limit`, percent: `${name}Percent` };
}

function camelCase(id: string): string {
  return id.replaceAll(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
