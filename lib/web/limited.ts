/** Services limited to some accounts. Every member is listed, so that a new one cannot be forgotten. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import { NO_ALERT_COUNTS } from "../model/alerts/counts.ts";
import type { Analysis } from "../read/analysis.ts";
import type { Hub } from "../base/hub.ts";
import type { Settings, SettingsKeeper } from "../app/settings.ts";
import type { DashboardView } from "../model/view/view.ts";

type Alerts = AppContext["alerts"];
type Accounts = AppContext["accounts"];
type Store = AppContext["store"];

export function limitTo(services: AppContext, allowed: readonly string[]): AppContext {
  const keys = new Set(allowed);
  const canSee = (account: string) => keys.has(account);
  const ofSeen = (quota: QuotaKey) => canSee(splitQuotaKey(quota).account);
  const views = new WeakMap<DashboardView, DashboardView>();

  async function loadDashboard(options?: { readonly withHidden?: boolean }): Promise<DashboardView> {
    const whole = await services.dashboard(options);
    let own = views.get(whole);
    if (!own) views.set(whole, own = { ...whole, accounts: whole.accounts.filter(({ key }) => canSee(key)) });
    return own;
  }

  return {
    version: services.version,
    instanceId: services.instanceId,
    startedAt: services.startedAt,
    get zone() {
      return services.zone;
    },
    get serverZone() {
      return services.serverZone;
    },
    clock: services.clock,
    poolsOf: services.poolsOf,
    vendorOf: services.vendorOf,
    store: limitStore(services.store, canSee),
    // They read from the store passed with the query, which is the one above.
    answers: services.answers,
    hub: limitHub(services.hub, canSee),
    log: services.log,
    recentLog: () => [],
    get intervalMs() {
      return services.intervalMs;
    },
    hosts: services.hosts,
    platform: services.platform,
    demo: services.demo,
    analysis: limitAnalysis(services.analysis, canSee, ofSeen, loadDashboard),
    notes: limitNotes(services.notes, canSee),
    settings: wrapSettings(services.settings, canSee),
    access: services.access,
    alerts: limitAlerts(services.alerts, canSee),
    channels: NO_CHANNELS,
    push: limitPush(),
    accounts: limitAccounts(services.accounts, canSee),
    dashboard: loadDashboard,
    present: {
      account: async (key) => canSee(key) ? await services.present.account(key) : null,
      members: async () => (await services.present.members()).split("\n").filter(canSee).join("\n"),
    },
    async history(query) {
      const quotas = query.quotas?.filter(ofSeen) ??
        (await loadDashboard()).accounts.flatMap((account) => account.quotas.map(({ key }) => key));
      return await services.history({ ...query, quotas });
    },
    past: (query) => services.past({ ...query, quotas: query.quotas.filter(ofSeen) }),
    async spend(zone, only) {
      const seen = (await loadDashboard()).accounts.map(({ key }) => key).filter((key) =>
        only?.has(key) ?? true
      );
      return await services.spend(zone, new Set(seen));
    },
    async providers() {
      return (await services.providers()).map((one) => {
        const accounts = one.accounts.filter(({ name }) => canSee(`${one.id}/${name}`));
        return { ...one, accounts, configured: accounts.length > 0, baseUrl: null, problem: null };
      });
    },
    async pollNow(account) {
      if (account !== undefined) return canSee(account) ? await services.pollNow(account) : [];
      const found = (await services.providers()).flatMap(({ id, accounts }) =>
        accounts.map(({ name }): AccountKey => `${id}/${name}`)
      );
      return (await Promise.all(found.filter(canSee).map((key) => services.pollNow(key)))).flat();
    },
    tally() {
      const { polls, consumed } = services.tally();
      return {
        polls: new Map([...polls].filter(([account]) => canSee(account))),
        consumed: new Map([...consumed].filter(([quota]) => ofSeen(quota))),
      };
    },
    needRestart: () => [],
    listAccess: () => [],
    maintenance: null,
    processStats: services.processStats,
  };
}

/** The store, read-only and limited. */
function limitStore(store: Store, sees: (account: string) => boolean): Store {
  const ofSeen = (quota: QuotaKey) => sees(splitQuotaKey(quota).account);
  const none = Promise.resolve([]);
  const own: Partial<Store> = {
    latest: async (account) => (await store.latest(account)).filter((one) => sees(one.account)),
    outcomes: (query) => sees(query.account) ? store.outcomes(query) : none,
    readings: (query) => ofSeen(query.quota) ? store.readings(query) : none,
    levels: (query) => ofSeen(query.quota) ? store.levels(query) : none,
    series: (query) => ofSeen(query.quota) ? store.series(query) : none,
    points: (query) => ofSeen(query.quota) ? store.points(query) : none,
    cycles: (query) => ofSeen(query.quota) ? store.cycles(query) : none,
    sessions: (query) => sees(query.account) ? store.sessions(query) : none,
    quotas: (account) => sees(account) ? store.quotas(account) : none,
    terms: (quota) => ofSeen(quota) ? store.terms(quota) : none,
    describe: (quota) => ofSeen(quota) ? store.describe(quota) : Promise.resolve(null),
    docs: {
      ...REFUSED_DOCS,
      get: (kind, id, now) => kind === "settings" ? store.docs.get(kind, id, now) : Promise.resolve(null),
    },
  };
  return own as Store;
}

