/** The fake vendors, one line each, in registry order. */
import { amp } from "./amp.ts";
import { anthropic } from "./anthropic.ts";
import { anthropicApi } from "./anthropic_api.ts";
import { antigravity } from "./antigravity.ts";
import { azureOpenai } from "./azure_openai.ts";
import { bedrock } from "./bedrock.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { cursor } from "./cursor.ts";
import { deepseek } from "./deepseek.ts";
import { gemini } from "./gemini.ts";
import { googleAi } from "./google_ai.ts";
import { grok } from "./grok.ts";
import { kimi } from "./kimi.ts";
import { minimax } from "./minimax.ts";
import { moonshot } from "./moonshot.ts";
import { openai } from "./openai.ts";
import { opencodeZen } from "./opencode_zen.ts";
import { openrouter } from "./openrouter.ts";
import { synthetic } from "./synthetic.ts";
import type { MakeVendor } from "./vendor.ts";
import { zai } from "./zai.ts";

/** By the id of the provider that polls it. */
export const VENDORS: Readonly<Record<string, MakeVendor>> = {
  synthetic,
  zai,
  anthropic,
  codex,
  copilot,
  cursor,
  gemini,
  antigravity,
  minimax,
  kimi,
  grok,
  "opencode-zen": opencodeZen,
  amp,
  openrouter,
  openai,
  "anthropic-api": anthropicApi,
  "google-ai": googleAi,
  "azure-openai": azureOpenai,
  bedrock,
  deepseek,
  moonshot,
};

/** One person's selection: every kind of window and figure, and no more than fits on a screen or two. */
export const SHOWN: readonly string[] = [
  "synthetic",
  "zai",
  "anthropic",
  "codex",
  "copilot",
  "cursor",
  "gemini",
  "minimax",
  "kimi",
  "amp",
  "openrouter",
  "openai",
  "bedrock",
  "deepseek",
];
