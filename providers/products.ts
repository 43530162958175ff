/** Names and pools by provider. Made by dev/provider_docs.ts of what each provider declares. */
import type { Pool } from "../lib/model/history/counting.ts";

export interface Product {
  /** Id of the provider. */
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly pools: readonly Pool[];
}

/** In registry order. */
// deno-fmt-ignore
export const PRODUCTS: readonly Product[] = [
  {"id":"synthetic","name":"Synthetic","aliases":[],"pools":[{"counts":"use","quotas":["weekly-credits","five-hour","subscription"]},{"counts":"use","quotas":["search"]},{"counts":"use","quotas":["tool-calls"]},{"counts":"none","quotas":["other-*"]}]},
  {"id":"zai","name":"Z.ai","aliases":["glm","zhipu"],"pools":[{"counts":"use","quotas":["monthly","weekly","five-hour","tokens-*","credit-*","tokens","credit"]},{"counts":"use","quotas":["tool-calls"]},{"counts":"use","quotas":["<type>-#s","<type>"]}]},
  {"id":"anthropic","name":"Claude","aliases":["claude-code","claude-max","claude-pro"],"pools":[{"counts":"spend","quotas":["extra-usage"]},{"counts":"use","quotas":["seven-day","five-hour","daily","seven-day-*","*"]}]},
  {"id":"codex","name":"Codex","aliases":["chatgpt","openai-codex"],"pools":[{"counts":"spend","quotas":["spend-limit"]},{"counts":"use","quotas":["code-review","code-review-*"]},{"counts":"use","quotas":["seven-day","thirty-day","five-hour","window-#s","window-primary","window-secondary","plan","seven-day-*","thirty-day-*","five-hour-*"]},{"counts":"use","quotas":["<limit>-seven-day","<limit>-thirty-day","<limit>-five-hour","<limit>-window-#s","<limit>-window-primary","<limit>-window-secondary","<limit>-seven-day-*","<limit>-thirty-day-*","<limit>-five-hour-*"]}]},
  {"id":"copilot","name":"GitHub Copilot","aliases":["github"],"pools":[{"counts":"use","quotas":["<kind>"]}]},
  {"id":"cursor","name":"Cursor","aliases":[],"pools":[{"counts":"use","quotas":[["auto","api"],"total"]},{"counts":"spend","quotas":["on-demand","team-on-demand"]},{"counts":"use","quotas":["credits"]},{"counts":"use","quotas":["grok-bot"]},{"counts":"use","quotas":["requests-<model>"]},{"counts":"use","quotas":["pool-<name>"]}]},
  {"id":"gemini","name":"Gemini CLI","aliases":["google"],"pools":[{"counts":"use","quotas":["<model>"]}]},
  {"id":"antigravity","name":"Antigravity","aliases":[],"pools":[{"counts":"use","quotas":["<pool>-monthly","<pool>-weekly","<pool>-five-hour","<pool>"]}]},
  {"id":"minimax","name":"MiniMax","aliases":[],"pools":[{"counts":"use","quotas":["monthly","weekly","daily","five-hour"]},{"counts":"use","quotas":["<model>-monthly","<model>-weekly","<model>-daily","<model>-interval","<model>-#s","<model>"]}]},
  {"id":"kimi","name":"Kimi Code","aliases":[],"pools":[{"counts":"spend","quotas":["booster-monthly","booster"]},{"counts":"use","quotas":["monthly-total","weekly","window-7d","window-*","five-hour","monthly-code","*"]}]},
  {"id":"grok","name":"Grok","aliases":["xai"],"pools":[{"counts":"use","quotas":["credits",["product-*"],"monthly-spend"]},{"counts":"spend","quotas":["on-demand","prepaid-balance"]}]},
  {"id":"opencode-zen","name":"OpenCode","aliases":["zen"],"pools":[{"counts":"use","quotas":["monthly","weekly","daily","five-hour"]},{"counts":"spend","quotas":["balance"]}]},
  {"id":"amp","name":"Amp","aliases":["ampcode"],"pools":[{"counts":"use","quotas":["free-tier"]},{"counts":"spend","quotas":["individual-credits"]},{"counts":"spend","quotas":["workspace-credits-<workspace>"]},{"counts":"use","quotas":["agent-usage"]},{"counts":"use","quotas":["orb-usage"]}]},
  {"id":"openrouter","name":"OpenRouter","aliases":[],"pools":[{"counts":"spend","quotas":["spend-monthly","spend-weekly","spend-daily","key-limit","credits"]},{"counts":"use","quotas":["free-model-daily"]}]},
  {"id":"openai","name":"OpenAI API","aliases":["openai-api","openai-platform"],"pools":[{"counts":"spend","quotas":["monthly-spend","credit-balance","soft-limit"]},{"counts":"use","quotas":["month-requests"]},{"counts":"use","quotas":["month-tokens"]}]},
  {"id":"anthropic-api","name":"Claude API","aliases":["anthropic-console"],"pools":[{"counts":"none","quotas":["*-per-minute-*"]},{"counts":"spend","quotas":["monthly-spend","spend-limit-monthly","spend-limit-daily","spend-limit-*"]},{"counts":"use","quotas":["month-input-tokens"]},{"counts":"use","quotas":["month-output-tokens"]}]},
  {"id":"google-ai","name":"Gemini API","aliases":["ai-studio"],"pools":[{"counts":"none","quotas":["*-per-minute-*","*-per-minute"]},{"counts":"use","quotas":["requests-per-day",["requests-per-day-*"]]}]},
  {"id":"azure-openai","name":"Azure OpenAI","aliases":["azure"],"pools":[{"counts":"none","quotas":["*"]}]},
  {"id":"bedrock","name":"Amazon Bedrock","aliases":["aws"],"pools":[{"counts":"spend","quotas":["monthly-cost"]},{"counts":"none","quotas":["tpm-*","rpm-*"]},{"counts":"use","quotas":["tpd-<model>"]}]},
  {"id":"deepseek","name":"DeepSeek","aliases":[],"pools":[{"counts":"spend","quotas":["balance-<currency>"]},{"counts":"spend","quotas":["balance"]}]},
  {"id":"moonshot","name":"Moonshot","aliases":["kimi-api"],"pools":[{"counts":"spend","quotas":["balance",["voucher","cash"]]}]},
];
