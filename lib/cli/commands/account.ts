/** `syntrack account`: lists, adds, renames, enables, disables, hides, and removes accounts. */
import type { Composed } from "../../app/compose.ts";
import { AccountError } from "../../accounts/accounts.ts";
import type { AccountEntry } from "../../model/account.ts";
import { parseRefresh, REFRESH_WORDS } from "../../config/refresh.ts";
import { accountsJson } from "../../formats/accounts.ts";
import { formatAge, formatDuration } from "../../model/view/format.ts";
import type { AccountKey } from "../../model/quota.ts";
import { plain } from "../../base/text.ts";
import { addCustom } from "../account_custom.ts";
import { readSettings, refuseSecret } from "../account_secrets.ts";
import { CliError, EXIT_FAILED, EXIT_OK, EXIT_USAGE, failure, usageError } from "../io.ts";
import { checkProvider } from "../products.ts";
import type { Paint } from "../paint.ts";
import { checkProgram, openFor } from "../program_for.ts";
import { unknownName } from "../select.ts";
import type { AccountAction } from "../table.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

const OR_DEFAULT = "Or default, for what its provider is set to";

export async function account(tools: Tools): Promise<number> {
  const [action, what, to] = tools.typed.operands as readonly [AccountAction, string?, string?];
  if (action === "list") {
    if (what !== undefined) {
      throw usageError("account list takes no name", "Use --provider to narrow it down");
    }
  } else if (what === undefined) {
    const wanted = action === "add" ? "the provider" : "the account, provider/name";
    throw usageError(`account ${action} needs ${wanted}`, "See `syntrack account --help`");
  }
  if (action === "rename" && to === undefined) throw usageError("account rename needs the new name");
  if (action === "refresh" && to === undefined) {
    throw usageError(`account refresh needs ${REFRESH_WORDS}`, OR_DEFAULT);
  }
  if (action !== "rename" && action !== "refresh") {
    refuseSecret(to, `account ${action} takes one name, and "${plain(to ?? "", 40)}" is one too many`);
  }
  if (action === "add" && parseTypedText(tools.typed, "file") !== undefined) {
    return await addCustom(tools, what ?? "");
  }
  if (action === "add") checkProvider(what ?? "");
  const program = checkProgram(tools, { quiet: true });
  await using store = await openFor(tools, program, action === "list" ? "read" : "write");
  const composed = program.compose(store);
  try {
    await composed.scheduler.discover();
    return await runAction(tools, composed, action, what ?? "", to ?? "", program);
  } catch (error) {
    throw error instanceof AccountError ? new CliError(EXIT_USAGE, error.message) : error;
  } finally {
    await composed.stop();
  }
}

async function runAction(
  tools: Tools,
  composed: Composed,
  action: AccountAction,
  what: string,
  to: string,
  program: Parameters<typeof add>[3],
): Promise<number> {
  const { accounts } = composed;
  switch (action) {
    case "add":
      return await add(tools, composed, what, program);
    case "list":
      return list(tools, await accounts.list());
    case "rename": {
      const key = await findAccountKey(composed, what);
      const renamed = await accounts.rename(key, to);
      tools.recordAction({ target: renamed, detail: { change: "renamed", before: key } });
      return printResult(
        tools,
        renamed,
        `Renamed ${plain(key)} to ${plain(to)}, along with its history`,
      );
    }
    case "enable":
    case "disable": {
      const key = await findAccountKey(composed, what);
      await accounts.setPolling(key, action === "enable");
      tools.recordAction({ target: key, detail: { polling: action === "enable" } });
      return printResult(
        tools,
        key,
        `${plain(key)} is ${action === "enable" ? "polled again" : "no longer polled; its history stays"}`,
      );
    }
    case "hide":
    case "show": {
      const key = await findAccountKey(composed, what);
      await accounts.setHidden(key, action === "hide");
      tools.recordAction({ target: key, detail: { hidden: action === "hide" } });
      return printResult(
        tools,
        key,
        `${plain(key)} is ${action === "hide" ? "hidden; its history stays" : "shown again"}`,
      );
    }
    case "refresh":
      return await refresh(tools, composed, await findAccountKey(composed, what), to);
    case "remove":
      return await remove(tools, composed, await findAccountKey(composed, what));
  }
}

async function add(
  tools: Tools,
  { accounts, scheduler }: Composed,
  id: string,
  { providers }: { readonly providers: readonly Parameters<typeof readSettings>[1][] },
): Promise<number> {
  const provider = providers.find((one) => one.id === id);
  if (!provider) throw unknownName("provider", id, providers.map((one) => one.id));
  const values = await readSettings(tools, provider);
  const key = await accounts.add({ provider: id, name: parseTypedText(tools.typed, "name"), values }, {
    anyFolder: true,
  });
  tools.recordAction({ target: key, detail: { settings: Object.keys(values).join(", ") } });
  if (!hasFlag(tools.typed, "check")) {
    return printResult(
      tools,
      key,
      `Stored ${plain(key)}, encrypted. A running server polls it within a minute`,
    );
  }
  const [outcome] = await scheduler.pollNow(key);
  if (outcome?.kind === "ok") return printResult(tools, key, `Stored ${plain(key)}, and it works`);
  printResult(tools, key, `Stored ${plain(key)}`);
  tools.report(`syntrack: ${outcome?.kind ?? "not polled"}: ${plain(outcome?.hint ?? "no response")}`);
  return EXIT_FAILED;
}

