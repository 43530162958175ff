/**
 * The Gemini API of a Google Cloud project. No call says what is left, so use and limits come from Cloud
 * Monitoring, some minutes late. A key for model calls can only be checked for validity.
 */
import { DAY_MS } from "../lib/model/duration.ts";
import { type ProviderContext, Secret } from "../lib/provider/context.ts";
import { member } from "../lib/provider_kit/decode.ts";
import { firstSetting } from "../lib/provider_kit/login_file.ts";
import { isoSeconds, kindOfFailure, readAllPages, zoneDay } from "../lib/provider_kit/pages.ts";
import { type Answer, type Provider, ProviderError } from "../lib/provider/contract.ts";
import { createAnswer, createGathering, type Gathering } from "../lib/provider_kit/readings.ts";
import { requestJson, type RequestTarget, unavailableError } from "../lib/provider_kit/request_json.ts";
import { accessToken, fileLogin, PLACES, PROJECTS, SIGN_IN } from "./google_ai/login.ts";
import { explain } from "./google_ai/refusal.ts";
import { createReadings, type Line, parseLines, ZONE } from "./google_ai/series.ts";

const SERVICE = "generativelanguage.googleapis.com";
const KEYS = ["GEMINI_API_KEY", "GOOGLE_API_KEY"];

/** The quotas the vendor counts. A project has those of its tier. */
const METRICS = [
  "generate_content_free_tier_requests",
  "generate_content_free_tier_input_token_count",
  "generate_requests_per_model",
  "generate_requests_per_model_per_day",
  "generate_content_paid_tier_input_token_count",
  "generate_content_paid_tier_2_input_token_count",
  "generate_content_paid_tier_3_input_token_count",
];

export const googleAi: Provider = {
  id: "google-ai",
  name: "Gemini API",
  aliases: ["ai-studio"],
  hosts: ["monitoring.googleapis.com", "oauth2.googleapis.com", SERVICE],
  official: true,
  vendor: {
    letters: "Ga",
    colour: "#1b66c9",
    usage: "https://aistudio.google.com/usage",
    status: "https://aistudio.google.com/status",
  },
  pools: [
    { counts: "none", quotas: ["*-per-minute-*", "*-per-minute"] },
    { counts: "use", quotas: ["requests-per-day", ["requests-per-day-*"]] },
  ],
  signIn: `${SIGN_IN} and set GOOGLE_CLOUD_PROJECT`,
  settings: [
    { name: "GOOGLE_OAUTH_ACCESS_TOKEN", secret: true, help: "An access token; valid for an hour" },
    {
      name: "GEMINI_API_KEY",
      secret: true,
      help: "Key of AI Studio; only checked for validity",
    },
    { name: "GOOGLE_API_KEY", secret: true, help: "The same under another name", alias: true },
    {
      name: "GOOGLE_APPLICATION_CREDENTIALS",
      secret: false,
      home: true,
      help: "File with the key of a service account or a person's default credentials",
    },
    {
      name: "CLOUDSDK_CONFIG",
      secret: false,
      home: true,
      help: "Folder of gcloud, ~/.config/gcloud by default",
    },
    {
      name: "GOOGLE_AI_PROJECT",
      secret: false,
      help: "The project; takes precedence over the three variables of gcloud",
    },
    { name: "GOOGLE_CLOUD_PROJECT", secret: false, help: "The project" },
    { name: "GCLOUD_PROJECT", secret: false, help: "The same under another name", alias: true },
    { name: "CLOUDSDK_CORE_PROJECT", secret: false, help: "The same under another name", alias: true },
  ],
  places: PLACES,
  everyMs: 5 * 60_000,

  async accounts(ctx) {
    const token = ctx.find("GOOGLE_OAUTH_ACCESS_TOKEN");
    const key = firstSetting(ctx, KEYS);
    const project = firstSetting(ctx, PROJECTS)?.value;
    const facts = project === undefined ? {} : { project };
    const common = { name: "default" };
    if (token) {
      const remedy = "Set GOOGLE_OAUTH_ACCESS_TOKEN to a new token: it lives for an hour";
      return [{
        ...common,
        source: token.source,
        remedy,
        secret: new Secret(token.value),
        facts: { ...facts, how: "token" },
      }];
    }
    // Default credentials serve many purposes: use them only when another setting refers to Gemini.
    const isRequested = key !== undefined || project !== undefined ||
      ctx.find("GOOGLE_APPLICATION_CREDENTIALS") !== undefined || ctx.find("CLOUDSDK_CONFIG") !== undefined;
    const login = isRequested ? await fileLogin(ctx) : undefined;
    if (login) return [{ ...login, facts: { ...login.facts, ...facts } }];
    if (!key) return [];
    return [{ ...common, source: key.source, secret: new Secret(key.value), facts: { how: "key" } }];
  },

  async read(ctx, account): Promise<Answer> {
    const party: RequestTarget = { vendor: "Google", account };
    if (account.facts?.how === "key") return await checkKey(ctx, party);
    const { project } = account.facts ?? {};
    if (project === undefined) {
      throw new ProviderError("missing", "It is not clear which project to poll", {
        hint: "Set GOOGLE_CLOUD_PROJECT",
      });
    }
    const token = await accessToken(ctx, account);
    const headers = {
      authorization: `Bearer ${token}`,
      ...account.facts?.how === "person" ? { "x-goog-user-project": project } : {},
    };
    const found = createGathering();
    const fetchLines = async (filter: string, from: number) => {
      const pages = await fetchSeries(ctx, party, { project, headers, filter, from });
      return pages?.flatMap((page) => parseLines(page, found)) ?? null;
    };
    for (
      const reading of createReadings(...await readUsedAndLimits(ctx, party, found, fetchLines), ctx.now())
    ) {
      found.add(reading);
    }
    return createAnswer("Google", null, found);
  },
};

