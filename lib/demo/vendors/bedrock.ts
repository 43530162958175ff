/** Amazon Bedrock: per-minute limits of two models, one with measured use and one without. */
import type { Person } from "../person.ts";
import { simpleVendor } from "./simple.ts";
import { createUsage } from "./usage.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const KEY = "AKIADEMOOPENSNOTHING";
const MINUTE = 60_000;
const MEASURED = "Anthropic Claude Sonnet 4.5";
const TPM = 200_000;

export function bedrock(person: Person): Vendor {
  const usage = createUsage(person, "bedrock", { share: 0.45 });
  const tokens = usage.minute("tpm-cross-region-anthropic-claude-sonnet-4-5", 90_000);
  const requests = usage.minute("rpm-cross-region-anthropic-claude-sonnet-4-5", 30);
  const open: Level = { quota: "rpm-on-demand-amazon-nova-pro", figure: "used", stated: () => null };

  const encodeQuota = (QuotaName: string, Value: number) => ({
    ServiceCode: "bedrock",
    QuotaName,
    Value,
    Unit: "None",
    Adjustable: true,
    GlobalQuota: false,
  });
  const ceilings = {
    Quotas: [
      encodeQuota(`Cross-region model inference tokens per minute for ${MEASURED}`, TPM),
      encodeQuota(`Cross-region model inference requests per minute for ${MEASURED}`, 200),
      encodeQuota("On-demand model inference requests per minute for Amazon Nova Pro", 100),
      encodeQuota("Number of custom models with units per account", 2),
    ],
  };

  /** Returns the newest whole minute, in the order of the two queries. */
  function measureTokens({ now, inverted }: VendorRequest) {
    const end = Math.floor(now / MINUTE) * MINUTE;
    const stated = tokens.stated(now);
    return {
      MetricDataResults: [inverted ? Math.max(0, TPM - stated) : stated, requests.stated(now)].map((
        value,
        index,
      ) => ({
        Id: `q${index}`,
        StatusCode: "Complete",
        Timestamps: [(end - MINUTE) / 1000],
        Values: [value],
      })),
      Messages: [],
    };
  }

  function answer(req: VendorRequest) {
    const target = req.request.headers.get("x-amz-target") ?? "";
    return target.endsWith("ListServiceQuotas") ? ceilings : measureTokens(req);
  }

  return simpleVendor({
    id: "bedrock",
    key: KEY,
    method: "POST",
    environment: {
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: "demo-opens-nothing",
      AWS_REGION: "eu-central-1",
      BEDROCK_MODELS: `${MEASURED}=eu.anthropic.claude-sonnet-4-5-v1:0`,
    },
    levels: [tokens, requests, open],
    admits: (request) => (request.headers.get("authorization") ?? "").includes(`Credential=${KEY}/`),
    routes: { "/": answer },
  });
}
