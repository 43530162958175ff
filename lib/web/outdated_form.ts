/** A form that was opened before others changed what it shows. */
import { MADE_FROM } from "../ui/MadeFrom.tsx";
import { type FieldProblem, FieldsError } from "./failure.ts";

/**
 * Returns the form with what others changed since it was made: a field that its user left as it was follows the stored
 * value. Forms that do not say what they were made from stay as they are.
 *
 * @param stored what is stored now, by field, as the form would show it
 * @param problemOf returns the name of a field in problems, where it differs
 * @throws {FieldsError} naming the fields that both changed, each with the stored value
 */
export function followChanges(
  form: URLSearchParams,
  stored: Readonly<Record<string, string>>,
  problemOf: (field: string) => string = (field) => field,
): URLSearchParams {
  const followed = new URLSearchParams(form);
  const problems: FieldProblem[] = [];
  for (const [field, now] of Object.entries(stored)) {
    const [was, typed] = [form.get(MADE_FROM + field), form.get(field)?.trim()];
    if (was === null || typed === undefined || was === now) continue;
    if (typed === was) followed.set(field, now);
    else if (typed !== now) {
      const message = `Someone changed this to ${now || "nothing"} meanwhile: save again to replace it`;
      problems.push({ field: problemOf(field), message });
    }
  }
  if (problems.length > 0) throw new FieldsError(problems);
  return followed;
}

/** The same for the boxes of one name, each of which is only on or off, so that no two changes contradict each other. */
export function followBoxes(
  form: URLSearchParams,
  field: string,
  stored: readonly string[],
): URLSearchParams {
  const was = form.get(MADE_FROM + field);
  if (was === null) return form;
  const before = new Set(was.split(","));
  const [ticked, now] = [new Set(form.getAll(field)), new Set(stored)];
  const followed = new URLSearchParams(form);
  followed.delete(field);
  for (const box of new Set([...ticked, ...now])) {
    const isChanged = ticked.has(box) !== before.has(box);
    if (isChanged ? ticked.has(box) : now.has(box)) followed.append(field, box);
  }
  return followed;
}
