/** The content of each settings tab. */
import { DAY_MS } from "../../model/duration.ts";
import { hiddenKeys } from "../../formats/quota_api_insights.ts";
import { INSIGHT_RULES, listCorrelated } from "../../model/insights/insight.ts";
import { formatDuration, formatNumber } from "../../model/view/format.ts";
import { type AccountKey, splitAccountKey } from "../../model/quota.ts";
import { wallText } from "../../model/time.ts";
import type { AccountEntry } from "../../model/account.ts";
import type { AccountView } from "../../model/view/view.ts";
import type { AppContext, DatabaseSize } from "../../app/context.ts";
import type { Settings } from "../../app/settings.ts";
import { harmless, plain } from "../../base/text.ts";
import type {
  AboutView,
  AccountLine,
  AccountsView,
  AddingView,
  DataView,
  GeneralFields,
  GeneralView,
  InsightsView,
  StoredLine,
  Tab,
  TabView,
} from "../../ui/settings/kinds.ts";
import { accountTitle, fullTitle, healthWord } from "../../ui/words.ts";
import { listKnownAccounts } from "../settings.ts";
import { zoneChoices } from "../zones.ts";
import { collectNames } from "../tables/subjects.ts";
import { INSIGHT_WORDS } from "./insight_words.ts";
import { LICENCES } from "./licences.ts";

export interface PageQuery {
  readonly zone: string;
  /** Submitted values that were refused, so that they need not be typed again. */
  readonly typed: URLSearchParams | null;
  /** The provider to add an account of, or null. */
  readonly adding: string | null;
}

export async function tabView(
  tab: Tab,
  services: AppContext,
  { zone, typed, adding }: PageQuery,
): Promise<TabView> {
  switch (tab) {
    case "general":
      return generalView(services, await services.settings.load(), typed);
    case "accounts":
      return await accountsView(services, adding, typed);
    case "insights":
      return await insightsView(services);
    case "data":
      return await dataView(services, zone, typed);
    case "about":
      return await buildAboutView(services, zone);
  }
}

function generalView(
  { serverZone }: AppContext,
  settings: Settings,
  typed: URLSearchParams | null,
): GeneralView {
  const { "work-days": workDays, ...others } = generalFields(settings);
  const fields: GeneralFields = { ...others, workDays };
  return {
    tab: "general",
    stored: generalFields(settings),
    serverZone,
    zones: zoneChoices(),
    fields: typed === null ? fields : {
      timezone: typed.get("timezone") ?? fields.timezone,
      display: typed.get("display") ?? fields.display,
      warning: typed.get("warning") ?? fields.warning,
      critical: typed.get("critical") ?? fields.critical,
      workDays: typed.get("work-days") ?? fields.workDays,
      theme: typed.get("theme") ?? fields.theme,
      density: typed.get("density") ?? fields.density,
    },
  };
}

/** The fields of the general form as stored. */
export function generalFields(settings: Settings) {
  const { warning, critical } = settings.thresholds;
  return {
    timezone: settings.zone ?? "",
    display: settings.display as string,
    warning: percentText(warning),
    critical: percentText(critical),
    "work-days": String(settings.workDays),
    theme: settings.theme as string,
    density: settings.density as string,
  };
}

function percentText(share: number): string {
  return String(Math.round(share * 1e6) / 1e4);
}

export function addingView(
  services: AppContext,
  provider: string | null,
  typed: URLSearchParams | null,
): AddingView | null {
  const choice = services.accounts.choices().find(({ id }) => id === provider);
  return choice === undefined ? null : {
    id: choice.id,
    name: choice.name,
    typedName: typed?.get("name") ?? "",
    settings: choice.settings.filter(({ alias }) => !alias).map(({ name, secret, help, home = false }) => ({
      name,
      secret,
      help,
      leading: secret || home,
      typed: secret ? "" : typed?.get(`value:${name}`) ?? "",
    })),
  };
}

