/** `syntrack collect`: polls every selected account once, stores the readings, and reports the outcome. */
import { type Composed, openStore } from "../../app/compose.ts";
import { moveFormerDatabase } from "../../app/move_database.ts";
import type { SetUp } from "../../app/set_up.ts";
import { type CollectedAccount, collectJson, readQuotas } from "../../formats/collect.ts";
import {
  type DisplayUnit,
  displayUnit,
  formatAge,
  formatAmount,
  formatDuration,
  unitWord,
} from "../../model/view/format.ts";
import type { Outcome } from "../../model/outcome.ts";
import { accountKey, isUnlimited, splitAccountKey } from "../../model/quota.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import type { FoundAccount } from "../../model/account.ts";
import type { ProviderStatus } from "../../app/context.ts";
import type { Store } from "../../store/store.ts";
import { saneRetryAfter } from "../../base/back_off.ts";
import { plain } from "../../base/text.ts";
import { openToRead } from "../../app/open_store.ts";
import { recordAt } from "../../read/as_of.ts";
import { renewStoredLines } from "../keep_lines.ts";
import { EXIT_FAILED, EXIT_OK, failure } from "../io.ts";
import { checkProgram } from "../program_for.ts";
import { unknownName } from "../select.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { createViews } from "../views.ts";

type Scheduler = Composed["scheduler"];

export async function collect(tools: Tools): Promise<number> {
  const program = checkProgram(tools, { quiet: true });
  for (const line of moveFormerDatabase({ ...program.config, ...tools.io })) tools.report(line);
  const code = await collectOnce(tools, program);
  await renewLines(tools, program.config.dbPath);
  return code;
}

/** Makes the lines of status bars ready; closing the database has changed its file, so it is opened once more. */
async function renewLines({ io }: Tools, dbPath: string): Promise<void> {
  let opened: Promise<Store | null> | undefined;
  await renewStoredLines({ io, dbPath, store: () => opened ??= openToRead(dbPath, io.home) });
  const store = await opened?.catch(() => null);
  await store?.[Symbol.asyncDispose]();
}

async function collectOnce(tools: Tools, program: SetUp): Promise<number> {
  await using store = await openStore(program.config);
  // A timer collects without a terminal; no person did that, so it is not recorded, and it waits as a server does.
  const isByHand = tools.io.stdout.isTty || hasFlag(tools.typed, "force");
  const collected = await pollAccounts(tools, program, store, isByHand);
  const ok = collected.filter(({ outcome }) => outcome.kind === "ok").length;
  tools.recordAction(
    isByHand ? { action: "polled by hand", detail: { accounts: collected.length, ok } } : null,
  );
  if (tools.json) tools.printJson(collectJson(collected, tools.now));
  else for (const line of formatLines(collected)) tools.print(line);
  for (const message of listMessages(collected, parseTypedText(tools.typed, "provider"), tools.now)) {
    tools.report(`syntrack: ${message}`);
  }
  return collected.some(({ outcome }) => outcome.kind === "ok") ? EXIT_OK : EXIT_FAILED;
}

async function pollAccounts(
  tools: Tools,
  program: SetUp,
  store: Store,
  isByHand: boolean,
): Promise<readonly CollectedAt[]> {
  const composed = program.compose(store);
  const { scheduler } = composed;
  const stopListening = tools.io.onStop(() => void composed.stop());
  try {
    const provider = parseTypedText(tools.typed, "provider");
    if (hasFlag(tools.typed, "notify")) composed.alerting.watch();
    await scheduler.discover(provider);
    const accounts = selectAccounts(tools, scheduler);
    const options = { force: hasFlag(tools.typed, "force"), onTimer: !isByHand };
    // Only an account that is named is polled although its polling is off.
    const polled = parseTypedText(tools.typed, "account") === undefined
      ? await scheduler.pollNow(provider, options)
      : (await Promise.all(accounts.map(({ account }) => scheduler.pollNow(account, options)))).flat();
    if (hasFlag(tools.typed, "notify")) await notify(tools, composed);
    const trouble = scheduler.trouble();
    if (trouble) throw failure(trouble.message, trouble.hint);
    const statuses = await composed.providers();
    const views = await viewsAt(tools, store, statuses);
    return [
      ...polled.map((outcome) => summarizeOutcome(outcome, views, scheduler.isOwn(outcome))),
      ...listMissing(statuses, provider, accounts),
    ];
  } finally {
    stopListening();
    await composed.stop();
  }
}

/** Sends the alerts that follow from the readings; a failing channel does not fail the readings. */
async function notify(tools: Tools, { alerting: { alerts, mirror, release } }: Composed): Promise<void> {
  await release.check();
  await alerts.evaluate();
  const { signal } = new AbortController();
  const [{ failed }, present] = await Promise.all([alerts.deliver(signal), mirror.sync(signal)]);
  if (present.failed > 0) {
    tools.report("syntrack: a channel that shows the current state could not be reached");
  }
  if (failed > 0) {
    tools.report("syntrack: a message was not accepted; `syntrack alerts` says why, and it is retried");
  }
}

interface CollectedAt extends CollectedAccount {
  /** True when a timer does not poll it again, because the vendor refused its login. */
  readonly rests?: boolean;
}

