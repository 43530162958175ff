/**
 * `syntrack status`: can I work now, with what, until when? Then a line for each quota, the most urgent
 * first.
 */
import { type HeadlineJson, statusJson } from "../../formats/collect.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import { isAbsolute } from "../../base/path.ts";
import { fileStates, mayCache, SYSTEM_ZONE } from "../../status_cache/cache.ts";
import { storeLine } from "../../status_cache/store_line.ts";
import { VERSION } from "../../base/version.ts";
import { rankByNeed } from "../../model/view/need.ts";
import type { AccountView } from "../../model/view/view.ts";
import { openSubjects } from "../analysing.ts";
import { wantsAscii } from "../ascii.ts";
import { createHeadline, type Headline } from "../headline.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { CliError, EXIT_FAILED, EXIT_OK, EXIT_UNKNOWN } from "../io.ts";
import { readPresent } from "../present.ts";
import { readLimitIfAny } from "../range.ts";
import { chooseQuotas } from "../select.ts";
import { checkCode, composeLine, readFormat, shownOptions } from "../status_line.ts";
import type { StatusFormat } from "../status_bar.ts";
import { accountLines } from "../status_long.ts";
import { needLines } from "../status_lines.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { createViews } from "../views.ts";

export async function status(tools: Tools): Promise<number> {
  if (hasFlag(tools.typed, "daemon")) {
    const { daemonJson, daemonLines } = await import("../daemon_status.ts");
    if (tools.json) tools.printJson(await daemonJson(tools));
    else tools.print(...await daemonLines(tools));
    return EXIT_OK;
  }
  const isCheck = hasFlag(tools.typed, "check");
  try {
    const headline = await show(tools);
    return isCheck ? checkCode(headline) : EXIT_OK;
  } catch (error) {
    if (!isCheck || !(error instanceof CliError) || error.code !== EXIT_FAILED) throw error;
    // 1 means that nothing is left, which is unknown here.
    throw new CliError(EXIT_UNKNOWN, error.message, error.hint, { cause: error });
  }
}

async function show(tools: Tools): Promise<Headline> {
  const { now, typed } = tools;
  const format = readFormat(typed);
  // A wrong number is an error whether or not this output is limited.
  readLimitIfAny(typed);
  const isBrief = hasFlag(typed, "brief") && !tools.json && !hasFlag(typed, "long");
  if (format !== null || isBrief) return await showLine(tools, format);
  if (tools.json || hasFlag(typed, "long")) return await showAll(tools);
  const present = await readPresent(tools);
  const headline = createHeadline(present.accounts, now, present.zone);
  if (present.accounts.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  else tools.print(...needLines(tools, present, headline));
  return headline;
}

/** Prints one line, and stores it for bars that ask again soon. @param format null for people */
async function showLine(tools: Tools, format: StatusFormat | null): Promise<Headline> {
  const { now, typed, io, width } = tools;
  const { dbPath, settingsFiles, zone } = await tools.dataLocation();
  const files = fileStates([...settingsFiles, SYSTEM_ZONE, dbPath, `${dbPath}-wal`]);
  const present = await readPresent(tools);
  const isAscii = wantsAscii(io.env);
  const { headline, ...line } = composeLine(present, { now, typed, format, width, isAscii });
  tools.printRaw(line.text);
  // Only a database file has a time of its last change.
  if (io.args && mayCache(io.args) && isAbsolute(dbPath)) {
    const { args, env, cwd, home, stdout: { columns } } = io;
    const request = {
      version: VERSION,
      at: now,
      dbPath,
      zone: zone(),
      width: Number.isFinite(width) ? width : null,
      isAscii,
      options: shownOptions(typed),
    };
    await storeLine({ args, env, cwd, home, columns }, { ...line, at: now, files, request });
  }
  return headline;
}

/** Prints everything known, with the logins found now. */
async function showAll(tools: Tools): Promise<Headline> {
  const { now, paint, width } = tools;
  const subjects = await openSubjects(tools);
  const quotas = await subjects?.analysis.quotas({}, subjects.asOf) ?? [];
  const forecasts = new Map(quotas.map(({ view, forecast }) => [view.key, forecast]));
  const views = await viewsAt(tools, subjects && { quotas, bounds: subjects.bounds });
  const zone = (await tools.dataLocation()).zone();
  const headline = createHeadline(views, now, () => zone);
  const shown = limitQuotas(views, readLimitIfAny(tools.typed), now);
  if (tools.json) {
    tools.printJson(statusJson(shown, now, forecasts, headlineJson(headline)));
    return headline;
  }
  tools.note(paint.bold(`Current Status (as of ${wallText(now, zone)})`), paint.dim("─".repeat(29)));
  if (!isNarrowed(tools)) {
    const { daemonLines } = await import("../daemon_status.ts");
    tools.note(...await daemonLines(tools));
  }
  if (views.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  for (const view of shown) tools.print("", ...accountLines(view, { now, zone, paint, forecasts, width }));
  return headline;
}

/** Returns the accounts with only their most urgent quotas, as many as were asked for, and without those that have none of them. */
function limitQuotas(
  views: readonly AccountView[],
  limit: number | null,
  now: number,
): readonly AccountView[] {
  if (limit === null) return views;
  const urgent = new Set(rankByNeed(views, now).slice(0, limit).map(({ quota }) => quota.key));
  return views.map((view) => ({ ...view, quotas: view.quotas.filter(({ key }) => urgent.has(key)) }))
    .filter(({ quotas }) => quotas.length > 0);
}

function headlineJson({ state, text, best }: Headline): HeadlineJson {
  return {
    state,
    text,
    account: best?.account.key ?? null,
    quota: best?.quota?.key ?? null,
    until: isoInstant(best?.until ?? null),
  };
}

/** Reports whether options narrow the accounts or quotas, or set another instant. */
function isNarrowed({ typed }: Tools): boolean {
  return ["provider", "account", "quota", "now"].some((name) => parseTypedText(typed, name) !== undefined);
}

/** Returns the selected accounts, with their selected quotas. */
async function viewsAt(
  tools: Tools,
  concluded: Parameters<typeof createViews>[4],
): Promise<readonly AccountView[]> {
  const records = await tools.records();
  if (records.length === 0) return [];
  const selected = new Set<string>(chooseQuotas(tools.typed, records).map(({ key }) => key));
  const { listProviders } = await import("../program_for.ts");
  const asOf = parseTypedText(tools.typed, "now") !== undefined;
  const shown = createViews(records, await listProviders(tools), tools.now, asOf, concluded);
  if (parseTypedText(tools.typed, "quota") === undefined) return shown;
  return shown.map((view) => ({ ...view, quotas: view.quotas.filter(({ key }) => selected.has(key)) }))
    .filter(({ quotas }) => quotas.length > 0);
}
