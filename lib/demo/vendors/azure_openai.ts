/**
 * Azure OpenAI: how much of each of a region's quotas is allocated
 * to deployments. It changes manually, now and then.
 */
import type { Person } from "../person.ts";
import { simpleVendor } from "./simple.ts";
import type { Level, Vendor, VendorRequest } from "./vendor.ts";

const KEY = "demo-opens-nothing";
const SUBSCRIPTION = "00000000-0000-0000-0000-00000000d310";
const DAY = 86_400_000;

interface Ceiling extends Level {
  readonly row: string;
  /** Thousands of tokens per minute. */
  readonly limit: number;
  stated(now: number): number;
}

export function azureOpenai(person: Person): Vendor {
  /** A deployment was enlarged some days before the demo. */
  const grown = person.anchor - 6 * DAY;
  const ceilings: readonly Ceiling[] = [
    {
      row: "OpenAI.GlobalStandard.gpt-4o",
      quota: "tpm-allocated-globalstandard-gpt-4o",
      figure: "used",
      limit: 450,
      stated: (now) => now < grown ? 120_000 : 300_000,
    },
    {
      row: "OpenAI.Standard.text-embedding-3-small",
      quota: "tpm-allocated-standard-text-embedding-3-small",
      figure: "used",
      limit: 350,
      stated: () => 35_000,
    },
  ];

  const encodeRows = ({ now, inverted }: VendorRequest) =>
    ceilings.map(({ row, limit, stated }) => ({
      name: { value: row, localizedValue: `Tokens Per Minute (thousands) - ${row.split(".").at(-1)}` },
      currentValue: inverted ? limit - stated(now) / 1000 : stated(now) / 1000,
      limit,
      unit: "Count",
    }));

  return simpleVendor({
    id: "azure-openai",
    key: KEY,
    environment: {
      AZURE_ACCESS_TOKEN: KEY,
      AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
      AZURE_OPENAI_REGION: "swedencentral",
    },
    levels: ceilings,
    routes: {
      [`/subscriptions/${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/swedencentral/usages`]:
        (
          req,
        ) => ({ value: encodeRows(req) }),
    },
  });
}