function summarizeOutcome(outcome: Outcome, views: readonly AccountView[], isOwn: boolean): CollectedAt {
  return {
    account: outcome.account,
    outcome,
    view: views.find(({ key }) => key === outcome.account) ?? null,
    ...isOwn ? {} : { askedAt: outcome.at, rests: outcome.nextAt === null && outcome.kind !== "ok" },
  };
}

async function viewsAt(tools: Tools, store: Store, statuses: readonly ProviderStatus[]) {
  const now = Math.max(tools.now, tools.clock.now());
  const records = await store.latest();
  const then = await Promise.all(records.map((record) => recordAt(store, record, now)));
  const quota = parseTypedText(tools.typed, "quota");
  return createViews(then, statuses, now, true).map((view) => ({
    ...view,
    quotas: view.quotas.filter((one) => quota === undefined || one.quota === quota || one.key === quota),
  }));
}

function selectAccounts(tools: Tools, scheduler: Scheduler): readonly FoundAccount[] {
  const provider = parseTypedText(tools.typed, "provider");
  const name = parseTypedText(tools.typed, "account");
  const found = scheduler.accounts().filter((one) => provider === undefined || one.provider === provider);
  const matches = found.filter((one) => name === undefined || one.name === name);
  if (name !== undefined && found.length > 0 && matches.length === 0) {
    throw unknownName("account", name, found.map((one) => one.name));
  }
  return matches;
}

/** Lists requested accounts that are not configured; without a name, those that are set up but unusable. */
function listMissing(
  statuses: readonly ProviderStatus[],
  provider: string | undefined,
  accounts: readonly FoundAccount[],
): readonly CollectedAccount[] {
  return statuses.filter(({ id, configured, problem }) => {
    if (provider !== undefined) return id === provider && !configured;
    return !configured && (problem !== null || accounts.length === 0);
  }).map(({ id, problem, setup }) => ({
    account: accountKey(id, "default"),
    outcome: { kind: "missing", hint: problem ?? setup, at: null },
    view: null,
  }));
}

function formatLines(collected: readonly CollectedAccount[]): readonly string[] {
  const quotas = collected.flatMap(readQuotas);
  const [only] = quotas;
  if (only && quotas.length === 1) return [`Collected: ${formatFigures(only)}`];
  return quotas.map((quota) => `${plain(quota.key)} Collected: ${formatFigures(quota)}`);
}

function formatFigures(quota: QuotaView): string {
  const { used, limit, remaining } = quota;
  const unit = displayUnit(quota);
  const left = remaining === null ? "" : `${formatPlainAmount(remaining, unit)} leftover`;
  if (used === null) return left || (isUnlimited(quota) ? "no limit" : "no figures");
  const of = limit === null ? "" : `/${formatPlainAmount(limit, unit)}`;
  return `${formatPlainAmount(used, unit)}${of} used${left ? ` (${left})` : ""}`;
}

/** Counts stay plain digits, for scripts that parse the line. */
function formatPlainAmount(value: number, unit: DisplayUnit): string {
  return unitWord(unit) === "" ? formatAmount(value, unit) : String(Math.round(value * 100) / 100);
}

function describeWait(
  { kind, at, retryAt }: CollectedAccount["outcome"],
  rests: boolean,
  now: number,
): string {
  const asked = kind === "ok" || at === null ? null : saneRetryAfter(retryAt, at);
  // Not even --force shortens this one.
  if (asked !== null && asked > now) return `and its vendor asks to wait for ${formatDuration(asked - now)}`;
  return `${
    rests ? "not polled again until its login changes" : "too soon to poll again"
  } (--force polls anyway)`;
}

function listMessages(
  collected: readonly CollectedAt[],
  provider: string | undefined,
  now: number,
): readonly string[] {
  if (collected.length === 0) {
    return ["Nothing was collected. An account whose polling is off is polled only by name, with --account"];
  }
  const none = collected.every(({ outcome }) => outcome.at === null);
  if (none && provider === undefined) {
    return [
      "No account is configured: `syntrack setup` finds logins on this machine and asks for keys, " +
      "`syntrack providers` says what each vendor needs",
    ];
  }
  const messages: string[] = [];
  for (const { account, outcome, view, askedAt, rests } of collected) {
    const { provider, name } = splitAccountKey(account);
    const who = outcome.at === null ? provider : plain(`${provider}/${name}`);
    if (askedAt !== undefined) {
      const ended = outcome.kind === "ok"
        ? ""
        : `. It ended with ${outcome.kind}: ${plain(outcome.hint ?? "")}`;
      messages.push(
        `${who}: polled ${formatAge(now - askedAt)}, ${describeWait(outcome, rests === true, now)}${ended}`,
      );
    } else if (outcome.kind !== "ok") {
      messages.push(`${who}: ${outcome.kind}: ${plain(outcome.hint ?? "no reason given")}`);
    } else if (outcome.hint !== undefined) {
      messages.push(`${who}: ${plain(outcome.hint)}`);
    } else if (view?.at !== outcome.at) {
      messages.push(`${who}: the database holds later readings, so this one was not added`);
    }
  }
  return messages;
}
