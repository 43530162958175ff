/** `syntrack alerts`: lists alerts, explains why one was raised or not, and silences them for a while. */
import type { Composed } from "../../app/compose.ts";
import { plain } from "../../base/text.ts";
import { alertJson } from "../../formats/alerts.ts";
import { ALERT_KINDS, type AlertKind, explainReason } from "../../model/alerts/alert.ts";
import { timesWords } from "../../model/alerts/message.ts";
import { type AccountKey, splitAccountKey } from "../../model/quota.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import { formatAge, formatDuration } from "../../model/view/format.ts";
import { changeBudget, type TypedBudget } from "../budget.ts";
import { testChannel } from "./channels.ts";
import { countText } from "../count_text.ts";
import { SELECTION } from "../options.ts";
import { keyCell, tableLines } from "../show_table.ts";
import { deliveryWords } from "../delivery_words.ts";
import { printDone } from "../done.ts";
import { EXIT_FAILED, EXIT_OK, usageError } from "../io.ts";
import { checkProgram, openFor } from "../program_for.ts";
import { unknownName } from "../select.ts";
import { parseTarget, readUntil, requireTarget } from "../snooze_time.ts";
import type { AlertAction } from "../table_alerts.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText, wholeNumber } from "../values.ts";

/** By action: the options that choose what it shows. Replayed alerts do not name their quota. */
const SELECTED: Partial<Record<AlertAction, readonly string[]>> = {
  list: SELECTION,
  explain: SELECTION,
  replay: ["provider", "account"],
};

/** Reports whether the options choose an account, or a quota of it. */
function isChosen({ typed }: Tools, account: AccountKey, quota?: string | null): boolean {
  const { provider, name } = splitAccountKey(account);
  const [ofProvider, ofName, ofQuota] = SELECTION.map((option) => parseTypedText(typed, option));
  return (ofProvider ?? provider) === provider && (ofName ?? name) === name &&
    (ofQuota === undefined || ofQuota === quota || ofQuota === `${account}/${quota}`);
}

export async function alerts(tools: Tools): Promise<number> {
  const [action = "list", target, amount] = tools.typed.operands as readonly [AlertAction?, string?, string?];
  const currency = parseTypedText(tools.typed, "currency");
  if ((action === "list" || action === "send" || action === "replay") && target !== undefined) {
    throw usageError(`alerts ${action} takes no name`, "See `syntrack alerts --help`");
  }
  if (currency !== undefined && (action !== "budget" || amount === undefined)) {
    throw usageError(
      "--currency is that of a budget",
      "Such as `syntrack alerts budget openai/default 50 --currency EUR`",
    );
  }
  if (amount !== undefined && action !== "budget") {
    throw usageError(`alerts ${action} takes no amount`, "See `syntrack alerts --help`");
  }
  if (action === "test" && target === undefined) {
    throw usageError("alerts test needs the name of a channel", "`syntrack channels` lists them");
  }
  if (action === "snooze" && target === undefined) {
    throw usageError("alerts snooze needs a target", "all, an account or a quota");
  }
  const unusable = SELECTION.find((name) =>
    parseTypedText(tools.typed, name) !== undefined && !SELECTED[action]?.includes(name)
  );
  if (unusable !== undefined) {
    throw usageError(`alerts ${action} takes no --${unusable}`, "See `syntrack alerts --help`");
  }
  const program = checkProgram(tools, { quiet: true });
  const isReading = action === "list" || action === "explain" || action === "replay" || action === "test";
  await using store = await openFor(tools, program, isReading ? "read" : "write");
  const composed = program.compose(store);
  try {
    await composed.scheduler.discover();
    return await runAction(tools, composed, action, target, { amount, currency });
  } finally {
    await composed.stop();
  }
}

