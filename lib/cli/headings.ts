/** The heading of a quota above a table or a chart. */
import type { ListedQuota } from "../formats/listing.ts";
import { displayUnit, unitWord } from "../model/view/format.ts";
import { plain } from "../base/text.ts";
import type { Paint } from "./paint.ts";
import type { SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";
import { parseTypedInstant } from "./values.ts";
import { wrapWords } from "./wrap.ts";

const MAX_LABEL = 60;

export function toListedQuota({ provider, name, quota, state }: SelectedQuota): ListedQuota {
  const { label, unit, currency } = state.reading;
  return { provider, name, quota, label, unit, currency };
}

/** Formats `Search, requests  synthetic/default/search`. */
export function quotaTitle({ key, state }: SelectedQuota, paint: Paint): string {
  const word = unitWord(displayUnit(state.reading));
  const label = plain(state.reading.label, MAX_LABEL);
  return `${paint.bold(paint.cyan(label))}${word ? `, ${word}` : ""}  ${paint.dim(plain(key))}`;
}

/** Prints why an answer is empty: beside the rows of `--plain`, which programs count. */
export function printWhyEmpty(
  tools: Pick<Tools, "plain" | "print" | "report" | "width">,
  text: string,
  ...before: readonly string[]
): void {
  if (tools.plain) tools.report(text);
  else tools.print(...before, ...wrapWords(text, tools.width));
}

/** Explains why there is nothing to show when no account matched, or none that did was ever read. */
export async function explainNoMatch(tools: Pick<Tools, "records" | "typed">): Promise<string> {
  if ((await tools.records({ withHidden: true })).length === 0) {
    return "No readings yet. `syntrack setup` finds your accounts, and `syntrack collect` reads them.";
  }
  if ((await tools.records()).length === 0) {
    return "Every account that was read is hidden. `syntrack account list` lists them.";
  }
  return parseTypedInstant(tools.typed) === undefined
    ? "No readings yet. `syntrack status --long` says why."
    : "No readings by then.";
}
