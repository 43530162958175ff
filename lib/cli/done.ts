/** Prints what a command has done: a document with `--json`, a sentence without. */
import type { Tools } from "./tools.ts";

export function printDone(
  tools: Pick<Tools, "json" | "print" | "printJson">,
  json: object,
  text: string,
): void {
  if (tools.json) tools.printJson(json);
  else tools.print(text);
}
