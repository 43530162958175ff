/** `syntrack channels`: where alerts are sent. */
import type { Composed } from "../../app/compose.ts";
import { ChannelError } from "../../alerts/channel.ts";
import { CHANNEL_TYPES, channelType } from "../../alerts/channels/mod.ts";
import { CHANNEL_ID, hookAdvice } from "../../alerts/hook_settings.ts";
import { type Channel, ChannelSettingsError, isFromConfig } from "../../alerts/stored_channels.ts";
import { plain } from "../../base/text.ts";
import { parseEnvText } from "../../config/env_text.ts";
import {
  CHANNEL_KINDS,
  channelKinds,
  emptyRuleProblem,
  unknownKind,
} from "../../model/alerts/channel_kinds.ts";
import { takesWords } from "../../model/alerts/rule_words.ts";
import { type ChannelRule, parseQuietHours } from "../../model/alerts/delivery.ts";
import { parseDaily, parseWeekly, type SummaryTimes } from "../../model/alerts/summary.ts";
import { tableLines } from "../show_table.ts";
import { printDone } from "../done.ts";
import { CliError, EXIT_FAILED, EXIT_OK, EXIT_USAGE, usageError } from "../io.ts";
import { checkProgram, openFor } from "../program_for.ts";
import { unknownName } from "../select.ts";
import type { ChannelAction } from "../table_alerts.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

type ChannelType = typeof CHANNEL_TYPES[number];

export async function channels(tools: Tools): Promise<number> {
  const [action = "list", name, typeName] = tools.typed.operands as readonly [
    ChannelAction?,
    string?,
    string?,
  ];
  if (action === "types") return listTypes(tools);
  if (action !== "list" && name === undefined) {
    throw usageError(`channels ${action} needs the name of the channel`, "See `syntrack channels --help`");
  }
  if (action === "add" && typeName === undefined) {
    throw usageError(
      "channels add needs the type of the channel",
      `One of ${CHANNEL_TYPES.map(({ id }) => id).join(", ")}`,
    );
  }
  const program = checkProgram(tools, { quiet: true });
  const isReading = action === "list" || action === "test";
  await using store = await openFor(tools, program, isReading ? "read" : "write");
  const composed = program.compose(store);
  try {
    return await runAction(tools, composed, action, name ?? "", typeName ?? "");
  } catch (error) {
    throw error instanceof ChannelSettingsError ? new CliError(EXIT_USAGE, error.message) : error;
  } finally {
    await composed.stop();
  }
}

function listTypes(tools: Tools): number {
  const types = CHANNEL_TYPES.map(({ id, name, settings }) => ({
    id,
    name,
    settings: settings.map(({ name, help, secret = false, optional = false }) => ({
      name,
      help,
      secret,
      optional,
    })),
  }));
  if (tools.json) tools.printJson({ types });
  else {
    for (const { id, name, settings } of types) {
      tools.print(
        `${tools.paint.bold(id)}  ${name}${id === "hook" ? ", stated in the config file only" : ""}`,
      );
      for (const one of settings) {
        const notes = [one.secret ? "secret" : "", one.optional ? "optional" : ""].filter((note) =>
          note !== ""
        );
        tools.print(`  ${one.name}: ${one.help}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`);
      }
    }
  }
  return EXIT_OK;
}

