/** Prometheus' text format 0.0.4. It needs so few rules that a library is not worth its memory. Pure. */

import { roundNoise } from "../base/text.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  /** Unknown and non-finite values are left out: the format has no way to say "unknown". */
  readonly value: number | null;
}

export interface Family {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Renders the families; leaves out a family without samples. */
export function formatExposition(families: readonly Family[]): string {
  let text = "";
  for (const { name, type, help, samples } of families) {
    let lines = "";
    for (const { labels, value } of samples) {
      if (value === null || !Number.isFinite(value)) continue;
      lines += `${name}${labelText(labels)} ${roundNoise(value)}\n`;
    }
    if (lines !== "") text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines}`;
  }
  return text;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Escapes a label, so that no name can break a line or forge a sample. */
function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
