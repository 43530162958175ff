/**
 * The limits Claude Code passes to its status line, which `syntrack statusline` stores in a file: fresher
 * than the endpoint, and without a request.
 */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import { decode } from "../../lib/provider_kit/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { Account, LocalReadings, LoginPlace } from "../../lib/provider/contract.ts";
import { percentReading } from "../../lib/provider_kit/readings.ts";
import { sha256 } from "../../lib/provider_kit/token.ts";
import { HOME } from "./login.ts";
import { SESSION, WEEK } from "./usage.ts";

export const FEED: LoginPlace = {
  path: "~/.syntrack/feeds/claude-code.json",
  what: "limits passed to syntrack statusline",
  ours: true,
};

const WindowFed = v.object({ usedPercent: v.number(), resetsAt: v.nullable(v.number()) });
const Seen = v.object({ at: v.pipe(v.number(), v.integer()) });
const Left = v.object({
  at: v.pipe(v.number(), v.integer()),
  credential: v.nullable(v.string()),
  windows: v.record(v.string(), WindowFed),
  seen: v.optional(v.record(v.string(), Seen), {}),
});
const File = v.object({
  homes: v.record(v.string(), Left),
  /** Sessions started with their own token, by the first part of its hash. */
  tokens: v.optional(v.record(v.string(), Left), {}),
});

const QUOTAS = { five_hour: SESSION, seven_day: WEEK };

/**
 * Returns the readings stored for the account's exact token. A login set as a variable may belong to anyone,
 * so readings of the tool's own login do not apply to it, unless a session was started with that token.
 */
export async function readLocalReadings(
  ctx: ProviderContext,
  account: Account,
): Promise<LocalReadings | null> {
  const text = await ctx.readText(FEED.path);
  if (text === null) return null;
  const { homes, tokens } = decode(File, JSON.parse(text));
  const own = (await sha256(account.secret.reveal())).slice(0, 12);
  const home = ctx.env(HOME)?.replace(/[/\\]+$/, "") ?? "";
  const isToolLogin = account.file !== undefined || account.isOwnerBeside === true;
  const ofTool = isToolLogin && Object.hasOwn(homes, home) ? homes[home] : undefined;
  // Without a token the login was the keychain's, which a status line cannot read.
  const isOfTool = ofTool?.credential === own || (ofTool?.credential === null && account.file === undefined);
  const feed = [isOfTool ? ofTool : undefined, Object.hasOwn(tokens, own) ? tokens[own] : undefined]
    .filter((one) => one !== undefined && one.at <= ctx.now())
    .toSorted((a, b) => (b?.at ?? 0) - (a?.at ?? 0))[0];
  if (!feed) return null;
  const since: Record<string, number> = {};
  const readings = Object.entries(QUOTAS).flatMap(([name, { quota, label, window }]): readonly Reading[] => {
    const part = Object.hasOwn(feed.windows, name) ? feed.windows[name] : undefined;
    // A reading from a finished window says nothing about the current one.
    if (!part || part.usedPercent < 0 || (part.resetsAt !== null && part.resetsAt <= ctx.now())) return [];
    since[quota] = feed.seen[name]?.at ?? feed.at;
    return [{
      ...percentReading(quota, label, part.usedPercent, window, part.resetsAt),
      source: "statusline",
    }];
  });
  return readings.length === 0 ? null : { at: feed.at, readings, since };
}
