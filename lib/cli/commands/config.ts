/** `syntrack config`: the settings in force and where each came from. Secrets are hidden before they get here. */
import { problemText } from "../../config/problem.ts";
import { configJson } from "../../dialects/setup.ts";
import { plain } from "../../text.ts";
import { grid } from "../grid.ts";
import { EXIT_OK, EXIT_USAGE } from "../io.ts";
import { programFor } from "../program_for.ts";
import type { Tools } from "../tools.ts";

export function config(tools: Tools): number {
  const { origins, problems } = programFor(tools, { quiet: true });
  const told = problems.map((problem) => ({ level: problem.level, message: problemText(problem) }));
  if (tools.json) tools.printJson(configJson(origins, told));
  else {
    const { paint } = tools;
    const rows = origins.map(({ key, value, source }) => [
      key,
      plain(value),
      source === "default" ? paint.dim(source) : plain(source),
    ]);
    tools.print(...grid([{ title: "Setting" }, { title: "Value" }, { title: "From" }], rows, paint));
    const replaced = origins.filter(({ key }) => key.startsWith("origin of "));
    for (const { key, value } of replaced) {
      tools.print(
        paint.yellow(`Requests and the key of ${key.slice("origin of ".length)} go to ${plain(value)}`),
      );
    }
  }
  for (const { level, message } of told) tools.tell(`syntrack: ${level}: ${plain(message)}`);
  return problems.some(({ level }) => level === "error") ? EXIT_USAGE : EXIT_OK;
}
