/** Checks once a day for a newer version, only when the setting is on; it sends nothing else. */
import type { Clock } from "../base/clock.ts";
import { VERSION } from "../base/version.ts";
import type { ReleaseFacts } from "../model/alerts/decide_release.ts";
import { DAY_MS, HOUR_MS } from "../model/duration.ts";
import type { Log } from "../provider/context.ts";
import type { Store } from "../store/store.ts";
import { type Fetch, fetchRelease, UpdateError } from "../update/download.ts";
import { KEY_VARIABLE, NoReleaseServer, releaseServer, URL_VARIABLE } from "../update/release_server.ts";
import { compareVersions, isVersion } from "../update/version_order.ts";

export interface ReleaseCheckParts {
  readonly docs: Store["docs"];
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Whether the setting is on now. */
  readonly isOn: () => boolean;
  /** Reads a variable of the process; no other source may name a release server. */
  readonly env: (name: string) => string | undefined;
  /** @default {the version of this program} */
  readonly running?: string;
  /** @default {the fetch of the runtime} */
  readonly fetch?: Fetch;
}

export interface ReleaseCheck {
  /** Returns what is known, without a request; null when checks are off. */
  known(): Promise<ReleaseFacts | null>;
  /** Asks the release server, at most once a day. Never throws when the server fails. */
  check(): Promise<void>;
}

interface CheckDoc {
  /** The next time to ask, epoch milliseconds. */
  readonly dueAt: number;
  readonly version: string | null;
}

const CHECK = "release-check";
const RETRY_MS = 4 * HOUR_MS;

export function createReleaseCheck(parts: ReleaseCheckParts): ReleaseCheck {
  const { docs, clock, log, isOn, env, running = VERSION } = parts;
  const loadStored = () => docs.get<CheckDoc>("settings", CHECK, clock.now());

  async function fetchNewestVersion(): Promise<string | null> {
    const server = releaseServer({ [URL_VARIABLE]: env(URL_VARIABLE), [KEY_VARIABLE]: env(KEY_VARIABLE) });
    const options = { server, userAgent: `syntrack/${running}`, ...parts.fetch && { fetch: parts.fetch } };
    return (await fetchRelease(options)).version;
  }

  return {
    async known() {
      if (!isOn()) return null;
      const newest = (await loadStored())?.version ?? null;
      const isNewer = newest !== null && isVersion(newest) && isVersion(running) &&
        compareVersions(newest, running) > 0;
      return { running, newest, isNewer };
    },
    async check() {
      if (!isOn()) return;
      const before = await loadStored();
      const now = clock.now();
      // A clock that was set back must not end the checks.
      if (before !== null && before.dueAt > now && before.dueAt - now <= DAY_MS) return;
      // Stored before the request: after a hang or a crash, no process asks again at once.
      await docs.put("settings", CHECK, { dueAt: now + RETRY_MS, version: before?.version ?? null }, now);
      try {
        const version = await fetchNewestVersion();
        await docs.put("settings", CHECK, { dueAt: now + DAY_MS, version }, now);
      } catch (error) {
        if (!(error instanceof UpdateError || error instanceof NoReleaseServer)) throw error;
        log.warn("Could not check for a newer version", { reason: `${error.message}. ${error.hint}` });
      }
    },
  };
}

/** Returns the hosts that a check contacts, for the permissions of `--sandbox`; none while no release is public. */
export function releaseHosts(env: (name: string) => string | undefined): readonly string[] {
  try {
    const { url } = releaseServer({ [URL_VARIABLE]: env(URL_VARIABLE), [KEY_VARIABLE]: env(KEY_VARIABLE) });
    // The files of a release at GitHub come from hosts of their own.
    const files = url.hostname === "github.com" ? ["*.githubusercontent.com"] : [];
    return [url.port === "" ? url.hostname : url.host, ...files];
  } catch (error) {
    if (error instanceof NoReleaseServer) return [];
    throw error;
  }
}
