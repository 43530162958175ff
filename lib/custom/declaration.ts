/**
 * The declaration a user writes to track their own endpoint, or the events their own programs record. Checks
 * all of it: reports every problem at once, and uses nothing of a broken one. Pure.
 */
import * as v from "valibot";
import { harmless } from "../base/text.ts";
import { headerProblem, urlProblem } from "./url.ts";
import { parsePath, type Path } from "./path.ts";

const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const NAMING = "expected lower case letters, digits and single hyphens";
const createTextSchema = (longest: number) =>
  v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longest));
/** A name that people read: one line, without characters that steer a terminal or the direction of the text around it. */
const label = v.pipe(v.string(), v.transform(harmless), v.trim(), v.minLength(1), v.maxLength(80));
const finite = v.pipe(v.number(), v.finite());

const PathText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): Path => {
    const path = parsePath(value);
    if ("problem" in path) {
      addIssue({ message: `the path ${path.problem}` });
      return NEVER;
    }
    return path;
  }),
);

const Scale = v.optional(v.pipe(finite, v.check((value) => value !== 0, "expected a scale other than 0")), 1);
const Figure = v.pipe(
  v.strictObject({
    path: v.optional(PathText),
    literal: v.optional(finite),
    scale: Scale,
    unlimitedWhen: v.optional(finite),
  }),
  v.check(
    (one) => (one.path === undefined) !== (one.literal === undefined),
    "expected one of path and literal",
  ),
);
/** The source of a figure: a path in the document, or a declared value. */
export type FigureRule = v.InferOutput<typeof Figure>;
const ResetsAt = v.strictObject({
  path: PathText,
  format: v.picklist(["iso", "unix-seconds", "unix-milliseconds", "in-seconds"]),
});

const UNITS = ["requests", "tokens", "percent", "credits", "usd", "seconds"] as const;
/** The alternatives that state a quota's level; a quota needs exactly one. */
export const PRIMARIES = ["used", "remaining", "usedPercent", "remainingPercent", "usedFraction"] as const;
export type Primary = typeof PRIMARIES[number];

const named = {
  key: v.pipe(
    v.string(),
    v.maxLength(63),
    v.regex(KEBAB, NAMING),
  ),
  label,
  unit: v.picklist(UNITS),
};
const Seconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(400 * 86_400));

const Quota = v.pipe(
  v.strictObject({
    ...named,
    used: v.optional(Figure),
    remaining: v.optional(Figure),
    usedPercent: v.optional(Figure),
    remainingPercent: v.optional(Figure),
    usedFraction: v.optional(Figure),
    limit: v.optional(Figure),
    resetsAt: v.optional(ResetsAt),
    windowSeconds: v.nullish(Seconds, null),
    direction: v.optional(v.picklist(["use", "balance"]), "use"),
  }),
  v.check(
    (quota) => PRIMARIES.filter((name) => quota[name] !== undefined).length === 1,
    `expected exactly one of ${PRIMARIES.join(", ")}`,
  ),
  v.check(
    (quota) => {
      const isShare = quota.usedPercent ?? quota.remainingPercent ?? quota.usedFraction;
      return isShare === undefined || quota.unit === "percent" || quota.limit !== undefined;
    },
    "expected the unit percent, or a limit the share is of",
  ),
  v.check(
    (quota) => quota.direction === "use" || (quota.windowSeconds === null && quota.resetsAt === undefined),
    "expected a balance to have neither windowSeconds nor resetsAt",
  ),
);
export type QuotaRule = v.InferOutput<typeof Quota>;

const Url = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? urlProblem(dataset.value) : null;
    if (problem !== null) addIssue({ message: `the URL ${problem}` });
  }),
);
const HeaderName = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? headerProblem(dataset.value) : null;
    if (problem !== null) addIssue({ message: `the header ${problem}` });
  }),
);
const Headers = v.pipe(
  v.record(v.string(), v.string()),
  v.rawCheck(({ dataset, addIssue }) => {
    for (const [name, value] of dataset.typed ? Object.entries(dataset.value) : []) {
      const problem = headerProblem(name, value);
      if (problem !== null) addIssue({ message: `the header "${name.slice(0, 64)}" ${problem}` });
    }
  }),
);
const SecretEnv = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[A-Z][A-Z0-9_]{2,80}$/, "expected the name of a variable, such as TEAM_PROXY_KEY"),
  ),
);
const Auth = v.variant("type", [
  v.strictObject({ type: v.literal("none") }),
  v.strictObject({ type: v.literal("bearer"), secretEnv: SecretEnv }),
  v.strictObject({ type: v.literal("x-api-key"), secretEnv: SecretEnv }),
  v.strictObject({ type: v.literal("header"), name: HeaderName, secretEnv: SecretEnv }),
]);

