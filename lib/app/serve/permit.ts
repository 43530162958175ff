/** Decides whether the server may listen where the settings say, and which notices that needs. */
import type { Endpoint } from "../listen/listen.ts";
import { classifyReach, findFurthest } from "./plan.ts";

/** Thrown when it would be reachable without sign-ins, or in a way that was excluded. */
export class ListenRefused extends Error {
  override readonly name = "ListenRefused";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export interface PermitQuestion {
  readonly endpoints: readonly Endpoint[];
  /** Whether connections are encrypted. */
  readonly secure: boolean;
  readonly allowPlainHttp: boolean;
  /** Whether anyone could sign in: with a token, a key, as a user, or with an unused set-up code. */
  readonly canSignIn: () => Promise<boolean>;
}

const SIGNING_IN =
  "Create a token with `syntrack token generate --save`, or pass one with SYNTRACK_AUTH_TOKENS or " +
  "--auth-token; or add a person with `syntrack user add NAME`, or by SYNTRACK_ADMIN_USER and SYNTRACK_ADMIN_PASS; or " +
  "create a key with `syntrack key create NAME`. Without --bind-all, --host, --tailscale and --tailscale-ip only this " +
  "machine is served";

/** @returns notices for the user who starts it. @throws {ListenRefused} */
export async function checkPermitted(question: PermitQuestion): Promise<readonly string[]> {
  const { endpoints, secure, allowPlainHttp, canSignIn } = question;
  const reach = findFurthest(endpoints);
  if (reach === "machine") return [];
  const where = endpoints.flatMap((one) =>
    "hostname" in one && classifyReach(one.hostname) !== "machine" ? [one.hostname] : []
  ).join(", ");
  if (!await canSignIn()) {
    throw new ListenRefused(
      `Cannot listen on ${where}: others could reach it, and no one can sign in yet`,
      SIGNING_IN,
    );
  }
  if (reach === "tailnet" || secure) return [];
  if (!allowPlainHttp) {
    throw new ListenRefused(
      `Cannot listen on ${where}: it would be http without encryption, which SYNTRACK_ALLOW_PLAIN_HTTP rules out`,
      "Listen on this machine and put a proxy with https in front of it, or use --tailscale",
    );
  }
  return [
    `What is sent to and from ${where} is not encrypted: anyone on the way can read it, including passwords and tokens`,
  ];
}
