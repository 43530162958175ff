/** Whether the logins of a provider's own tool may be renewed: only with their owner's consent. */
import { type Provider, REFRESH_REASONS, type RefreshReason, refreshVariable } from "../provider/contract.ts";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

export const REFRESH_WORDS = "off, expired, limited, or expired,limited";

/** Returns null for any other text. */
export function parseRefresh(text: string): readonly RefreshReason[] | null {
  const words = text.toLowerCase().split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 1 && ["off", "none", "false", "0"].includes(words[0] ?? "")) return [];
  const reasons = REFRESH_REASONS.filter((reason) => words.includes(reason));
  return words.length > 0 && reasons.length === new Set(words).size ? reasons : null;
}

export interface RefreshSetting {
  readonly reasons: readonly RefreshReason[];
  /** In words for people, when set. */
  readonly source?: string;
  readonly problem?: Problem;
}

/**
 * Reads the refresh setting. Ignores `./.env`, whose folder may have been made by another user, because the
 * setting permits writing to files.
 */
export function refreshSetting(
  { id }: Pick<Provider, "id">,
  environment: Pick<Environment, "find">,
): RefreshSetting {
  const found = environment.find(refreshVariable(id));
  if (!found) return { reasons: [] };
  const { value, source, layer } = found;
  const createProblem = (problem: string, wanted: string): RefreshSetting => ({
    reasons: [],
    source,
    problem: { level: "warning", field: source, problem, got: value, wanted },
  });
  if (layer === "working-directory") {
    return createProblem(
      "is not read from the working directory",
      "it in the environment, in ~/.syntrack/.env or in the config file",
    );
  }
  const reasons = parseRefresh(value);
  return reasons ? { reasons, source } : createProblem("not a valid value", REFRESH_WORDS);
}