async function accountsView(
  services: AppContext,
  adding: string | null,
  typed: URLSearchParams | null,
): Promise<AccountsView> {
  const all = await services.accounts.list();
  const [view, providers, keys] = await Promise.all([
    services.dashboard({ withHidden: true }),
    services.providers(),
    listKnownAccounts(services),
  ]);
  const { accounts: set } = await services.settings.load();
  const views = new Map<string, AccountView>(view.accounts.map((one) => [one.key, one]));
  const lines = keys.map((key): AccountLine => {
    const { provider, name } = splitAccountKey(key);
    const known = views.get(key);
    const status = providers.find(({ id }) => id === provider);
    const found = status?.accounts.find((one) => one.name === name);
    const { label: _, ...unnamed } = known ?? newAccount(key, status?.name ?? provider);
    const own = Object.hasOwn(set, key) ? set[key] : undefined;
    return {
      key,
      usual: accountTitle(unnamed),
      label: harmless(own?.label ?? ""),
      polling: own?.polling ?? true,
      hidden: own?.hidden ?? false,
      source: found ? harmless(found.source) : null,
      baseUrl: status?.baseUrl ?? null,
      state: known?.health.state ?? "new",
      word: known ? healthWord(known, view.at) : "Not polled yet",
      hint: known?.health.hint ? harmless(known.health.hint) : null,
      at: known?.at ?? null,
    };
  });
  return {
    tab: "accounts",
    accounts: lines,
    others: providers.filter(({ id }) => !keys.some((key) => key.startsWith(`${id}/`)))
      .map(({ id, name, setup, problem }) => ({ id, name, setup, problem })),
    notes: providers.flatMap(({ name, problem, configured }) =>
      configured && problem !== null ? [`The search for accounts of ${name} failed: ${problem}`] : []
    ),
    choices: services.accounts.choices().map(({ id, name }) => ({ id, name })),
    adding: addingView(services, typed?.get("provider") ?? adding, typed),
    stored: all.filter((one) => one.stored).map((entry) => storedLine(services, entry, lines, typed)),
    gone: all.filter((one) => !one.stored && one.source === null).flatMap(({ key }) => {
      const line = lines.find((one) => one.key === key);
      return line?.source === null ? [{ key, title: line.label || line.usual }] : [];
    }),
  };
}

function storedLine(
  services: AppContext,
  { key, name, provider, settings }: AccountEntry,
  lines: readonly AccountLine[],
  typed: URLSearchParams | null,
): StoredLine {
  const line = lines.find((one) => one.key === key);
  const choice = services.accounts.choices().find(({ id }) => id === provider);
  const isWell = line === undefined || line.state === "fresh" || line.state === "new";
  return {
    key,
    name,
    title: line ? line.label || line.usual : key,
    word: line?.word ?? "Not polled yet",
    hint: line?.hint ?? null,
    isWell,
    settings: (choice?.settings ?? []).filter((one) =>
      settings.includes(one.name) || (one.secret && !one.alias)
    ).map((one) => ({
      name: one.name,
      secret: one.secret,
      help: one.help,
      isStored: settings.includes(one.name),
    })),
    isOpen: typed === null ? !isWell : typed.get("action") === "change" && typed.get("account") === key,
  };
}

/** A configured account that was never polled. */
function newAccount(key: AccountKey, providerName: string): Pick<
  AccountView,
  "provider" | "name" | "providerName" | "label"
> {
  return { ...splitAccountKey(key), providerName };
}

async function insightsView(services: AppContext): Promise<InsightsView> {
  const [view, { hiddenInsights }] = await Promise.all([
    services.dashboard({ withHidden: true }),
    services.settings.load(),
  ]);
  const names = collectNames(view);
  const quotas = view.accounts.flatMap((account) => account.quotas.map(({ key }) => key));
  const words = new Set(hiddenKeys(hiddenInsights, quotas).flatMap(listCorrelated));
  return {
    tab: "insights",
    types: INSIGHT_RULES.map(({ type }) => {
      const [title, about] = INSIGHT_WORDS[type];
      return { type, title, about, shown: !words.has(type) };
    }),
    hidden: hiddenInsights.filter((word) => !isType(word)).map((key) => ({
      key,
      title: findTitle(key, names),
    })),
  };
}

