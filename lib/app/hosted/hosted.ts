/**
 * The program on a platform that starts and stops instances of it as it likes, such as Deno Deploy: no disk, no
 * lasting memory, no timer between requests. Each request and each run of the cron finds everything it needs in
 * the store.
 */
import { type Clock, systemClock } from "../../base/clock.ts";
import { moduleAddress } from "../../base/address.ts";
import { readAccessSecrets } from "../../config/access_options.ts";
import { MINUTE_MS } from "../../model/duration.ts";
import type { Provider } from "../../provider/contract.ts";
import type { Store } from "../../store/store.ts";
import { admitRequest } from "../../web/admit_request.ts";
import { withStrictTransport } from "../../web/headers.ts";
import { requestInfo } from "../../web/state.ts";
import type { TroubleView } from "../../model/view/view.ts";
import type { Composed } from "../compose.ts";
import type { AppContext } from "../context.ts";
import { deriveRetention } from "../retention.ts";
import { openDatabase } from "../open_store.ts";
import { databaseName } from "./database.ts";
import { setUp } from "../set_up.ts";
import { withBriefCache } from "./brief_cache.ts";
import { createFaults } from "./faults.ts";
import { createCronRun, readRun } from "./cron_run.ts";
import { createInstances, type SharedInstances } from "./instances.ts";
import { createLiveTime } from "./live_time.ts";
import { deriveKey, missingSecret } from "./secrets.ts";
import { hostedSetUpHint } from "./setup_hint.ts";
import { describeRunTrouble, describeTrouble, storeSentence } from "./trouble.ts";
import { readEntry, refuse } from "./entry_request.ts";

export interface HostedParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tests replace it with a simulated one. */
  readonly clock?: Clock;
  readonly providers?: readonly Provider[];
  readonly logLine?: (line: string) => void;
  /** Opens the database of the settings; tests replace it to count reads and writes. */
  readonly open?: (name: string) => Promise<Store>;
}

export interface Hosted {
  handle(request: Request, info: Deno.ServeHandlerInfo): Promise<Response>;
  /** One run of the cron; never rejects. */
  run(): Promise<void>;
  /** Releases everything this instance holds; for tests. */
  close(): Promise<void>;
}

interface OpenProgram {
  readonly store: Store;
  readonly composed: Composed;
  readonly services: AppContext;
  readonly instances: SharedInstances;
  readonly limitLive: (request: Request, answer: Response) => Response;
  run(): Promise<void>;
  /** Learns what other instances changed; resolves to whether they changed anything. */
  look(): Promise<boolean>;
  refreshTrouble(): Promise<void>;
}

interface BuiltApp {
  readonly default: { readonly fetch: (request: Request, info: unknown) => Promise<Response> };
}

/** How often an instance with open pages checks for changes of others, unless its store reports them. */
const CHECK_EVERY_MS = 5_000;
const RUN_CACHE_MS = 30_000;
/** Maximum number of names to answer to; the platform passes on requests for its own only. */
const MAX_HOSTS = 100;
const DEFAULT_LIVE_MINUTES = 10;
const MAX_LIVE_MINUTES = 24 * 60;

/** Keeps an unhandled rejection from ending an instance and all the requests it is answering. */
export function ignoreUnhandledRejections(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    const { reason } = event;
    console.error("An error was ignored:", reason instanceof Error ? reason.message : "unknown");
  });
}