const Request = v.strictObject({
  method: v.optional(v.literal("GET"), "GET"),
  url: Url,
  auth: v.optional(Auth, { type: "none" }),
  headers: v.optional(Headers, {}),
  timeoutSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 15),
});

const list = <Schema extends v.GenericSchema<unknown, { readonly key: string }>>(quota: Schema) =>
  v.pipe(
    v.array(quota),
    v.minLength(1, "expected at least one quota"),
    v.maxLength(16, "expected at most 16 quotas"),
    v.check((all) => new Set(all.map(({ key }) => key)).size === all.length, "expected every key once"),
  );

const common = {
  id: v.pipe(
    v.string(),
    v.maxLength(40),
    v.regex(KEBAB, NAMING),
  ),
  label,
  enabled: v.optional(v.boolean(), true),
  /** Seconds between polls. */
  everySeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(86_400)), 300),
};

const Endpoint = v.strictObject({
  ...common,
  request: Request,
  plan: v.optional(v.strictObject({ path: PathText })),
  quotas: list(Quota),
});
export type Endpoint = v.InferOutput<typeof Endpoint>;

/** What events count, with the unit of the quota. */
export const COUNTS = ["requests", "prompt_tokens", "completion_tokens", "total_tokens", "cost_usd"] as const;
const UNIT_OF = {
  requests: "requests",
  prompt_tokens: "tokens",
  completion_tokens: "tokens",
  total_tokens: "tokens",
  cost_usd: "usd",
} as const;

const Counter = v.pipe(
  v.strictObject({
    ...named,
    unit: v.optional(v.picklist(UNITS)),
    count: v.picklist(COUNTS),
    limit: v.optional(v.strictObject({ literal: v.pipe(finite, v.minValue(0)) })),
    windowSeconds: v.optional(Seconds),
    calendar: v.optional(v.picklist(["day", "week", "month"])),
    rolling: v.optional(v.boolean(), false),
  }),
  v.check(
    (one) => (one.windowSeconds === undefined) !== (one.calendar === undefined),
    "expected one of windowSeconds and calendar",
  ),
  v.check(
    (one) => !one.rolling || one.windowSeconds !== undefined,
    "expected windowSeconds where it is rolling",
  ),
  v.check(
    (one) => one.unit === undefined || one.unit === UNIT_OF[one.count],
    "expected the unit of what is counted, or none",
  ),
  v.transform((one) => ({ ...one, unit: UNIT_OF[one.count] })),
);
export type CounterRule = v.InferOutput<typeof Counter>;

const Match = v.strictObject({
  integration: v.optional(createTextSchema(200)),
  provider: v.optional(createTextSchema(200)),
  model: v.optional(createTextSchema(200)),
  account: v.optional(createTextSchema(200)),
});

const EventSource = v.strictObject({ ...common, events: Match, quotas: list(Counter) });
export type EventSource = v.InferOutput<typeof EventSource>;

export type Declaration = Endpoint | EventSource;

/** One problem, and its position in the declaration. */
export interface DeclarationProblem {
  /** `quotas.0.limit`; empty for the whole declaration. */
  readonly at: string;
  readonly problem: string;
}

/** Returns the declaration, or everything that is wrong with it. */
export function checkDeclaration(
  value: unknown,
): { readonly declaration: Declaration } | { readonly problems: readonly DeclarationProblem[] } {
  const isEvents = typeof value === "object" && value !== null && Object.hasOwn(value, "events");
  const result = v.safeParse(isEvents ? EventSource : Endpoint, value);
  if (result.success) return { declaration: result.output };
  return { problems: result.issues.flatMap(listProblems) };
}

function listProblems(issue: v.BaseIssue<unknown>): readonly DeclarationProblem[] {
  const at = v.getDotPath(issue) ?? "";
  // Leave out the value: it may be a key in the wrong place.
  const problem = issue.expected === null || issue.kind === "validation"
    ? issue.message
    : issue.received === "undefined"
    ? "is missing"
    : issue.type === "strict_object" && issue.expected === "never"
    ? "is unknown"
    : issue.type === "object" || issue.type === "strict_object"
    ? "expected an object"
    : `expected ${issue.expected}`;
  return [{ at, problem }];
}

export function isEventSource(declaration: Declaration): declaration is EventSource {
  return "events" in declaration;
}

/** Returns the provider id of a declaration. */
export function providerId({ id }: Pick<Declaration, "id">): string {
  return `custom-${id}`;
}