/** Checks whether a key is valid; a key can tell nothing else. */
async function checkKey(ctx: ProviderContext, party: RequestTarget): Promise<Answer> {
  const { account } = party;
  await requestJson(ctx, party, `https://${SERVICE}/v1beta/models?pageSize=1`, {
    headers: { "x-goog-api-key": account.secret.reveal() },
    explain: (_, body) => explain(account, body),
  });
  ctx.log.info("The key is valid; its quotas are only shown to a login of the project", {
    account: account.name,
    hint: `${SIGN_IN} and set GOOGLE_CLOUD_PROJECT`,
  });
  return { readings: [] };
}

/** Returns null when there is no such metric. */
type Lines = (filter: string, from: number) => Promise<readonly Line[] | null>;

/** Returns use and limits, from the vendor's own metrics, or else from those common to all its services. */
async function readUsedAndLimits(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
  lines: Lines,
): Promise<[used: readonly Line[], limits: readonly Line[]]> {
  const today = zoneDay(ctx.now(), ZONE).start;
  const yesterday = ctx.now() - DAY_MS;
  const used: Line[] = [];
  const limits: Line[] = [];
  const failures: unknown[] = [];
  let answered = false;
  /** Reads use and limits of a metric; without the limits, use would look like that of a quota that has none. */
  async function fetchPair(usageFilter: string, limitFilter: string) {
    try {
      const ofUse = await lines(usageFilter, today);
      // A metric exists only after its first use.
      if (ofUse === null) return;
      limits.push(...await lines(limitFilter, yesterday) ?? []);
      used.push(...ofUse);
      answered = true;
    } catch (error) {
      if (kindOfFailure(error) !== "unavailable") throw error;
      found.miss(error, "*");
      failures.push(error);
    }
  }
  const filterByType = (type: string) => `metric.type="${type}"`;
  for (const metric of METRICS) {
    await fetchPair(
      filterByType(`${SERVICE}/quota/${metric}/usage`),
      filterByType(`${SERVICE}/quota/${metric}/limit`),
    );
  }
  if (used.length === 0 && limits.length === 0) {
    const ofService = ` AND resource.labels.service="${SERVICE}"`;
    await fetchPair(
      filterByType("serviceruntime.googleapis.com/quota/rate/net_usage") + ofService,
      filterByType("serviceruntime.googleapis.com/quota/limit") + ofService,
    );
  }
  if (!answered) {
    throw failures[0] ?? unavailableError(party, "it has no figures of the project (status 404)");
  }
  return [used, limits];
}

/** Thrown when there is no such metric. */
const ABSENT = Symbol("absent");

interface SeriesQuery {
  readonly project: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly filter: string;
  /** Epoch milliseconds. */
  readonly from: number;
}

async function fetchSeries(
  ctx: ProviderContext,
  party: RequestTarget,
  query: SeriesQuery,
): Promise<readonly unknown[] | null> {
  const { project, headers, filter, from } = query;
  const url = `https://monitoring.googleapis.com/v3/projects/${encodeURIComponent(project)}/timeSeries` +
    `?filter=${encodeURIComponent(filter)}&interval.startTime=${isoSeconds(from)}` +
    `&interval.endTime=${isoSeconds(ctx.now())}&view=FULL&pageSize=1000`;
  const pages = readAllPages(async (cursor) => {
    const page = cursor === null ? url : `${url}&pageToken=${encodeURIComponent(cursor.toWellFormed())}`;
    const { status, body } = await requestJson(ctx, party, page, {
      headers,
      expected: [404],
      explain: (_, body) => explain(party.account, body),
    });
    if (status === 404) throw ABSENT;
    return body;
  }, (page) => {
    const cursor = member(page, "nextPageToken");
    return typeof cursor === "string" && cursor !== "" ? cursor : null;
  });
  return await pages.catch((error) => {
    if (error !== ABSENT) throw error;
    return null;
  });
}
