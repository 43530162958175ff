/** Validates a body against a schema and reports every problem, not only the first. */
import * as v from "valibot";
import { plain } from "../base/text.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";

/** A body full of errors need not be reported in full. */
const MAX_PROBLEMS = 20;

type AnySchema = v.GenericSchema<unknown, unknown>;

/** @throws {FieldsError} 422 naming every field that is unknown or of the wrong type */
export function validateBody<Schema extends AnySchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new FieldsError([{ field: "", message: "Expected an object with fields" }]);
  }
  const problems: FieldProblem[] = [];
  // The validator reports one unknown key at a time: it is removed and the rest checked again.
  const rest: unknown = structuredClone(body);
  while (problems.length < MAX_PROBLEMS) {
    const result = v.safeParse(schema, rest);
    if (result.success && problems.length === 0) return result.output;
    const unknown = result.issues?.find(({ type, expected }) =>
      type === "strict_object" && expected === "never"
    );
    if (!unknown) {
      problems.push(...(result.issues ?? []).map(describeProblem));
      break;
    }
    problems.push({ field: formatField(unknown), message: `Unknown field "${formatField(unknown)}"` });
    const place = unknown.path?.at(-1);
    if (!place || typeof place.input !== "object" || place.input === null) break;
    if (!Reflect.deleteProperty(place.input, place.key as string)) break;
  }
  throw new FieldsError(problems.slice(0, MAX_PROBLEMS));
}

function describeProblem(issue: v.BaseIssue<unknown>): FieldProblem {
  const field = formatField(issue);
  // Schemas with their own messages end them like any message: without a full stop.
  const isOwn = issue.kind === "validation" || issue.type === "check";
  const what = isOwn
    ? issue.message
    : `expected ${describeExpected(issue)}, got ${plain(issue.received, 40)}`;
  return { field, message: field === "" ? what : `Cannot read "${field}": ${what}` };
}

function describeExpected({ expected }: v.BaseIssue<unknown>): string {
  return (expected ?? "another value").replaceAll(/[()]/g, "").replaceAll(" | ", " or ");
}

function formatField(issue: v.BaseIssue<unknown>): string {
  return plain((issue.path ?? []).map(({ key }) => String(key)).join("."), 80);
}
