/** The parameters that several operations share. */
import * as v from "valibot";
import {
  AccountParam,
  CursorParam,
  EdgeParam,
  InsightRangeParam,
  NameParam,
  PageLimitParam,
  ProviderParam,
  QuotaParam,
  RangeParam,
} from "../web/params.ts";

export interface Parameter {
  readonly name: string;
  readonly description: string;
  /** Text by default. */
  readonly schema?: v.GenericSchema<unknown, unknown>;
  readonly fallback?: string | number;
  /** Whether it may occur several times. */
  readonly repeated?: boolean;
  /** Whether it may be empty, which means the same as omitting it. */
  readonly blank?: boolean;
}

export const PROVIDER: Parameter = {
  name: "provider",
  description: "Id of a provider; `both` or `all` for an object of all that are configured, by provider. " +
    "The first configured one by default",
  schema: ProviderParam,
};
export const ACCOUNT: Parameter = {
  name: "account",
  description: "Name of an account of the provider",
  schema: NameParam,
};
export const CHOICE = [PROVIDER, ACCOUNT];

export const RANGE: Parameter = {
  name: "range",
  description: "How far back; `1d` means the same as `24h`",
  schema: v.picklist([...RangeParam.options, "1d"]),
  fallback: "6h",
};
export const EDGES: readonly Parameter[] = [
  {
    name: "from",
    description:
      "Start of a custom range: a date, a time of the zone or an instant; takes precedence over `range`",
    schema: EdgeParam,
  },
  { name: "to", description: "Its end; now by default", schema: EdgeParam },
];
export const INSIGHT_RANGE: Parameter = {
  name: "range",
  description: "The time range of insights",
  schema: InsightRangeParam,
  fallback: "7d",
};
export const TYPE: Parameter = {
  name: "type",
  description:
    "Which quota: `subscription`, `search` or `toolcall`; `tokens` or `time`; or the id of any quota. " +
    "With all providers at once, `<provider>Type` applies to one of them",
  schema: NameParam,
};

export const NATIVE_CHOICE: readonly Parameter[] = [
  { name: "provider", description: "Id of a provider", schema: ProviderParam, repeated: true },
  {
    name: "account",
    description: "Key of an account, `provider/name`",
    schema: AccountParam,
    repeated: true,
  },
  { name: "quota", description: "Key of a quota, `provider/name/quota`", schema: QuotaParam, repeated: true },
];
export const PAGE: readonly Parameter[] = [
  { name: "limit", description: "How many at most", schema: PageLimitParam, fallback: 50 },
  { name: "cursor", description: "`next` of the previous page", schema: CursorParam },
];