async function runAction(
  tools: Tools,
  { alerting: { alerts, channels, mirror }, services }: Composed,
  action: AlertAction,
  target: string | undefined,
  budget: TypedBudget,
): Promise<number> {
  switch (action) {
    case "list": {
      const limit = wholeNumber(tools.typed, "limit", 20, 0, 100_000);
      const kind = readKind(tools);
      const all = await alerts.list();
      const raised = all.filter((one) =>
        (kind === undefined || one.kind === kind) && isChosen(tools, one.account, one.quota)
      ).slice(0, limit);
      const deliveries = await alerts.deliveries();
      const snoozed = await alerts.snoozes();
      const listDeliveries = (id: string) => deliveries.filter(({ alert }) => alert.id === id);
      if (tools.json) {
        tools.printJson({
          alerts: raised.map((one) => alertJson(one, deliveries)),
          snoozes: snoozed.map(({ target, kind, until }) => ({
            target,
            kind: kind ?? null,
            until: isoInstant(until),
          })),
        });
        return EXIT_OK;
      }
      if (raised.length === 0) tools.print(all.length === 0 ? "No alerts yet" : "No alert matches");
      for (const { id, title, text, raisedAt, severity } of raised) {
        tools.print(
          `${tools.paint.bold(plain(title))}  ${
            tools.paint.dim(`${severity}, ${formatAge(tools.now - raisedAt)}`)
          }`,
        );
        for (const line of text.split("\n")) tools.print(`  ${plain(line)}`);
        for (const { channel, state, note } of listDeliveries(id)) {
          tools.print(`  ${channel}: ${state}${note === "" ? "" : `, ${plain(note)}`}`);
        }
      }
      const zone = (await tools.dataLocation()).zone();
      for (const { target, kind, until } of snoozed) {
        tools.print(
          `Snoozed until ${wallText(until, zone)}: ${target === "*" ? "all" : plain(target)}${
            kind === undefined ? "" : `, only ${kind}`
          }`,
        );
      }
      return EXIT_OK;
    }
    case "explain": {
      const decisions = await alerts.explain();
      const shown = decisions.filter(({ account, quota }) =>
        (target === undefined || target === "all" || target === account ||
          target === `${account}/${quota}`) &&
        isChosen(tools, account, quota)
      );
      if (target !== undefined && shown.length === 0) {
        throw unknownName("account or quota", target, [...new Set(decisions.map(({ account }) => account))]);
      }
      if (tools.json) {
        tools.printJson({
          decisions: shown.map(({ account, quota, kind, reason, figure, deliveries }) => ({
            account,
            quota,
            kind,
            reason,
            why: explainReason(reason),
            figure,
            deliveries: deliveries.map(({ at, ...one }) => ({ ...one, at: isoInstant(at) })),
          })),
        });
        return EXIT_OK;
      }
      const rows = shown.map(({ account, quota, kind, reason, figure }) => [
        keyCell(quota === null ? account : `${account}/${quota}`),
        kind,
        plain(figure),
        `${reason}: ${explainReason(reason)}`,
      ]);
      const columns = [{ title: "Of" }, { title: "Alert" }, { title: "Now" }, { title: "Why" }];
      if (decisions.length === 0) tools.print("There is no account to explain yet");
      else if (rows.length === 0) tools.print("No account or quota matches");
      else for (const line of tableLines(tools, columns, rows)) tools.print(line);
      const zone = (await tools.dataLocation()).zone();
      const left = shown.filter(({ deliveries }) => deliveries.length > 0);
      if (left.length > 0 && !tools.plain) tools.print("");
      for (const { account, quota, kind, deliveries } of left) {
        const name = plain(quota === null ? account : `${account}/${quota}`);
        for (const one of deliveries) {
          tools.print(`${name} ${kind} by ${one.channel}: ${deliveryWords(one, tools.now, zone)}`);
        }
      }
      return EXIT_OK;
    }
    case "test":
      return await testChannel(tools, alerts, await channels.list(), target!);
    case "snooze": {
      const kind = readKind(tools);
      const { accounts } = await services(new Set()).dashboard();
      const of = requireTarget(parseTarget(target!), accounts);
      const until = await readUntil(tools, of, accounts);
      await alerts.snooze({ target: of, until, ...kind && { kind } });
      tools.recordAction({
        target: target!,
        detail: { done: "snoozed", until: isoInstant(until), kind: kind ?? null },
      });
      printDone(
        tools,
        { target: target!, kind: kind ?? null, until: isoInstant(until) },
        `Alerts of ${plain(target!)} are snoozed for ${formatDuration(until - tools.now)}`,
      );
      return EXIT_OK;
    }
    case "unsnooze": {
      const ended = await alerts.unsnooze(target === undefined ? undefined : parseTarget(target));
      tools.recordAction(
        ended === 0 ? null : { target: target ?? "all", detail: { done: "unsnoozed", ended } },
      );
      printDone(
        tools,
        { ended },
        ended === 0 ? "Nothing was snoozed" : `${countText(ended, "snooze")} ended`,
      );
      return EXIT_OK;
    }
    case "replay": {
      const days = wholeNumber(tools.typed, "days", 30, 1, 366);
      const { alerts: all, readings } = await alerts.replay(days);
      const replayed = all.filter(({ account }) => isChosen(tools, account));
      const limit = wholeNumber(tools.typed, "limit", 20, 0, 100_000);
      const shown = limit === 0 ? [] : replayed.slice(-limit);
      if (tools.json) {
        tools.printJson({
          days,
          readings,
          count: replayed.length,
          alerts: shown.map(({ at, ...one }) => ({ ...one, at: isoInstant(at) })),
        });
        return EXIT_OK;
      }
      const zone = (await tools.dataLocation()).zone();
      tools.print(
        `These rules would have alerted you ${timesWords(replayed.length)} in the last ${
          countText(days, "day")
        }`,
      );
      for (const { at, title } of shown) tools.print(`  ${wallText(at, zone)}  ${plain(title)}`);
      return EXIT_OK;
    }
    case "budget":
      return await changeBudget(tools, alerts, services(new Set()), target, budget);
    case "send": {
      await alerts.evaluate();
      const { signal } = new AbortController();
      const [{ sent, failed }] = await Promise.all([alerts.deliver(signal), mirror.sync(signal)]);
      if (tools.json) tools.printJson({ sent, failed });
      else tools.print(`${countText(sent, "message")} sent, ${failed} failed`);
      return failed > 0 ? EXIT_FAILED : EXIT_OK;
    }
  }
}

function readKind(tools: Tools): AlertKind | undefined {
  const word = parseTypedText(tools.typed, "kind");
  if (word === undefined) return undefined;
  const kind = ALERT_KINDS.find((one) => one === word);
  if (kind === undefined) throw unknownName("kind of alert", word, ALERT_KINDS);
  return kind;
}
