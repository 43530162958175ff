/** Sends one signed call to an AWS service with a JSON API, and maps its errors by name, not by status. */
import { AwsV4Signer } from "aws4fetch";
import type { ProviderContext } from "../../lib/provider/context.ts";
import { member } from "../../lib/provider_kit/decode.ts";
import { ProviderError } from "../../lib/provider/contract.ts";
import {
  rateLimitedError,
  refusedError,
  requestJson,
  type RequestTarget,
  unavailableError,
} from "../../lib/provider_kit/request_json.ts";
import type { Keys } from "./login.ts";

export interface Call {
  /** `servicequotas` */
  readonly service: string;
  readonly region: string;
  /** `ServiceQuotasV20190624.ListServiceQuotas` */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  readonly body: unknown;
}

/** Returns the host of a regional service. */
export function formatHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** Returns the response. @throws {ProviderError} */
export async function call(
  ctx: ProviderContext,
  party: RequestTarget,
  keys: Keys,
  one: Call,
): Promise<unknown> {
  const { service, region, target, version } = one;
  const url = `https://${formatHost(service, region)}/`;
  const signer = new AwsV4Signer({
    method: "POST",
    url,
    headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target },
    body: JSON.stringify(one.body),
    ...keys,
    service,
    region,
    datetime: new Date(ctx.now()).toISOString().replace(/[-:]|\.\d+/g, ""),
    // Otherwise the content type would not be signed.
    allHeaders: true,
  });
  const { method, headers, body } = await signer.sign();
  const answer = await requestJson(ctx, party, url, {
    method,
    headers,
    body: body as string,
    explain: (status, answered) => toProviderError(party, parseErrorName(answered), status),
  });
  return answer.body;
}

/**
 * Returns the name of an error: `com.amazon.coral.service#ExpiredTokenException` becomes
 * `ExpiredTokenException`.
 */
function parseErrorName(body: unknown): string {
  const type = member(body, "__type") ?? member(body, "code") ?? member(body, "Code");
  return typeof type === "string" ? type.replace(/^.*#/, "").replace(/:.*$/, "").slice(0, 80) : "";
}

const EXPIRED = /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/;
const DENIED = /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized)$/;
const REFUSED =
  /^(?:UnrecognizedClient|UnrecognizedClientException|InvalidClientTokenId|MissingAuthenticationToken|MissingAuthenticationTokenException|OptInRequired|IncompleteSignature|IncompleteSignatureException)$/;
const SIGNATURE = /^(?:InvalidSignatureException|SignatureDoesNotMatch)$/;
const BUSY =
  /^(?:Throttling|ThrottlingException|TooManyRequestsException|LimitExceededException|RequestLimitExceeded)$/;

function toProviderError(party: RequestTarget, name: string, status: number): ProviderError | undefined {
  if (BUSY.test(name)) return rateLimitedError(party, undefined);
  if (EXPIRED.test(name)) {
    return new ProviderError("auth", "The keys of AWS have expired", {
      reason: "expired",
      hint: party.account.remedy ?? "Sign in to AWS again",
    });
  }
  if (DENIED.test(name)) {
    return new ProviderError("auth", "AWS does not allow this login to ask", {
      hint:
        "Allow it servicequotas:ListServiceQuotas, cloudwatch:GetMetricData, and ce:GetCostAndUsage for costs",
    });
  }
  if (SIGNATURE.test(name)) {
    return new ProviderError("auth", "AWS does not accept the signature", {
      hint: "Check the secret access key, and that the clock of this machine is right",
    });
  }
  if (REFUSED.test(name)) return refusedError(party, name);
  // A new account's cost report is not ready yet.
  if (name === "DataUnavailableException") return unavailableError(party, "it has no figures yet");
  return status >= 500 ? unavailableError(party, `it answered with status ${status}`) : undefined;
}
