/**
 * The registry: one line per provider, in display order.
 *
 * The only place outside a provider's own file that names it.
 */
import type { Provider } from "../lib/provider/contract.ts";
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
import { zai } from "./zai.ts";

export const providers: readonly Provider[] = [
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
  opencodeZen,
  amp,
  openrouter,
  openai,
  anthropicApi,
  googleAi,
  azureOpenai,
  bedrock,
  deepseek,
  moonshot,
];
