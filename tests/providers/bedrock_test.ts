import { createHash, createHmac } from "node:crypto";
import { bedrock } from "../../providers/bedrock.ts";
import { idsFor, modelIds, toCeiling } from "../../providers/bedrock/quotas.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const NOW = "2026-11-21T12:00:00.000Z";
const KEYS = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "TESTONLY" };
const CREDENTIALS = "${AWS_SHARED_CREDENTIALS_FILE:-~/.aws/credentials}";
const CONFIG = "${AWS_CONFIG_FILE:-~/.aws/config}";

const answering = (options: FakeContextOptions = {}) =>
  createFakeContext({
    now: NOW,
    settings: KEYS,
    answer: (sent) => {
      const target = sent.headers.get("x-amz-target") ?? "";
      if (target.endsWith("GetCostAndUsage")) return Response.json({ ResultsByTime: [] });
      return Response.json(target.endsWith("GetMetricData") ? { MetricDataResults: [] } : { Quotas: [] });
    },
    ...options,
  });

async function accountIn(options: FakeContextOptions) {
  const [account] = await bedrock.accounts(createFakeContext(options));
  return account;
}

Deno.test("a call is signed as AWS computes it, over host, type, date and target", async () => {
  const ctx = answering({ settings: { ...KEYS, AWS_REGION: "us-west-2" } });
  const [account] = await bedrock.accounts(ctx);
  assert(account);
  await bedrock.read(ctx, account);
  const [sent] = ctx.requests;
  assert(sent);
  const host = "servicequotas.us-west-2.amazonaws.com";
  assertEquals([sent.host, sent.headers.get("x-amz-date")], [host, "20261121T120000Z"]);

  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const mac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
  const type = "application/x-amz-json-1.1";
  const target = "ServiceQuotasV20190624.ListServiceQuotas";
  const names = "content-type;host;x-amz-date;x-amz-target";
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:20261121T120000Z\n` +
    `x-amz-target:${target}\n\n${names}\n${hash(sent.body)}`;
  const scope = "20261121/us-west-2/servicequotas/aws4_request";
  const key = ["20261121", "us-west-2", "servicequotas", "aws4_request"]
    .reduce<string | Uint8Array>(mac, "AWS4TESTONLY");
  const signature = createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n20261121T120000Z\n${scope}\n${hash(canonical)}`).digest("hex");
  assertEquals(
    sent.headers.get("authorization"),
    `AWS4-HMAC-SHA256 Credential=AKIATEST/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  );
});

Deno.test("names of quotas state what is counted, how and over which time, and other rows count nothing", () => {
  const keys = [
    "On-demand InvokeModel tokens per minute for Meta Llama 3 8B Instruct",
    "cross-region model inference requests per minute for Anthropic Claude Sonnet 4.5",
    "Global cross-Region model inference tokens per minute for Anthropic Claude Haiku 4.5",
    "Model invocation max tokens per day for Amazon Nova Pro",
    "Global cross-region model inference tokens per day for Amazon Nova Pro",
    "Batch inference input file size (in GB)",
    "Number of custom models with units per account",
    "On-demand InvokeModel tokens per minute for ",
    "",
  ].map((name) => toCeiling(name, 1)?.quota ?? null);
  assertEquals(keys, [
    "tpm-on-demand-meta-llama-3-8b-instruct",
    "rpm-cross-region-anthropic-claude-sonnet-4-5",
    "tpm-global-anthropic-claude-haiku-4-5",
    "tpd-amazon-nova-pro",
    "tpd-global-amazon-nova-pro",
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("traffic of one kind of model call is never shown as that of another", () => {
  const ids = modelIds(
    createFakeContext({ settings: { BEDROCK_MODELS: '{"X":["us.x","global.x"],"Y":"y"}' } }),
  );
  const all = [
    "Cross-region model inference tokens per minute for X",
    "On-demand model inference tokens per minute for X",
    "Global cross-region model inference tokens per minute for X",
    "Cross-region model inference tokens per minute for Y",
  ].flatMap((name) => toCeiling(name, 1) ?? []);
  assertEquals(all.map((one) => idsFor(one, ids, all)), [["us.x"], [], ["global.x"], ["y"]]);
});

Deno.test("paid data is requested only with an opt-in, and once in six hours", async () => {
  const costs = async (settings: Readonly<Record<string, string>>, hours: readonly number[]) => {
    const ctx = answering({ settings: { ...KEYS, ...settings } });
    const [account] = await bedrock.accounts(ctx);
    assert(account);
    for (const hour of hours) {
      await bedrock.read({ ...ctx, now: () => Date.parse(NOW) + hour * 3_600_000 }, account);
    }
    return ctx.requests.filter((sent) => sent.host.startsWith("ce.")).length;
  };
  assertEquals(await costs({}, [0, 7]), 0);
  assertEquals(await costs({ BEDROCK_COST: "1" }, [0, 1, 5.9]), 1);
  assertEquals(await costs({ BEDROCK_MONTHLY_BUDGET_USD: "5" }, [0, 1, 6.1]), 2);
  const monthEnd = (Date.parse("2026-12-01T00:00:00Z") - Date.parse(NOW)) / 3_600_000;
  assertEquals(await costs({ BEDROCK_COST: "1" }, [monthEnd - 1, monthEnd + 1]), 2);
});

Deno.test("limits are requested once a day", async () => {
  const ctx = answering();
  const [account] = await bedrock.accounts(ctx);
  assert(account);
  for (const hour of [0, 1, 23, 25]) {
    await bedrock.read({ ...ctx, now: () => Date.parse(NOW) + hour * 3_600_000 }, account);
  }
  assertEquals(ctx.requests.length, 2);
});

Deno.test("the environment precedes files, and files are read only if something points to them", async () => {
  const files = { [CREDENTIALS]: "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=fromfile\n" };
  assertEquals(await accountIn({ files }), undefined);
  assertEquals(
    (await accountIn({ files, settings: { ...KEYS, BEDROCK_COST: "1" } }))?.secret.reveal(),
    "TESTONLY",
  );
  const account = await accountIn({ files, settings: { BEDROCK_REGION: "eu-west-3" } });
  assertEquals([account?.secret.reveal(), account?.facts?.region, account?.source], [
    "fromfile",
    "eu-west-3",
    'profile "default" of AWS',
  ]);
  const halves = await assertRejects(() => accountIn({ settings: { AWS_ACCESS_KEY_ID: "AKIATEST" } }));
  assertEquals(kindOf(halves), "missing");
});

Deno.test("regions: the most explicit wins, and an invalid one is refused before it becomes a host", async () => {
  const config = {
    [CONFIG]: "[profile a]\nregion = ap-south-1\n",
    [CREDENTIALS]: "[a]\naws_access_key_id=b\naws_secret_access_key=c\n",
  };
  const region = async (settings: Readonly<Record<string, string>>) =>
    (await accountIn({ files: config, settings: { AWS_PROFILE: "a", ...settings } }))?.facts?.region;
  assertEquals(await region({}), "ap-south-1");
  assertEquals(await region({ AWS_DEFAULT_REGION: "us-east-2" }), "us-east-2");
  assertEquals(
    await region({ AWS_DEFAULT_REGION: "us-east-2", AWS_REGION: "us-gov-west-1" }),
    "us-gov-west-1",
  );
  assertEquals(await region({ AWS_REGION: "us-east-2", BEDROCK_REGION: "eu-north-1" }), "eu-north-1");
  await assertRejects(() => region({ AWS_REGION: "elsewhere.example/" }), /AWS region is not valid/);
  const hosts = (await accountIn({ settings: { ...KEYS, AWS_REGION: "cn-north-1" } }))?.hosts;
  assertEquals(hosts, [
    "servicequotas.cn-north-1.amazonaws.com.cn",
    "monitoring.cn-north-1.amazonaws.com.cn",
    "ce.cn-northwest-1.amazonaws.com.cn",
  ]);
});

Deno.test("a profile with an expired sign-in says how to sign in again, and no request is sent", async () => {
  const files = { [CONFIG]: "[profile sso]\nsso_session = corp\n" };
  const settings = { AWS_PROFILE: "sso" };
  const command = "aws configure export-credentials --profile sso --format process";
  const ended = createFakeContext({ files, settings, commands: { [command]: { code: 255, stdout: "" } } });
  const [account] = await bedrock.accounts(ended);
  assert(account);
  const error = await assertRejects(() => bedrock.read(ended, account));
  assertEquals([kindOf(error), Reflect.get(error as Error, "reason")], ["auth", "expired"]);
  assertMatch(String(Reflect.get(error as Error, "hint")), /^Run aws sso login --profile sso/);
  const absent = createFakeContext({ files, settings });
  assertEquals(kindOf(await assertRejects(() => bedrock.read(absent, account))), "missing");
  assertEquals([...ended.requests, ...absent.requests], []);
});

Deno.test("figures belong to an AWS account in a region, whichever key requests them", async () => {
  const arn = "arn:aws:servicequotas:us-west-2:000000000001:bedrock/L-1";
  const ctx = answering({
    settings: { ...KEYS, AWS_REGION: "us-west-2", BEDROCK_ONLY_MAPPED: "1" },
    answer: () =>
      Response.json({
        Quotas: [{ QuotaName: "On-demand InvokeModel tokens per minute for X", Value: 5, QuotaArn: arn }],
      }),
  });
  const [account] = await bedrock.accounts(ctx);
  assert(account);
  const answer = await bedrock.read(ctx, account);
  assertEquals([answer.identity, answer.readings], ["000000000001 us-west-2", []]);
});