async function runAction(
  tools: Tools,
  { alerting: { alerts, channels, mirror } }: Composed,
  action: Exclude<ChannelAction, "types">,
  name: string,
  typeName: string,
): Promise<number> {
  const known = await channels.list();
  const printResult = (text: string) => printDone(tools, { channel: name }, text);
  const find = () => findChannel(known, name);
  switch (action) {
    case "list": {
      if (tools.json) {
        tools.printJson({ channels: known.map(({ open: _open, changedAt: _changedAt, ...one }) => one) });
      } else if (known.length === 0) {
        tools.print("No channels yet: alerts are stored and shown, but not sent anywhere");
        tools.print("Add one with `syntrack channels add NAME TYPE`; `syntrack channels types` lists them");
      } else {
        const rows = known.map((one) => [one.id, one.type, describeTakes(one.rule)]);
        for (
          const line of tableLines(tools, [{ title: "Name", minWidth: 10 }, { title: "Type", dropOrder: 1 }, {
            title: "Takes",
            minWidth: 16,
          }], rows)
        ) tools.print(line);
      }
      for (const { id } of known.filter((one) => one.type === "hook" && !isFromConfig(one))) {
        tools.report(
          `syntrack: ${id} runs nothing: commands are read only from the config file, under [hooks.${id}]`,
        );
      }
      return EXIT_OK;
    }
    case "add": {
      const type = channelType(typeName);
      if (!type) throw unknownName("type of channel", typeName, CHANNEL_TYPES.map(({ id }) => id));
      if (type.id === "hook") throw usageError(hookAdvice(name), "`syntrack config path` names the file");
      if (!CHANNEL_ID.test(name)) {
        throw usageError(
          "The name of a channel has at most 32 lower-case letters, digits and -",
          "Such as phone",
        );
      }
      const values = { ...openSettings(tools, type), ...await readSecrets(tools, type) };
      await channels.add({ id: name, type: typeName, rule: readRule(tools), values });
      tools.recordAction({
        target: name,
        detail: { type: typeName, settings: Object.keys(values).join(", ") },
      });
      printResult(`Stored ${name}; try it with \`syntrack channels test ${name}\``);
      return EXIT_OK;
    }
    case "change": {
      const { rule } = find();
      await channels.setRule(name, readRule(tools, rule));
      tools.recordAction({ target: name, detail: { takes: describeTakes(readRule(tools, rule)) } });
      printResult(`${name} takes ${describeTakes(readRule(tools, rule))}`);
      return EXIT_OK;
    }
    case "remove":
      try {
        await mirror.retract(find(), new AbortController().signal);
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        tools.report(`syntrack: what ${name} shows now stays there: ${plain(error.message, 300)}`);
      }
      await channels.remove(name);
      tools.recordAction({ target: name });
      printResult(`Removed ${name}; messages waiting for it are not sent`);
      return EXIT_OK;
    case "test":
      return await testChannel(tools, alerts, known, name);
  }
}

/** @throws {CliError} */
function findChannel(known: readonly Channel[], name: string): Channel {
  const found = known.find(({ id }) => id === name);
  if (known.length === 0) {
    throw usageError(
      `There is no channel ${plain(name, 40)}; there are no channels at all`,
      "Add one with `syntrack channels add NAME TYPE`",
    );
  }
  if (!found) throw unknownName("channel", name, known.map(({ id }) => id));
  return found;
}

/** Sends a test message by a channel, and reports the outcome. */
export async function testChannel(
  tools: Tools,
  alerts: Composed["alerting"]["alerts"],
  known: readonly Channel[],
  name: string,
): Promise<number> {
  try {
    await alerts.test(findChannel(known, name), new AbortController().signal);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    throw new CliError(EXIT_FAILED, `${name}: ${plain(error.message, 300)}`);
  }
  tools.recordAction({ target: name });
  printDone(tools, { channel: name }, `${name} accepted the test message`);
  return EXIT_OK;
}

function describeTakes(rule: ChannelRule): string {
  return takesWords(rule).join("; ");
}

function openSettings(tools: Tools, type: ChannelType): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of parseTypedText(tools.typed, "set")?.split("\n") ?? []) {
    const at = line.indexOf("=");
    if (at < 1) throw usageError("--set takes NAME=value");
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    const setting = type.settings.find((one) => one.name === name);
    if (!setting) throw unknownName(`setting of ${type.name}`, name, type.settings.map((one) => one.name));
    if (setting.secret) {
      throw usageError(
        `${name} is not taken as an argument: it ends up in the history of the shell and in the list of processes`,
        "Type it when prompted, or use --stdin",
      );
    }
    values[name] = value;
  }
  return values;
}

