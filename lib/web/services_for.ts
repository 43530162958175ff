/**
 * The services as a user may see them: a user limited to some accounts gets services that know no others, so
 * that no page, table, stream, metric, chart or export has to check. A user on another machine sees no path
 * of this one, and can name none.
 */
import type { Principal } from "../access/principal.ts";
import type { AppContext, ProviderStatus } from "../app/context.ts";
import { limitTo } from "./limited.ts";
import { FieldsError } from "./failure.ts";

type Accounts = AppContext["accounts"];

/** One per server; by the visible accounts, or `null` for all. */
const limitedServices = new WeakMap<AppContext, Map<string, AppContext>>();
/** Maximum number of different limits cached. */
const MAX_LIMITS = 256;

export function servicesFor(services: AppContext, principal: Principal | null): AppContext {
  if (principal?.kind === "local") return services;
  let all = limitedServices.get(services);
  if (!all) limitedServices.set(services, all = new Map());
  const accounts = principal === null ? [] : principal.accounts;
  const key = JSON.stringify(accounts);
  let own = all.get(key);
  if (!own) {
    own = withoutPaths(accounts === null ? services : limitTo(services, accounts));
    const [oldest] = all.keys();
    if (all.size >= MAX_LIMITS && oldest !== undefined) all.delete(oldest);
    all.set(key, own);
  }
  return own;
}

/** A path, but not part of a URL. */
const PATH = /(?<![\w:/.~\\-])(?:[A-Za-z]:\\|\\\\|~?\/|\.{1,2}\/)[^\s,;:"')\]]+/g;

/** A user's own command before what was wrong with it: its path may hold spaces. */
const COMMAND =
  /^(?:\/|\\\\|[A-Za-z]:\\).*?(?= (?:is not installed|cannot be run by this process|took longer than ))/s;
const SOME_FILE = "a file of the server";

export function withoutPath(text: string): string {
  return text.replaceAll(PATH, SOME_FILE);
}

/** Cleans the notes of deliveries, most of which are about the command of a channel. */
function noteWithoutPath(note: string): string {
  return withoutPath(note.replace(COMMAND, SOME_FILE));
}

/** Hides paths from users on other machines. Members not named here are the same for all. */
function withoutPaths(services: AppContext): AppContext {
  const { maintenance, answers } = services;
  const overrides: Partial<AppContext> = {
    accounts: remoteAccounts(services.accounts),
    alerts: remoteAlerts(services.alerts),
    channels: remoteChannels(services.channels),
    async providers(): Promise<readonly ProviderStatus[]> {
      return (await services.providers()).map((one) => ({
        ...one,
        problem: one.problem === null ? null : withoutPath(one.problem),
        accounts: one.accounts.map((account) => ({ ...account, source: withoutPath(account.source) })),
      }));
    },
    answers: answers && (async (command, store) => {
      const answer = await answers(command, store);
      if (answer === null) return null;
      const { error, stderr } = answer;
      const plainError = error && {
        message: withoutPath(error.message),
        hint: error.hint === null ? null : withoutPath(error.hint),
      };
      return { ...answer, stderr: withoutPath(stderr), error: plainError };
    }),
    listAccess: () => services.listAccess().map((one) => ({ ...one, files: [] })),
    maintenance: maintenance && Object.create(maintenance, { path: { value: "the database of the server" } }),
    recentLog: (most) =>
      services.recentLog(most).map((line) => ({ ...line, message: withoutPath(line.message) })),
  };
  return Object.create(services, Object.getOwnPropertyDescriptors(overrides));
}

function remoteAlerts(alerts: AppContext["alerts"]): AppContext["alerts"] {
  const overrides: Partial<AppContext["alerts"]> = {
    deliveries: async () =>
      (await alerts.deliveries()).map((one) => ({ ...one, note: noteWithoutPath(one.note) })),
  };
  return Object.create(alerts, Object.getOwnPropertyDescriptors(overrides));
}

function remoteChannels(channels: AppContext["channels"]): AppContext["channels"] {
  const overrides: Partial<AppContext["channels"]> = {
    async list() {
      return (await channels.list()).map((one) => ({
        ...one,
        health: {
          ...one.health,
          problem: noteWithoutPath(one.health.problem),
          answers: one.health.answers.map((answer) => ({ ...answer, note: noteWithoutPath(answer.note) })),
        },
      }));
    },
    add: (channel, isLocal) => errorWithoutPath(() => channels.add(channel, isLocal)),
    async test(id, signal) {
      const test = await channels.test(id, signal);
      if (test === null) return null;
      // Each is a whole path, a plain command or a host.
      const asked = test.asked.map((one) => withoutPath(one) === one ? one : SOME_FILE);
      return { ...test, problem: noteWithoutPath(test.problem), asked };
    },
  };
  return Object.create(channels, Object.getOwnPropertyDescriptors(overrides));
}

/**
 * Runs work whose errors may name a file, such as that of the key or of an account's login. They keep their
 * class, by which routes tell them apart.
 */
async function errorWithoutPath<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { problems } = error as { readonly problems?: readonly { readonly message: string }[] };
    const plain = problems?.map((one) => ({ ...one, message: withoutPath(one.message) }));
    throw Object.assign(error, { message: withoutPath(error.message), ...plain && { problems: plain } });
  }
}

function remoteAccounts(accounts: Accounts): Accounts {
  /** The settings that name a file, a folder or a profile on this machine. */
  function refusePlaces(names: readonly string[]) {
    const places = new Set(
      accounts.choices().flatMap(({ settings }) => settings.flatMap(({ home, name }) => home ? [name] : [])),
    );
    const wrong = names.filter((name) => places.has(name.replace(/_FILE$/, "")) || places.has(name));
    if (wrong.length === 0) return;
    throw new FieldsError(wrong.map((name) => ({
      field: name,
      message: `${name} names a place on the server, which can only be set at that machine`,
    })));
  }
  const overrides: Partial<Accounts> = {
    async list() {
      return (await accounts.list()).map((one) => ({
        ...one,
        source: one.source === null ? null : withoutPath(one.source),
      }));
    },
    async add(wanted) {
      refusePlaces(Object.keys(wanted.values));
      return await errorWithoutPath(() => accounts.add(wanted));
    },
    rename: (key, name) => errorWithoutPath(() => accounts.rename(key, name)),
    remove: (key, what) => errorWithoutPath(() => accounts.remove(key, what)),
    async setValues(key, changes) {
      refusePlaces(Object.entries(changes).flatMap(([name, value]) => value === null ? [] : [name]));
      await errorWithoutPath(() => accounts.setValues(key, changes));
    },
  };
  return Object.create(accounts, Object.getOwnPropertyDescriptors(overrides));
}