/** Reports whether a hidden word covers all insights of a kind. */
export function isType(word: string): boolean {
  return INSIGHT_RULES.some(({ type }) => word === type || word === type.replaceAll("-", "_"));
}

function findTitle(key: string, names: ReturnType<typeof collectNames>): string {
  const [type = "", subject = ""] = key.split(/:(.*)/s);
  const words = Object.hasOwn(INSIGHT_WORDS, type)
    ? INSIGHT_WORDS[type as keyof typeof INSIGHT_WORDS][0]
    : type;
  const known = names.quota(subject as `${string}/${string}/${string}`)?.subject;
  const about = known ? fullTitle(known.account, known.quota) : subject;
  return plain(about === "" ? words : `${words}: ${about}`, 120);
}

async function dataView(
  services: AppContext,
  zone: string,
  typed: URLSearchParams | null,
): Promise<DataView> {
  const { maintenance } = services;
  const { keepReadingsDays } = await services.settings.load();
  return {
    tab: "data",
    keep: typed?.get("keep") ?? (keepReadingsDays === null ? "" : String(keepReadingsDays)),
    store: maintenance && {
      path: harmless(maintenance.path),
      usual: maintenance.keepReadingsMs === 0
        ? "forever"
        : `${formatNumber(maintenance.keepReadingsMs / DAY_MS)} days`,
      hasFile: maintenance.file !== null,
      facts: [
        [maintenance.file ? "File" : "Database", harmless(maintenance.path)],
        ...sizeFacts(await maintenance.size(), zone, maintenance.file !== null),
      ],
    },
  };
}

function sizeFacts(
  size: DatabaseSize,
  zone: string,
  isFile: boolean,
): readonly (readonly [string, string])[] {
  const formatWhen = (at: number | null) => at === null ? "none" : wallText(at, zone);
  const ofFile = [
    ["Size", `${bytesText(size.bytes)}, of which ${bytesText(size.freeBytes)} unused`],
    ["Log beside it", bytesText(size.logBytes)],
  ] as const;
  return [
    ...isFile ? ofFile : [["Size", bytesText(size.bytes)]] as const,
    ["Accounts, quotas", `${formatNumber(size.accounts)}, ${formatNumber(size.quotas)}`],
    ["Readings", formatNumber(size.readings)],
    ["First, last reading", `${formatWhen(size.firstAt)}, ${formatWhen(size.lastAt)}`],
    ["Sums of 5 min, hours, days", formatNumber(size.buckets)],
    ["Cycles, sessions, polls", [size.cycles, size.sessions, size.outcomes].map(formatNumber).join(", ")],
  ];
}

/** `412 KiB`, `1.3 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const mebibytes = bytes / 1024 ** 2;
  if (mebibytes < 1) return `${Math.round(bytes / 1024)} KiB`;
  return mebibytes < 1024 ? `${formatNumber(mebibytes)} MiB` : `${formatNumber(mebibytes / 1024)} GiB`;
}

async function buildAboutView(services: AppContext, zone: string): Promise<AboutView> {
  const [processStats, providers] = await Promise.all([services.processStats(), services.providers()]);
  const configured = new Set(providers.filter((one) => one.configured).map(({ id }) => id));
  const now = services.clock.now();
  return {
    tab: "about",
    facts: [
      ["Syntrack", services.version],
      ["Deno", processStats.runtime],
      ["System", services.platform],
      [
        "Running since",
        `${wallText(services.startedAt, zone)} (${formatDuration(now - services.startedAt)})`,
      ],
      ["Memory", bytesText(processStats.memoryBytes)],
      ["Answers to", [...services.hosts].join(", ")],
      ["Waiting for a restart", services.needRestart().join(", ") || "nothing"],
    ],
    hosts: services.listAccess().filter(({ id }) => configured.has(id)).map((
      { name, hosts, files, commands },
    ) => [
      name,
      [
        hosts.join(", "),
        files.length === 0 ? "" : `reads ${files.map(({ path }) => harmless(path)).join(", ")}`,
        commands.length === 0 ? "" : `runs ${commands.join(", ")}`,
      ].filter((part) => part !== "").join("; "),
    ]),
    licences: LICENCES,
    hosted: services.hosted ?? false,
  };
}
