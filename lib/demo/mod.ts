/**
 * The demo: a fake vendor on the loopback address, a month of history, and settings that lead nowhere else.
 *
 * May import the model, the clock, config, the sandbox, the poller, and the contracts of provider and store.
 * It must never read the process environment or a file of the user: code that runs the demo uses only the
 * environment created here.
 */
import { join } from "../base/path.ts";
import type { Clock } from "../base/clock.ts";
import { createEnvironment, type Environment } from "../config/environment.ts";
import type { Provider } from "../provider/contract.ts";
import { baseUrlVariables } from "../provider/contract.ts";
import type { Store } from "../store/store.ts";
import { backfill, type BackfillResult } from "./backfill.ts";
import type { Scenario } from "./scenarios.ts";
import type { Story } from "./story.ts";
import type { Trouble } from "./trouble.ts";
import { startVendorServer } from "./vendor_server.ts";

export { backfill, BACKFILL_MS } from "./backfill.ts";
export { LIVE_EVERY_MS, pollForever } from "./live.ts";
export { type Scenario, SCENARIOS } from "./scenarios.ts";
export { createStory, type Story } from "./story.ts";
export { SHOWN, VENDORS } from "./vendors/mod.ts";
export { startVendorServer } from "./vendor_server.ts";

export interface DemoOptions {
  /** The clock of the live part; its present time is the end of the month. */
  readonly clock: Clock;
  /** All providers; those without a fake vendor are not configured and stay out. */
  readonly providers: readonly Provider[];
  /** The same seed at the same instant gives the same demo. */
  readonly seed: number;
  /** IANA zone of the person's working days. */
  readonly zone: string;
  /** Where to create the temporary folder; by default the system's place. */
  readonly dir?: string;
  /** Replaces the default troubles. */
  readonly troubles?: readonly Trouble[];
  /** Ids of the vendors to show; a default selection if absent. */
  readonly vendors?: readonly string[];
  /** Additional troubles. */
  readonly scenario?: Scenario;
}

export interface Demo {
  /** The demo's own folder, private to its owner. */
  readonly folder: string;
  readonly dbPath: string;
  /** The environment variables, for starting another process. */
  readonly variables: Readonly<Record<string, string>>;
  /** The same as an environment. It never reads a file. */
  readonly environment: Environment;
  /** All providers, without their minimum intervals, so that the live part can poll fast. */
  readonly providers: readonly Provider[];
  /** The fake vendors' origin. */
  readonly origin: string;
  readonly story: Story;
  /** Fills an empty store with the month. */
  fill(store: Store, options?: FillOptions): Promise<BackfillResult>;
  /** Stops the fake vendors and removes the folder with its contents; close the store first. */
  close(): Promise<void>;
}

export interface FillOptions {
  readonly signal?: AbortSignal;
  /** Called with the progress, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /**
   * Length of the history, in milliseconds.
   * @default {2592000000}
   */
  readonly spanMs?: number;
}

export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const { clock, providers, dir, ...storyOptions } = options;
  const folder = await Deno.makeTempDir({ prefix: "syntrack-demo-", ...dir === undefined ? {} : { dir } });
  try {
    const anchor = clock.now();
    const server = startVendorServer({ clock, anchor, ...storyOptions });
    const { story, origin } = server;
    const variables = createVariables(story, providers, origin);
    const environment = createEnvironment({
      env: variables,
      cwd: folder,
      home: folder,
      readFile: () => null,
    });
    return {
      folder,
      dbPath: join(folder, "syntrack.db"),
      variables,
      environment,
      providers: providers.map((provider) => ({ ...provider, everyMs: 0 })),
      origin,
      story,
      fill: (store, fillOptions = {}) => backfill({ story, store, providers, environment, ...fillOptions }),
      async close() {
        await server.close();
        // A second call or a cleanup may have been faster.
        await removeFolder(folder);
      },
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function createVariables(
  story: Story,
  providers: readonly Provider[],
  origin: string,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const vendor of story.vendors) {
    const provider = providers.find((one) => one.id === vendor.id);
    if (!provider) continue;
    Object.assign(variables, vendor.environment);
    for (const name of baseUrlVariables(provider).slice(0, 1)) variables[name] = origin;
  }
  return variables;
}
