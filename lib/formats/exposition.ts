/**
 * Prometheus' text format 0.0.4: the few rules of it that are needed, so that no library has to be
 * kept in memory for them. Pure.
 */

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  /** What is unknown or no finite number is left out: in this format nothing says "unknown". */
  readonly value: number | null;
}

export interface Family {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A family without samples is left out as a whole. */
export function exposition(families: readonly Family[]): string {
  let text = "";
  for (const { name, type, help, samples } of families) {
    let lines = "";
    for (const { labels, value } of samples) {
      if (value === null || !Number.isFinite(value)) continue;
      lines += `${name}${labelText(labels)} ${value}\n`;
    }
    if (lines !== "") text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines}`;
  }
  return text;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Any text may be a label, so that no name can break a line or begin a sample of its own. */
function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
