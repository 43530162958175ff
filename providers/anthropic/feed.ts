/**
 * The limits Claude Code hands to its status line, which `syntrack statusline` leaves in a file: fresher than
 * the endpoint, and they cost no request.
 */
import * as v from "valibot";
import type { Asking } from "../../lib/asking.ts";
import { decode } from "../../lib/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { Account, Fed, Place } from "../../lib/provider.ts";
import { percentReading } from "../../lib/readings.ts";
import { sha256 } from "../../lib/token.ts";
import { HOME } from "./login.ts";
import { SESSION, WEEK } from "./usage.ts";

export const FEED: Place = {
  path: "~/.syntrack/feeds/claude-code.json",
  what: "limits that syntrack statusline was handed",
  ours: true,
};

const WindowFed = v.object({ usedPercent: v.number(), resetsAt: v.nullable(v.number()) });
const Home = v.object({
  at: v.pipe(v.number(), v.integer()),
  credential: v.nullable(v.string()),
  windows: v.record(v.string(), WindowFed),
});
const File = v.object({ homes: v.record(v.string(), Home) });

const QUOTAS = { five_hour: SESSION, seven_day: WEEK };

/** A login that was set as a variable may be anybody's: only that of the tool is fed. */
export async function fedReadings(ask: Asking, account: Account): Promise<Fed | null> {
  const isToolLogin = account.file !== undefined || account.identity !== undefined;
  const text = isToolLogin ? await ask.readText(FEED.path) : null;
  if (text === null) return null;
  const { homes } = decode(File, JSON.parse(text));
  const home = ask.env(HOME)?.replace(/[/\\]+$/, "") ?? "";
  const fed = Object.hasOwn(homes, home) ? homes[home] : undefined;
  if (!fed || fed.at > ask.now()) return null;
  // Written under another login, which may have been somebody else's.
  const own = (await sha256(account.secret.reveal())).slice(0, 12);
  if (fed.credential !== null && fed.credential !== own) return null;
  const readings = Object.entries(QUOTAS).flatMap(([name, { quota, label, window }]): readonly Reading[] => {
    const part = Object.hasOwn(fed.windows, name) ? fed.windows[name] : undefined;
    if (!part || part.usedPercent < 0) return [];
    return [{
      ...percentReading(quota, label, part.usedPercent, window, part.resetsAt),
      source: "statusline",
    }];
  });
  return readings.length === 0 ? null : { at: fed.at, readings };
}
