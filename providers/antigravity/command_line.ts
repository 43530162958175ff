/** Asks Antigravity's command line, which starts its own server for some seconds. */
import type { CommandResult, ProviderContext } from "../../lib/provider/context.ts";
import { badResponseError, camelNames, member } from "../../lib/provider_kit/decode.ts";
import { type Answer, type Command, ProviderError } from "../../lib/provider/contract.ts";
import { unavailableError } from "../../lib/provider_kit/request_json.ts";
import { groupsAnswer } from "./quotas.ts";

export const COMMAND: Command = {
  name: "agy",
  what: "the quotas, if ANTIGRAVITY_SOURCE is cli or both",
};

const VENDOR = { vendor: "Antigravity" };
/** Older versions send the question to a model, which costs money. */
const FIRST_VERSION = [1, 1, 11] as const;
/** It takes about ten seconds, and a poll has twenty. */
const TIMEOUT_MS = 16_000;
const UPDATE = "Update it with agy update, or set ANTIGRAVITY_SOURCE=ide";

/**
 * @throws {ProviderError} `unavailable` when it is missing or too
 * old; `bad_response` when its output is not understood
 */
export async function askCommandLine(ctx: ProviderContext): Promise<Answer> {
  const version = await run(ctx, ["--version"], 3_000);
  if (version === null) {
    throw new ProviderError("unavailable", "The command line of Antigravity, agy, is not installed", {
      hint: "Put agy into the PATH of syntrack, or set ANTIGRAVITY_SOURCE=ide",
    });
  }
  if (!isNewEnough(version.stdout)) {
    throw new ProviderError("unavailable", "The command line of Antigravity is too old", {
      hint: UPDATE,
    });
  }
  const ran = await run(ctx, ["-p", "/usage", "--output-format", "json"], TIMEOUT_MS);
  if (ran?.code !== 0) throw unavailableError(VENDOR, "agy failed; it may need a sign-in");
  const body = parseJson(ran.stdout);
  const command = member(body, "command");
  if (command === undefined) {
    // The question went to a model as a prompt: asking again would cost again.
    throw new ProviderError(
      "unavailable",
      "The command line of Antigravity did not accept the command",
      {
        hint: UPDATE,
      },
    );
  }
  const answer = groupsAnswer(member(member(camelNames(command), "data"), "groups"), ctx.now());
  if (answer === null) throw badResponseError("Antigravity answered without any known quota", body);
  return answer;
}

function isNewEnough(text: string): boolean {
  const parts = /(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  if (!parts) return false;
  const at = parts.findIndex((part, index) => part !== FIRST_VERSION[index]);
  return at < 0 || (parts[at] ?? 0) > (FIRST_VERSION[at] ?? 0);
}

async function run(
  ctx: ProviderContext,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult | null> {
  try {
    return await ctx.run(COMMAND.name, args, { timeoutMs, env: { AGY_CLI_DISABLE_AUTO_UPDATE: "true" } });
  } catch {
    throw unavailableError(VENDOR, "agy gave no answer in time");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badResponseError("Antigravity answered with broken text instead of JSON", text);
  }
}
