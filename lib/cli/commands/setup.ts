/**
 * `syntrack setup`: asks at a terminal which providers the user has, and writes the config file and a file
 * for each key. Writes nothing before the user has seen it and agreed.
 */
import { basename, dirname, join } from "../../base/path.ts";
import { CONFIG_LABEL, configPlace } from "../../config/environment.ts";
import { INTERVAL, type Option, PORT, TIMEZONE } from "../../config/options.ts";
import { formatDuration } from "../../model/view/format.ts";
import { plain } from "../../base/text.ts";
import { inspect } from "../inspect.ts";
import { EXIT_OK, failure, type Io } from "../io.ts";
import { loadPart } from "../lazy.ts";
import { exists, newFile } from "../new_file.ts";
import { ownFolder } from "../own_folder.ts";
import { setupText } from "../setup_text.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

type Providers = Awaited<ReturnType<typeof inspect>>["program"]["providers"];

export async function setup(tools: Tools): Promise<number> {
  const { io } = tools;
  if (!io.stdout.isTty) {
    throw failure(
      "There is no terminal to ask questions",
      "Write the file by hand: `syntrack config init` creates one",
    );
  }
  const place = configPlace({
    env: io.env,
    cwd: io.cwd,
    home: io.home,
    configPath: parseTypedText(tools.typed, "config"),
  });
  if (!place) throw failure("There is no home folder for the config file", "Name it with --config FILE");
  if (exists(place.path)) {
    throw failure(
      `${place.path} already exists`,
      "Change it by hand; `syntrack config check` says what is wrong in it",
    );
  }
  const { accounts, program } = await inspect(tools);
  const { paint } = tools;
  tools.print(paint.bold("Logins that were found on this machine"));
  for (const { account, source, expiresAt } of accounts) {
    const end = expiresAt === null
      ? ""
      : expiresAt > tools.now
      ? `, ends in ${formatDuration(expiresAt - tools.now)}`
      : ", expired";
    tools.print(`  ${paint.green("●")} ${account}: ${plain(source)}${end}`);
  }
  if (accounts.length === 0) tools.print("  none");

  const found = new Set(accounts.map(({ provider }) => provider));
  const off = found.size === 0 ? [] : await askForSome(io, program.providers, {
    question: "Which of them should not be watched? (ids separated by spaces, Enter for none) ",
    from: program.providers.filter(({ id }) => found.has(id)).map(({ id }) => id),
  });
  const withKeys = program.providers.filter(({ id, settings }) =>
    !found.has(id) && settings.some(({ secret }) => secret)
  );
  tools.print("", paint.bold("Providers that take a key"));
  tools.print(...withKeys.map(({ id, name }) => `  ${id.padEnd(14)} ${name}`));
  const wanted = await askForSome(io, program.providers, {
    question: "Which of them do you have? (ids separated by spaces, Enter for none) ",
    from: withKeys.map(({ id }) => id),
  });
  const keys: { provider: string; setting: string; file: string; secret: string }[] = [];
  for (const id of wanted) {
    const provider = withKeys.find((one) => one.id === id);
    const setting = provider?.settings.find(({ secret }) => secret);
    if (!provider || !setting) continue;
    const secret =
      (await askLine(io, `${setting.name} of ${provider.name} (not shown, Enter to skip): `, true))
        .trim();
    if (secret === "") continue;
    keys.push({ provider: id, setting: setting.name, file: join(dirname(place.path), `${id}.key`), secret });
  }
  const general = {
    ...await askForValue(
      io,
      INTERVAL,
      "poll_interval",
      "Seconds between polls, or a cron expression",
      program.config.timezone,
    ),
    ...await askForValue(io, PORT, "port", "Port of the dashboard", program.config.timezone),
    ...await askForValue(io, TIMEZONE, "timezone", "Zone of days and weeks", program.config.timezone),
  };
  const text = setupText({ general, keys, off });
  tools.print("", paint.bold(place.path), text);
  for (const { file } of keys) tools.print(`and ${file}, which only you can read`);
  if (!isYes(await askLine(io, "Write it? [Y/n] "), true)) throw failure("Nothing was written");

  ownFolder(place.path);
  for (const { file, secret } of keys) write(file, `${secret}\n`, io);
  write(place.path, text, io);
  tools.recordAction({
    target: basename(place.path),
    detail: { keys: keys.map(({ provider }) => provider).join(", ") },
  });
  tools.print(`Wrote ${place.path}`);
  if (isYes(await askLine(io, "Poll every account once now? [Y/n] "), true)) {
    const collect = await loadPart("collect");
    const code = await collect(tools);
    if (code !== EXIT_OK) return code;
  }
  tools.print("`syntrack serve` polls and shows the dashboard");
  return EXIT_OK;
}

interface Choice {
  readonly question: string;
  readonly from: readonly string[];
}

/** Asks until every word is one of those offered. */
async function askForSome(
  io: Io,
  providers: Providers,
  { question, from }: Choice,
): Promise<readonly string[]> {
  for (;;) {
    const words = (await askLine(io, question)).split(/[\s,]+/).filter((word) => word !== "");
    const ids = words.map((word) =>
      from.find((id) =>
        id === word || providers.find((one) => one.id === id)?.name.toLowerCase() === word.toLowerCase()
      )
    );
    const wrong = words.find((_, index) => ids[index] === undefined);
    if (wrong === undefined) return [...new Set(ids.flatMap((id) => id ?? []))];
    io.stderr.write(`There is no "${plain(wrong, 40)}" among ${from.join(", ")}\n`);
  }
}

/** Returns the entry for an option, or none for its default; asks until the answer is valid. */
async function askForValue<T>(
  io: Io,
  option: Option<T>,
  entry: string,
  what: string,
  timezone: string,
): Promise<Readonly<Record<string, string>>> {
  const fallback = option === TIMEZONE as unknown ? timezone : option.defaultText;
  const context = {
    home: io.home,
    cwd: io.cwd,
    systemTimezone: timezone,
    timezone,
    resolve: (path: string) => path,
  };
  for (;;) {
    const text = (await askLine(io, `${what} [${fallback}]: `)).trim();
    if (text === "" || text === fallback) return {};
    const parsed = option.parse(text, null, context);
    if ("value" in parsed) return { [entry]: text };
    io.stderr.write(`${parsed.problem}, expected ${parsed.wanted}\n`);
  }
}

async function askLine(io: Io, question: string, hidden = false): Promise<string> {
  const answer = await io.ask(question, { hidden });
  if (answer === null) {
    throw failure(
      "No one is there to answer",
      `Write ${CONFIG_LABEL} by hand: \`syntrack config init\` creates one`,
    );
  }
  return answer;
}

function isYes(text: string, byDefault: boolean): boolean {
  return text.trim() === "" ? byDefault : /^y(es)?$/i.test(text.trim());
}

function write(path: string, text: string, io: Io): void {
  using file = newFile(path, io);
  file.write(text);
  file.keep();
}
