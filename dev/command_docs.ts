/**
 * Writes the list of all commands in docs/commands.md from the table of commands; a test compares them.
 *
 *     deno run -A dev/command_docs.ts
 */
import { COMMANDS } from "../lib/cli/table.ts";

export const COMMANDS_PAGE = new URL("../docs/commands.md", import.meta.url);

const BEGIN = "<!-- commands: made by dev/command_docs.ts -->";
const END = "<!-- /commands -->";

/** Returns the page with the summaries of the table. @throws {Error} when a marker is missing */
export function commandsPage(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`"${BEGIN}" or "${END}" is missing`);
  const list = COMMANDS.map(({ name, summary }) => `- \`syntrack ${name}\`: ${summary}`).join("\n");
  return `${text.slice(0, from)}${BEGIN}\n\n${list}\n\n${text.slice(to)}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(COMMANDS_PAGE, commandsPage(await Deno.readTextFile(COMMANDS_PAGE)));
}
