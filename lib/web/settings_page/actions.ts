/** Actions of the settings forms. Each returns parameters for the URL of the page that follows. */
import { HttpError } from "fresh";
import { INSIGHT_RULES } from "../../model/insights/insight.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { Permission } from "../../access/principal.ts";
import type { AppContext, FileMaintenance } from "../../app/context.ts";
import type { Tab } from "../../ui/settings/kinds.ts";
import { QuotaSettingsBody } from "../bodies.ts";
import { type FieldProblem, FieldsError } from "../failure.ts";
import { validateBody } from "../validate_body.ts";
import { listKnownAccounts, parseZone, save, type WantedAccount } from "../settings.ts";
import { changeStored } from "./account_actions.ts";
import type { ActionNotices } from "./done.ts";
import { followChanges } from "../outdated_form.ts";
import { generalFields, isType } from "./views.ts";

/**
 * Runs the action that a form requests.
 *
 * @param need throws when the caller is not allowed to do that
 * @throws {FieldsError} 422 naming the invalid fields; nothing is changed then
 */
export async function applyForm(
  services: AppContext,
  tab: Tab,
  form: URLSearchParams,
  need: (permission: Permission) => void,
): Promise<ActionNotices | Response> {
  switch (tab) {
    case "general":
      return await saveGeneral(services, form);
    case "accounts":
      return await saveAccounts(services, form, need);
    case "insights":
      return await saveInsights(services, form);
    case "data":
      return await runMaintenance(services, form, need);
    case "about":
      throw new HttpError(400, "There is nothing to change on this tab");
  }
}

type Need = (permission: Permission) => void;

const SAVED: ActionNotices = { done: "saved" };

const PROBLEM_FIELDS: Readonly<Record<string, string>> = {
  warning: "thresholds.warning",
  critical: "thresholds.critical",
  "work-days": "work_days",
};

async function saveGeneral(services: AppContext, submitted: URLSearchParams): Promise<ActionNotices> {
  const stored = generalFields(await services.settings.load());
  const form = followChanges(submitted, stored, (field) => PROBLEM_FIELDS[field] ?? field);
  const problems: FieldProblem[] = [];
  const body = attempt(problems, () =>
    validateBody(QuotaSettingsBody, {
      timezone: form.get("timezone") ?? "",
      display: form.get("display"),
      thresholds: {
        warning: numberOrText(form.get("warning")),
        critical: numberOrText(form.get("critical")),
      },
      work_days: numberOrText(form.get("work-days")),
      theme: form.get("theme"),
      density: form.get("density"),
    }));
  const zone = attempt(problems, () => parseZone(form.get("timezone")), "timezone");
  if (problems.length > 0 || body === undefined) throw new FieldsError(problems);
  const { display, thresholds, work_days: workDays, theme, density } = body;
  const shares = thresholds && { warning: thresholds.warning / 100, critical: thresholds.critical / 100 };
  await save(services, { zone, display, thresholds: shares, workDays, theme, density });
  return SAVED;
}

/** Returns the result of `work`; collects an error with the other problems. */
function attempt<T>(problems: FieldProblem[], work: () => T, field = ""): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FieldsError) problems.push(...error.errors);
    else if (error instanceof HttpError) problems.push({ field, message: error.message });
    else throw error;
    return undefined;
  }
}

/** Passes text that is not a number through, so that validation can report it. */
function numberOrText(text: string | null): number | string | null {
  const number = Number(text);
  return text === null || text.trim() === "" || !Number.isFinite(number) ? text : number;
}

async function saveAccounts(services: AppContext, form: URLSearchParams, need: Need): Promise<ActionNotices> {
  const changed = await changeStored(services, form, need);
  if (changed) return changed;
  const keys = form.getAll("account") as readonly AccountKey[];
  const hideable = new Set(form.getAll("hideable"));
  const accounts = Object.fromEntries(keys.map((key): [string, WantedAccount] => [key, {
    label: form.get(`label:${key}`),
    polling: form.get(`polling:${key}`) !== null,
    // Only accounts that are not configured have the box; for others its absence means nothing.
    ...hideable.has(key) && { hidden: form.get(`hidden:${key}`) !== null },
  }]));
  // The same checks as in the API: lengths, and that the accounts exist.
  const body = validateBody(QuotaSettingsBody, { accounts, account_order: keys });
  const accountOrder = moveInOrder(keys, form.get("move"));
  await save(services, { accounts: body.accounts, ...accountOrder && { accountOrder } });
  const poll = form.get("poll");
  if (poll === null) return SAVED;
  const known = (await listKnownAccounts(services)).find((key) => key === poll);
  if (known === undefined) throw new FieldsError([{ field: "poll", message: "There is no such account" }]);
  await services.pollNow(known);
  return { done: "polled", account: known };
}

/** The order after a move, or null when nothing was moved. @param move `up:provider/name` */
function moveInOrder(keys: readonly AccountKey[], move: string | null): readonly AccountKey[] | null {
  const [, way, key] = /^(up|down):(.+)$/s.exec(move ?? "") ?? [];
  const from = keys.findIndex((one) => one === key);
  const to = from + (way === "up" ? -1 : 1);
  if (from < 0 || to < 0 || to >= keys.length) return null;
  const order = [...keys];
  [order[from], order[to]] = [order[to]!, order[from]!];
  return order;
}

async function saveInsights(services: AppContext, form: URLSearchParams): Promise<ActionNotices> {
  const shown = new Set(form.getAll("show"));
  const keep = new Set(form.getAll("keep"));
  await services.settings.save(({ hiddenInsights }) => ({
    hiddenInsights: [
      ...hiddenInsights.filter((word) => !isType(word) && keep.has(word)),
      ...INSIGHT_RULES.map(({ type }) => type).filter((type) => !shown.has(type)),
    ],
  }));
  return SAVED;
}

async function runMaintenance(
  services: AppContext,
  form: URLSearchParams,
  need: Need,
): Promise<ActionNotices | Response> {
  const action = form.get("action");
  need(action === null ? "access" : "fresh");
  if (action === null) {
    const keep = form.get("keep")?.trim() ?? "";
    const days = keep === "" ? null : numberOrText(keep);
    const body = validateBody(QuotaSettingsBody, { keep_readings_days: days });
    await save(services, { keepReadingsDays: body.keep_readings_days });
    return SAVED;
  }
  const { maintenance } = services;
  if (!maintenance) throw new HttpError(400, "This database cannot be maintained from here");
  if (action === "prune") return { done: "pruned", count: String(await maintenance.prune()) };
  const { file } = maintenance;
  if (!file) {
    throw new HttpError(
      400,
      "This database is not a single file: `syntrack export` writes everything that is stored",
    );
  }
  switch (action) {
    case "vacuum":
      return { done: "vacuumed", count: String(await file.vacuum()) };
    case "backup":
      return await runBackup(services, file);
    default:
      throw new HttpError(400, "There is no such action: expected backup, prune or vacuum");
  }
}

async function runBackup({ clock }: AppContext, file: FileMaintenance): Promise<Response> {
  const copy = await file.backup();
  if (!copy) {
    throw new HttpError(503, "Another copy of the database is being read: try again when that is done");
  }
  const { bytes, body } = copy;
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  return new Response(body, {
    headers: {
      "content-type": "application/vnd.sqlite3",
      "content-length": String(bytes),
      "content-disposition": `attachment; filename="syntrack-backup-${day}.db"`,
      "cache-control": "no-store",
    },
  });
}