async function readSecrets(tools: Tools, type: ChannelType): Promise<Readonly<Record<string, string>>> {
  const secrets = type.settings.filter(({ secret }) => secret);
  if (hasFlag(tools.typed, "stdin")) {
    const text = (await new Response(tools.io.stdin()).text()).replace(/^\ufeff/, "");
    const entries = parseEnvText(text);
    const named = Object.fromEntries(
      secrets.flatMap(({ name }) => Object.hasOwn(entries, name) ? [[name, entries[name]!]] : []),
    );
    // A bare value belongs to the first secret.
    const [first] = secrets;
    return Object.keys(named).length > 0 || !first ? named : { [first.name]: text.trim() };
  }
  const values: Record<string, string> = {};
  for (const { name, help, optional } of secrets) {
    const answer = await tools.io.ask(`${name} (${help}${optional ? ", or Enter for none" : ""}): `, {
      hidden: true,
    });
    if (answer === null) {
      throw usageError(
        `There is no terminal to ask for ${name}`,
        "Pass it with --stdin, such as: echo 'token=...' | syntrack channels add ... --stdin",
      );
    }
    if (answer.trim() !== "") values[name] = answer.trim();
  }
  return values;
}

/** Returns the rule with the typed changes. */
function readRule(tools: Tools, before: ChannelRule = {}): ChannelRule {
  const least = parseTypedText(tools.typed, "least") as ChannelRule["least"];
  const urgent = parseTypedText(tools.typed, "urgent") as ChannelRule["urgent"];
  const words = parseTypedText(tools.typed, "kinds")?.split(",").map((word) => word.trim());
  const named = words === undefined || words.join() === "all"
    ? CHANNEL_KINDS
    : words.join() === "none"
    ? []
    : words;
  const unknown = unknownKind(named);
  if (unknown !== undefined) throw unknownName("kind of alert for channels", unknown, CHANNEL_KINDS);
  const kinds = channelKinds(named);
  const text = parseTypedText(tools.typed, "quiet-hours");
  const quiet = text === undefined || text === "none" ? undefined : parseQuietHours(text);
  if (quiet === null) {
    throw usageError(
      `"${plain(text!, 30)}" is not a range of quiet hours`,
      "Expected hours such as 22:00-07:00",
    );
  }
  const summaries = readSummaries(tools, before.summaries);
  const rest: ChannelRule = {
    ...before.least && { least: before.least },
    ...before.urgent && { urgent: before.urgent },
    ...before.kinds && words === undefined && { kinds: before.kinds },
    ...before.quiet && text === undefined && { quiet: before.quiet },
  };
  const rule: ChannelRule = {
    ...rest,
    ...least && { least },
    ...urgent && { urgent },
    ...kinds && { kinds },
    ...quiet && { quiet },
    ...Object.keys(summaries).length > 0 && { summaries },
  };
  const empty = emptyRuleProblem(rule);
  if (empty !== null) throw usageError(empty, "Such as --kinds used-up,back or --daily 08:00");
  return rule;
}

function readSummaries(tools: Tools, before: SummaryTimes = {}): SummaryTimes {
  const { daily, weekly } = before;
  const words = {
    daily: parseTypedText(tools.typed, "daily"),
    weekly: parseTypedText(tools.typed, "weekly"),
  };
  const read = <T>(word: string | undefined, known: T | undefined, parse: (text: string) => T | null) => {
    if (word === undefined) return known;
    if (word === "none") return undefined;
    const time = parse(word);
    if (time === null) {
      throw usageError(
        `"${plain(word, 30)}" is not a time for a summary`,
        "Such as 08:00, or mon-08:00 for a week",
      );
    }
    return time;
  };
  const times = {
    daily: read(words.daily, daily, parseDaily),
    weekly: read(words.weekly, weekly, parseWeekly),
  };
  return { ...times.daily && { daily: times.daily }, ...times.weekly && { weekly: times.weekly } };
}
