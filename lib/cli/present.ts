/**
 * The current state as `status` and its bars show it, without loading a provider: it looks up no logins, so an
 * account is as old as its reading, and never "not configured here".
 */
import { accountSettings, readSettings } from "../app/settings.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import { type QuotaKey, splitAccountKey } from "../model/quota.ts";
import { type AccountView, accountView } from "../model/view/view.ts";
import { groupByAccount } from "../read/conclusions.ts";
import { openSubjects } from "./analysing.ts";
import { productNames } from "./product_names.ts";
import { chooseQuotas } from "./select.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

export interface Present {
  readonly accounts: readonly AccountView[];
  readonly forecasts: ReadonlyMap<QuotaKey, Forecast>;
  /** Determined when first used. */
  readonly zone: () => string;
}

export async function readPresent(tools: Tools): Promise<Present> {
  const { now, typed } = tools;
  const { zone } = await tools.dataLocation();
  const subjects = await openSubjects(tools);
  if (!subjects) return { accounts: [], forecasts: new Map(), zone };
  const { records } = subjects;
  const quotas = await subjects.analysis.quotas({}, subjects.asOf);
  const conclusions = groupByAccount(quotas);
  const settings = await readSettings(subjects.store, now);
  const nameOf = await productNames(tools, records.map(({ account }) => splitAccountKey(account).provider));
  const selected = new Set<string>(chooseQuotas(typed, records).map(({ key }) => key));
  const isNarrowed = parseTypedText(typed, "quota") !== undefined;
  const accounts = records.flatMap((record): readonly AccountView[] => {
    const { label, polling } = accountSettings(settings, record.account);
    const view = accountView({
      ...record,
      configured: true,
      label,
      polling,
      providerName: nameOf(splitAccountKey(record.account).provider),
      statusBounds: subjects.bounds,
      ...conclusions.get(record.account),
    }, now);
    if (!isNarrowed) return [view];
    const own = view.quotas.filter(({ key }) => selected.has(key));
    return own.length === 0 ? [] : [{ ...view, quotas: own }];
  });
  const forecasts = new Map(quotas.map(({ view, forecast }) => [view.key, forecast]));
  return { accounts, forecasts, zone };
}
