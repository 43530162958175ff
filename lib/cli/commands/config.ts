/**
 * `syntrack config`: the settings in force and where each came from, and maintenance of the config file.
 * Secrets are hidden before they get here.
 */
import { basename } from "../../base/path.ts";
import { configPlace } from "../../config/environment.ts";
import { configTemplate } from "../../config/file_template.ts";
import { OPTIONS } from "../../config/options.ts";
import { problemText } from "../../config/problem.ts";
import { configJson } from "../../formats/setup.ts";
import { plain } from "../../base/text.ts";
import { providers } from "../../app/set_up.ts";
import { EXIT_OK, EXIT_USAGE, failure } from "../io.ts";
import { ownFolder } from "../own_folder.ts";
import { newFile } from "../new_file.ts";
import { programFor } from "../program_for.ts";
import type { ConfigAction } from "../table.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

export function config(tools: Tools): number {
  const [action] = tools.typed.operands as readonly (ConfigAction | undefined)[];
  if (action === "path") return printPath(tools);
  if (action === "init") return init(tools);
  return action === "check" ? check(tools) : show(tools);
}

function show(tools: Tools): number {
  const { origins, problems } = programFor(tools, { quiet: true });
  const notices = problems.map((problem) => ({ level: problem.level, message: problemText(problem) }));
  if (tools.json) tools.printJson(configJson(origins, notices));
  else {
    const { paint } = tools;
    const rows = origins.map(({ key, value, source }) => [
      key,
      plain(value),
      source === "default" ? paint.dim(source) : plain(source),
    ]);
    const columns = [{ title: "Setting", minWidth: 12 }, { title: "Value", minWidth: 14 }, {
      title: "From",
      minWidth: 12,
      dropOrder: 1,
    }];
    tools.print(...tableLines(tools, columns, rows));
    const replaced = origins.filter(({ key }) => key.startsWith("origin of "));
    for (const { key, value } of replaced) {
      tools.print(
        paint.yellow(`Requests and the key of ${key.slice("origin of ".length)} go to ${plain(value)}`),
      );
    }
  }
  for (const { level, message } of notices) tools.report(`syntrack: ${level}: ${plain(message)}`);
  return problems.some(({ level }) => level === "error") ? EXIT_USAGE : EXIT_OK;
}

/** Reports all invalid settings at once, wherever they are set. */
function check(tools: Tools): number {
  const { environment, problems } = programFor(tools, { quiet: true });
  const state = environment.configFile();
  const notices = problems.map((problem) => ({ level: problem.level, message: problemText(problem) }));
  const isSound = !problems.some(({ level }) => level === "error");
  if (tools.json) {
    tools.printJson({
      file: state?.path ?? null,
      exists: state?.text !== null,
      ok: isSound,
      problems: notices,
    });
  } else {
    for (const { level, message } of notices) tools.print(`${level}: ${plain(message)}`);
    if (isSound) {
      const where = state?.path ?? "no config file";
      tools.print(
        state?.text === null ? `There is no ${where}; everything else is valid` : `${where} is valid`,
      );
    }
  }
  return isSound ? EXIT_OK : EXIT_USAGE;
}

function printPath(tools: Tools): number {
  const place = describePlace(tools);
  if (tools.json) tools.printJson({ file: place });
  else tools.print(place);
  return EXIT_OK;
}

function init(tools: Tools): number {
  const place = describePlace(tools);
  ownFolder(place);
  using file = newFile(place, tools.io);
  file.write(configTemplate(OPTIONS, providers));
  file.keep();
  tools.recordAction({ target: basename(place) });
  if (tools.json) tools.printJson({ file: place });
  else tools.print(`Wrote ${place}: every entry is there, commented out`);
  return EXIT_OK;
}

function describePlace({ io, typed }: Tools): string {
  const place = configPlace({
    env: io.env,
    cwd: io.cwd,
    home: io.home,
    configPath: parseTypedText(typed, "config"),
  });
  if (place) return place.path;
  throw failure("There is no home folder", "Name the file with --config FILE");
}
