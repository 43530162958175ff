/**
 * The owner of a personal access token: it carries no claims,
 * so the vendor is asked before the usage is read.
 */
import type { ProviderContext } from "../../lib/provider/context.ts";
import { badResponseError, member } from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Account } from "../../lib/provider/contract.ts";
import { requestJson, type RequestTarget } from "../../lib/provider_kit/request_json.ts";
import { formatIdentity } from "./login.ts";

const WHOAMI = "https://auth.openai.com/api/accounts/v1/user-auth-credential/whoami";
const REMEMBERED = "owner";

export interface Owner {
  readonly account: string;
  readonly isFedramp: boolean;
  readonly identity: string;
}

/** Tokens of a workspace start like this; they have no claims to read and cannot be renewed. */
export function isAccessToken({ secret, facts }: Account): boolean {
  return facts?.kind === "access-token" || secret.reveal().startsWith("at-");
}

/**
 * Asks once in a token's lifetime.
 * @throws {ProviderError} `auth` when the token is refused, `bad_response` when the response names no account
 */
export async function findOwner(ctx: ProviderContext, party: RequestTarget): Promise<Owner> {
  const known = ctx.memory.get(REMEMBERED) as Owner | undefined;
  if (known) return known;
  const { body } = await requestJson(ctx, party, WHOAMI, {
    headers: { authorization: `Bearer ${party.account.secret.reveal()}`, "user-agent": "codex-cli" },
    capBytes: 64 * 1024,
  });
  const account = textAt(body, "chatgpt_account_id");
  if (account === undefined) throw badResponseError("OpenAI did not say whose the token is", undefined);
  const owner: Owner = {
    account,
    isFedramp: member(body, "chatgpt_account_is_fedramp") === true,
    identity: formatIdentity(account, textAt(body, "chatgpt_user_id")),
  };
  ctx.memory.set(REMEMBERED, owner);
  return owner;
}