/** Allows or forbids renewing its tool's login in that tool's file. */
async function refresh(tools: Tools, { accounts }: Composed, key: AccountKey, word: string): Promise<number> {
  const reasons = word === "default" ? null : parseRefresh(word);
  if (reasons === null && word !== "default") {
    throw usageError(`"${plain(word, 40)}" is not one of ${REFRESH_WORDS}`, OR_DEFAULT);
  }
  await accounts.setRefresh(key, reasons);
  tools.recordAction({ target: key, detail: { refresh: word } });
  const when = reasons === null
    ? "as its provider is set to"
    : reasons.length === 0
    ? "never"
    : `when ${reasons.join(" or ")}`;
  return printResult(tools, key, `The login of ${plain(key)} is renewed in its own file: ${when}`);
}

async function remove(tools: Tools, { accounts }: Composed, key: AccountKey): Promise<number> {
  const purge = hasFlag(tools.typed, "purge");
  if (purge && !hasFlag(tools.typed, "yes")) {
    const answer = await tools.io.ask(`Remove ${plain(key)} and all of its history for good? [y/N] `);
    if (answer === null) {
      throw usageError("Removing history cannot be undone", "Confirm with --yes");
    }
    if (!/^y(es)?$/i.test(answer.trim())) throw failure("Nothing was changed");
  }
  await accounts.remove(key, { purge });
  tools.recordAction({ target: key, detail: { purge } });
  return printResult(
    tools,
    key,
    `Removed ${plain(key)}${purge ? " and its history" : "; its history stays"}`,
  );
}

/** Finds an account by its whole key, or by a name that only one has. @throws {CliError} */
async function findAccountKey({ accounts }: Composed, word: string): Promise<AccountKey> {
  const all = await accounts.list();
  const matches = all.filter(({ key, name }) => word.includes("/") ? key === word : name === word);
  const [only] = matches;
  if (only && matches.length === 1) return only.key;
  if (matches.length > 1) {
    throw usageError(
      `Several accounts are called "${plain(word, 60)}"`,
      `Name one of ${matches.map(({ key }) => key).join(", ")}`,
    );
  }
  throw unknownName("account", word, all.map(({ key }) => key));
}

function printResult(tools: Tools, account: AccountKey, text: string): number {
  if (tools.json) tools.printJson({ account });
  else tools.print(text);
  return EXIT_OK;
}

function list(tools: Tools, all: readonly AccountEntry[]): number {
  const { paint, now, typed } = tools;
  const provider = parseTypedText(typed, "provider");
  const selected = all.filter((one) => provider === undefined || one.provider === provider);
  if (tools.json) {
    tools.printJson(accountsJson(selected, now));
    return EXIT_OK;
  }
  const shown = selected.filter(({ hidden }) => !hidden);
  if (selected.length === 0) {
    tools.print(
      "No account is configured. `syntrack providers` says what to set, `syntrack account add` stores one.",
    );
  } else if (shown.length > 0) {
    tools.print(...tableLines(tools, COLUMNS, shown.map((one) => formatRow(one, now, paint))));
  }
  if (shown.length < selected.length) {
    const hidden = selected.filter((one) => one.hidden).map(({ key }) => plain(key));
    tools.note(paint.dim(`Hidden: ${hidden.join(", ")}. \`syntrack account show NAME\` shows one again.`));
  }
  for (const { key, outcome, polling, source, stored } of shown) {
    // What no longer is polled is not tried again either.
    const isPolled = polling && (source !== null || stored);
    if (isPolled && outcome?.hint !== undefined) {
      tools.report(`syntrack: ${plain(key)}: ${plain(outcome.hint)}`);
    }
  }
  return EXIT_OK;
}

const COLUMNS = [
  { title: "Account", minWidth: 14 },
  { title: "State", minWidth: 8 },
  { title: "Identity", dropOrder: 2 },
  { title: "Expires", dropOrder: 1 },
  { title: "Where", minWidth: 20, dropOrder: 3 },
];

function formatRow(entry: AccountEntry, now: number, paint: Paint): readonly string[] {
  const { key, label, fingerprint, expiresAt, source, stored } = entry;
  const where = source === null
    ? paint.dim(stored ? "stored, not found" : "no longer configured; history only")
    : plain(source || "stored by syntrack");
  return [
    plain(key) + (label === null ? "" : paint.dim(` (${plain(label)})`)),
    stateText(entry, now, paint),
    fingerprint ?? "-",
    expiryText(expiresAt, now, paint),
    where,
  ];
}

function stateText({ polling, outcome, source, stored }: AccountEntry, now: number, paint: Paint): string {
  if (!polling) return paint.dim("○ off");
  if (source === null && !stored) return paint.dim("○ gone");
  if (outcome === null) return paint.dim("○ not polled yet");
  const age = formatAge(now - outcome.at);
  return outcome.kind === "ok"
    ? paint.green(`● ok, ${age}`)
    : paint.red(`✕ ${outcome.reason ?? outcome.kind}, ${age}`);
}

function expiryText(at: number | null, now: number, paint: Paint): string {
  if (at === null) return "-";
  return at <= now ? paint.red("expired") : `in ${formatDuration(at - now)}`;
}