const refuse = () => Promise.reject(new TypeError("Cannot change documents: only some accounts are seen"));
const REFUSED_DOCS: Store["docs"] = {
  get: () => Promise.resolve(null),
  list: () => Promise.resolve([]),
  all: () => Promise.resolve([]),
  put: refuse,
  delete: refuse,
  change: refuse,
  putGuarded: refuse,
};

function limitHub(hub: Hub, sees: (account: string) => boolean): Hub {
  const isAbout = ({ account }: { readonly account: string | null }) => account === null || sees(account);
  return {
    get lastId() {
      return hub.lastId;
    },
    publish: (event) => hub.publish(event),
    subscribe: () =>
      hub.subscribe().pipeThrough(
        new TransformStream({
          transform(event, controller) {
            if (isAbout(event)) controller.enqueue(event);
          },
        }),
      ),
    listen: (listener, onClose) => hub.listen((event) => void (isAbout(event) && listener(event)), onClose),
    close() {},
  };
}

function limitAnalysis(
  analysis: Analysis,
  sees: (account: string) => boolean,
  ofSeen: (quota: QuotaKey) => boolean,
  dashboard: AppContext["dashboard"],
): Analysis {
  async function listAccounts(): Promise<readonly AccountKey[]> {
    return (await dashboard({ withHidden: true })).accounts.map(({ key }) => key);
  }
  async function listQuotas(): Promise<readonly QuotaKey[]> {
    return (await dashboard()).accounts.flatMap((account) => account.quotas.map(({ key }) => key));
  }
  return {
    quotas: async (query, now) =>
      await analysis.quotas({ accounts: query?.accounts?.filter(sees) ?? await listAccounts() }, now),
    insights: async (query, now) =>
      await analysis.insights({
        ...query,
        accounts: query.accounts?.filter(sees) ?? await listAccounts(),
        quotas: query.quotas?.filter(ofSeen) ?? await listQuotas(),
      }, now),
    cycles: (query, now) => analysis.cycles({ ...query, quotas: query.quotas.filter(ofSeen) }, now),
    sessions: (query, now) => analysis.sessions({ ...query, accounts: query.accounts.filter(sees) }, now),
    cyclesInRange: (quotas, under) => analysis.cyclesInRange(quotas.filter(ofSeen), under),
    lastUsed: async (cycle) => ofSeen(cycle.quota) ? await analysis.lastUsed(cycle) : null,
    sessionsInRange: (accounts, under) => analysis.sessionsInRange(accounts.filter(sees), under),
    sums: (accounts, zone) => analysis.sums(accounts.filter(sees), zone),
    cycleOverview: async (query, now) => ofSeen(query.quota) ? await analysis.cycleOverview(query, now) : [],
    summary: (accounts, now) => analysis.summary(accounts.filter(sees), now),
    usage: (query) => analysis.usage({ ...query, quotas: query.quotas.filter(ofSeen) }),
    // Only the process that polls knows the coming readings.
    ahead: () => Promise.reject(new TypeError("Cannot look ahead: only some accounts are seen")),
    close() {},
  };
}

