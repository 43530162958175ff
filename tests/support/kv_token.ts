/**
 * The token of servers of key-value databases. The runtime reads it from the environment when it opens one, and tests
 * that run at the same time share that: so it is always the same and stays, and no test takes it from another.
 */
export const KV_TOKEN = "token-TESTONLY";

export const KV_TOKEN_VARIABLE = "DENO_KV_ACCESS_TOKEN";

/** Lets databases on such servers be opened. */
export function setKvToken(): void {
  Deno.env.set(KV_TOKEN_VARIABLE, KV_TOKEN);
}