export function createHosted(parts: HostedParts): Hosted {
  const { clock = systemClock } = parts;
  const { env } = parts;
  const program = setUp({
    env,
    cwd: "/",
    home: null,
    clock,
    flags: { db: databaseName(env) },
    logLine: parts.logLine ?? ((line) => console.log(line)),
    ...parts.providers && { providers: parts.providers },
  });
  const instance = crypto.randomUUID();
  const startedAt = clock.now();
  const hosts = new Set<string>();
  const faults = createFaults();
  /** Why the last run of this instance ended early; null when it did not. */
  let runTrouble: TroubleView | null = null;
  let opening: Promise<OpenProgram> | undefined;
  let app: Promise<BuiltApp> | undefined;

  /** Returns a sentence on the setting that is missing or invalid; null when there is none. */
  function wrongSetting(): string | null {
    const missing = missingSecret(program.environment);
    if (missing !== null || liveMinutes(env) !== null) return missing;
    return `SYNTRACK_LIVE_MINUTES must be a number of minutes from 0 to ${MAX_LIVE_MINUTES}: change or remove it`;
  }

  /** Opens the database once; after a failure, the next caller tries again. */
  function openOnce(): Promise<OpenProgram> {
    opening ??= open();
    opening.catch(() => opening = undefined);
    return opening;
  }

  async function open(): Promise<OpenProgram> {
    const whole = faults.watch(await (parts.open ?? openDatabase)(databaseName(env)));
    const started: Composed[] = [];
    try {
      return await start(whole, (composed) => started.push(composed));
    } catch (error) {
      // If closing fails too, the first error is the one to report.
      for (const composed of started) await composed.stop().catch(() => {});
      await Promise.resolve(whole[Symbol.asyncDispose]()).catch(() => {});
      throw error;
    }
  }

  /** @param began called with what must be stopped if the rest fails */
  async function start(whole: Store, began: (composed: Composed) => void): Promise<OpenProgram> {
    const { config, environment, log } = program;
    const docs = withBriefCache(whole.docs, clock);
    const store = withDocs(whole, docs);
    const key = await deriveKey(readAccessSecrets(environment).vaultKey!);
    const instances = createInstances({ docs, clock, key, instance, forget: docs.forget });
    let trouble: TroubleView | null = null;
    let lookedAt = Number.NEGATIVE_INFINITY;
    const composed = program.compose(store, {
      instanceId: instance,
      instances,
      trouble: () => runTrouble ?? trouble,
      setUpHint: hostedSetUpHint,
    });
    began(composed);
    await instances.pull();
    await composed.scheduler.discover();
    const alerts = composed.alerting.start();
    const services = composed.services(hosts);

    async function look(): Promise<boolean> {
      const changes = await instances.pull();
      // Accounts may have been added or removed, or have another key.
      if (changes.some(({ kind }) => kind === "settings")) await composed.scheduler.discover();
      return changes.length > 0;
    }

    return {
      store,
      composed,
      services,
      instances,
      limitLive: createLiveTime({
        clock,
        maxMs: liveMinutes(env)! * MINUTE_MS,
        look,
        lookEveryMs: CHECK_EVERY_MS,
        watch: instances.watch,
      }),
      run: createCronRun({
        store,
        clock,
        log,
        instance,
        instances,
        scheduler: composed.scheduler,
        alerts,
        ended(failure) {
          runTrouble = failure === null ? null : { ...describeRunTrouble(failure), since: clock.now() };
        },
        retention: async () => deriveRetention(config, await composed.settings.load()),
      }),
      look,
      async refreshTrouble() {
        const now = clock.now();
        if (now >= lookedAt && now - lookedAt < RUN_CACHE_MS) return;
        lookedAt = now;
        const run = await readRun(store, now);
        trouble = describeTrouble(run, now, startedAt);
        // Another instance may have completed a run since this one failed.
        if (runTrouble && run?.step === "done" && run.beganAt > runTrouble.since) runTrouble = null;
      },
    };
  }

  async function answer(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    const entry = readEntry(request, info);
    const wrong = wrongSetting();
    if (wrong !== null) return refuse(entry.request, wrong);
    let ready: OpenProgram;
    try {
      ready = await openOnce();
      await ready.look();
      await ready.refreshTrouble();
    } catch (error) {
      program.log.error("The database cannot be used", {
        error: error instanceof Error ? error.message : "unknown",
      });
      return refuse(entry.request, storeSentence(error));
    }
    if (hosts.size < MAX_HOSTS) hosts.add(entry.host);
    const admitted = admitRequest(entry.request);
    if (admitted instanceof Response) return admitted;
    // Loaded with the first request, because a run of the cron does not need it.
    const { default: pages } = await (app ??= import(moduleAddress("_fresh/server.js", "server")));
    const before = faults.count;
    const response = await pages.fetch(admitted, requestInfo(ready.services, entry.info));
    if (response.status >= 500 && faults.count > before) {
      await response.body?.cancel();
      return refuse(entry.request, storeSentence(faults.last));
    }
    return ready.limitLive(admitted, withStrictTransport(response, admitted));
  }

  return {
    handle: answer,
    async run() {
      const wrong = wrongSetting();
      if (wrong !== null) return program.log.error(wrong, {});
      try {
        const ready = await openOnce();
        await ready.run();
      } catch (error) {
        program.log.error(storeSentence(error), {
          error: error instanceof Error ? error.message : "unknown",
        });
      }
    },
    async close() {
      if (!opening) return;
      const { composed, instances, store } = await opening;
      await composed.stop();
      await instances.settle();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Returns the same store with other documents. Its methods keep their own `this`. */
function withDocs(store: Store, docs: Store["docs"]): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "docs") return docs;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Returns the minutes, or null for an invalid number. */
function liveMinutes({ SYNTRACK_LIVE_MINUTES: text }: HostedParts["env"]): number | null {
  if (text === undefined || text.trim() === "") return DEFAULT_LIVE_MINUTES;
  const minutes = Number(text);
  return minutes >= 0 && minutes <= MAX_LIVE_MINUTES ? minutes : null;
}
