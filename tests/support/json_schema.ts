/**
 * Validates a value against the part of JSON Schema that the API description uses. An unknown keyword is
 * an error in the test and is not ignored.
 */

export type Schema = Readonly<Record<string, unknown>>;

/** Keywords that do not affect validity, or that are always true here. */
const SILENT = new Set(["description", "default", "propertyNames", "$schema"]);

/** Returns all violations, each with its path. */
export function findMisfits(schema: Schema, value: unknown, root: Schema, path = "$"): readonly string[] {
  const found: string[] = [];
  const say = (what: string) =>
    void found.push(`${path}: ${what}, got ${JSON.stringify(value)?.slice(0, 80)}`);
  for (const [keyword, rule] of Object.entries(schema)) {
    switch (keyword) {
      case "$ref":
        found.push(...findMisfits(resolve(String(rule), root), value, root, path));
        break;
      case "type":
        if (!isOfType(value, String(rule))) say(`expected ${rule}`);
        break;
      case "enum":
        if (!(rule as readonly unknown[]).includes(value)) say(`expected one of ${rule}`);
        break;
      case "const":
        if (value !== rule) say(`expected ${rule}`);
        break;
      case "anyOf": {
        const tries = (rule as readonly Schema[]).map((one) => findMisfits(one, value, root, path));
        if (!tries.some((one) => one.length === 0)) {
          found.push(`${path}: fits none of ${tries.length}`, ...tries.flat().slice(0, 6));
        }
        break;
      }
      case "minimum":
        if (typeof value === "number" && value < Number(rule)) say(`expected at least ${rule}`);
        break;
      case "exclusiveMinimum":
        if (typeof value === "number" && value <= Number(rule)) say(`expected more than ${rule}`);
        break;
      case "maximum":
        if (typeof value === "number" && value > Number(rule)) say(`expected at most ${rule}`);
        break;
      case "minLength":
      case "maxLength":
      case "maxItems":
        if (!isWithin(keyword, value, Number(rule))) say(`expected ${keyword} ${rule}`);
        break;
      case "format":
        if (rule !== "date-time") throw new Error(`Cannot check the format "${rule}"`);
        if (typeof value === "string" && !isInstant(value)) say("expected an instant");
        break;
      case "items":
        if (Array.isArray(value)) {
          value.forEach((item, at) =>
            found.push(...findMisfits(rule as Schema, item, root, `${path}[${at}]`))
          );
        }
        break;
      case "properties":
      case "required":
      case "additionalProperties":
        break;
      default:
        if (!SILENT.has(keyword)) throw new Error(`Cannot check the keyword "${keyword}" at ${path}`);
    }
  }
  return isObject(value) ? [...found, ...memberMisfits(schema, value, root, path)] : found;
}

function memberMisfits(
  { properties = {}, required = [], additionalProperties = true }: Schema,
  value: Readonly<Record<string, unknown>>,
  root: Schema,
  path: string,
): readonly string[] {
  const known = properties as Readonly<Record<string, Schema>>;
  const found = (required as readonly string[])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${path}: "${name}" is missing`);
  for (const [name, member] of Object.entries(value)) {
    const own = Object.hasOwn(known, name) ? known[name] : undefined;
    if (own) found.push(...findMisfits(own, member, root, `${path}.${name}`));
    else if (additionalProperties === false) found.push(`${path}: "${name}" is not described`);
    else if (isObject(additionalProperties)) {
      found.push(...findMisfits(additionalProperties, member, root, `${path}.${name}`));
    }
  }
  return found;
}

function isWithin(keyword: string, value: unknown, bound: number): boolean {
  if (typeof value !== "string" && !Array.isArray(value)) return true;
  return keyword === "minLength" ? value.length >= bound : value.length <= bound;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`Cannot check the type "${type}"`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function resolve(pointer: string, root: Schema): Schema {
  let at: unknown = root;
  for (const part of pointer.replace(/^#\//, "").split("/")) at = (at as Record<string, unknown>)[part];
  if (!isObject(at)) throw new Error(`Cannot find "${pointer}"`);
  return at;
}
