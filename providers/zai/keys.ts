/** Finds keys of Z.ai and bigmodel.cn, and the region each belongs to. */
import type { ProviderContext, Setting } from "../../lib/provider/context.ts";
import { firstSetting, type Named, OPENCODE_LOGINS, openCodeKey } from "../../lib/provider_kit/login_file.ts";
import { type LoginPlace, ProviderError } from "../../lib/provider/contract.ts";

export type Region = "global" | "cn";

export interface Key extends Pick<Named, "value" | "source"> {
  readonly region: Region;
}

/** Variables that may contain a key, the most common first, with the region of a key under that name. */
const KEYS: readonly (readonly [name: string, region: Region, help: string])[] = [
  ["ZAI_API_KEY", "global", "API key of the GLM Coding Plan at z.ai"],
  ["Z_AI_API_KEY", "global", "The same under another name"],
  ["BIGMODEL_API_KEY", "cn", "API key of bigmodel.cn"],
  ["ZHIPU_API_KEY", "cn", "The same under another name"],
  ["ZHIPUAI_API_KEY", "cn", "The same under another name"],
  ["GLM_API_KEY", "cn", "The same under another name"],
];

/** OpenCode's names for the vendor. */
const OPENCODE: readonly (readonly [name: string, region: Region])[] = [
  ["zai-coding-plan", "global"],
  ["zai", "global"],
  ["zhipuai-coding-plan", "cn"],
];

/** Files that contain only a key. */
const FILES: readonly (readonly [place: LoginPlace, region: Region])[] = [
  [{ path: "~/.config/zai/token", what: "a key of Z.ai" }, "global"],
  [{ path: "~/.config/bigmodel/api_key", what: "a key of bigmodel.cn" }, "cn"],
  [{ path: "~/.config/zhipu/api_key", what: "a key of bigmodel.cn" }, "cn"],
];

export const KEY_SETTINGS: readonly Setting[] = KEYS.map(([name, , help], index) => ({
  name,
  secret: true,
  help,
  ...index === 0 ? {} : { alias: true },
}));
export const KEY_PLACES: readonly LoginPlace[] = [OPENCODE_LOGINS, ...FILES.map(([place]) => place)];

/** @throws {ProviderError} `missing` when a file exists but contains no key */
export async function findKey(ctx: ProviderContext): Promise<Key | undefined> {
  const set = firstSetting(ctx, KEYS.map(([name]) => name));
  if (set) return { ...set, region: findRegion(KEYS, set.name) };
  const known = await openCodeKey(ctx, OPENCODE.map(([name]) => name));
  if (known) return { ...known, region: findRegion(OPENCODE, known.name) };
  for (const [place, region] of FILES) {
    const value = (await ctx.readText(place.path))?.trim();
    if (!value) continue;
    if (/^[\x21-\x7e]{1,512}$/.test(value)) return { value, source: place.path, region };
    throw new ProviderError("missing", `${place.path} contains something other than a key`, {
      hint: `Put the key, and nothing else, into ${place.path}, or remove the file`,
    });
  }
  return undefined;
}

function findRegion(
  known: readonly (readonly [name: string, region: Region, ...rest: string[]])[],
  name: string,
) {
  return known.find(([one]) => one === name)?.[1] ?? "global";
}

/** Returns the remedy when the vendor refuses the key. */
export function remedyFor({ value, source, region }: Key): string {
  if (!/^[^.\s]+\.[^.\s]+$/.test(value)) {
    return `Check ${source}: a key has two parts with a dot between them`;
  }
  const other = region === "cn" ? "global" : "cn";
  return `Check ${source}; a key of the other region needs ZAI_REGION=${other}`;
}