/** Limits notes to those about visible accounts, read-only. A note about all accounts may name a hidden one. */
function limitNotes(notes: AppContext["notes"], sees: (account: string) => boolean): AppContext["notes"] {
  return {
    list: async () => (await notes.list()).filter(({ account }) => account !== null && sees(account)),
    add: refuse,
    change: refuse,
    remove: refuse,
  };
}

function wrapSettings(settings: SettingsKeeper, sees: (account: string) => boolean): SettingsKeeper {
  const known = new WeakMap<Settings, Settings>();
  function limitSettings(whole: Settings): Settings {
    let own = known.get(whole);
    if (!own) {
      // The key of an insight names its quota after the type, `trend:zai/work home/weekly`; a type alone names none.
      const isSeen = (word: string) => {
        const subject = word.slice(word.indexOf(":") + 1);
        return !subject.includes("/") || sees(subject.split("/").slice(0, 2).join("/"));
      };
      known.set(
        whole,
        own = {
          ...whole,
          hiddenInsights: whole.hiddenInsights.filter(isSeen),
          accountOrder: whole.accountOrder.filter(sees),
          accounts: Object.fromEntries(Object.entries(whole.accounts).filter(([key]) => sees(key))),
        },
      );
    }
    return own;
  }
  return {
    get current() {
      return limitSettings(settings.current);
    },
    load: async () => limitSettings(await settings.load()),
    // A user with limited access cannot change shared settings.
    save: () => Promise.reject(new TypeError("Cannot change settings: only some accounts are seen")),
  };
}

/** Where messages go concerns only those who set it up. */
const NO_CHANNELS: AppContext["channels"] = {
  list: () => Promise.resolve([]),
  types: () => [],
  add: refuseChannel,
  setRule: refuseChannel,
  setEnabled: refuseChannel,
  remove: refuseChannel,
  test: refuseChannel,
};

function refuseChannel(): Promise<never> {
  return Promise.reject(new TypeError("Cannot change channels: only some accounts are seen"));
}

/** Refuses notifications, because they cover all accounts. */
function limitPush(): AppContext["push"] {
  const refuseCall = () =>
    Promise.reject(new HttpError(403, "Notifications cover all accounts, and you can see only some"));
  return { publicKey: refuseCall, subscribe: refuseCall, unsubscribe: refuseCall };
}

function limitAlerts(alerts: Alerts, sees: (account: string) => boolean): Alerts {
  const refuseCall = () => Promise.reject(new TypeError("Cannot change alerts: only some accounts are seen"));
  return {
    list: async () => (await alerts.list()).filter(({ account }) => sees(account)),
    // Where messages go concerns only those who set it up.
    deliveries: () => Promise.resolve([]),
    snoozes: () => Promise.resolve([]),
    counts: () => Promise.resolve(NO_ALERT_COUNTS),
    rules: () => alerts.rules(),
    evaluate: refuseCall,
    planForPoll: refuseCall,
    takeRaised: () => null,
    explain: refuseCall,
    deliver: refuseCall,
    test: refuseCall,
    snooze: refuseCall,
    unsnooze: refuseCall,
    setRules: refuseCall,
    replay: refuseCall,
  };
}

function limitAccounts(accounts: Accounts, sees: (account: string) => boolean): Accounts {
  const refuseCall = () => Promise.reject(new TypeError("Cannot change accounts: only some are seen"));
  return {
    choices: () => [],
    list: async () => (await accounts.list()).filter(({ key }) => sees(key)),
    add: refuseCall,
    rename: refuseCall,
    setValues: refuseCall,
    setPolling: refuseCall,
    setHidden: refuseCall,
    setRefresh: refuseCall,
    remove: refuseCall,
    rotateKey: refuseCall,
  };
}
