/** Hides an insight or shows it again, as a form requests. */
import { HttpError } from "fresh";
import { hiddenKeys } from "../../formats/quota_api_insights.ts";
import { listCorrelated } from "../../model/insights/insight.ts";
import type { AppContext } from "../../app/context.ts";
import { readForm } from "../form.ts";

/** @throws {HttpError} 400 for a form that requests neither */
export async function setInsightHidden(services: AppContext, request: Request): Promise<void> {
  const form = await readForm(request);
  const key = form.get("insight") ?? "";
  const act = form.get("act");
  if (!/^[a-z0-9-]{1,40}:.{1,600}$/su.test(key) || (act !== "hide" && act !== "show")) {
    throw new HttpError(400, "The form does not say which insight to hide or to show");
  }
  const { accounts } = await services.dashboard({ withHidden: true });
  const quotas = accounts.flatMap((account) => account.quotas.map((quota) => quota.key));
  await services.settings.save(({ hiddenInsights }) => {
    // It may have been hidden by its type, or by a type that says nearly the same.
    const others = hiddenInsights.filter((word) => !insightMatches(word, key, quotas));
    return { hiddenInsights: act === "hide" ? [...others, key].slice(-MAX_HIDDEN) : others };
  });
}

const MAX_HIDDEN = 500;

function insightMatches(word: string, key: string, quotas: Parameters<typeof hiddenKeys>[1]): boolean {
  const type = key.slice(0, key.indexOf(":"));
  return hiddenKeys([word], quotas).flatMap(listCorrelated).some((one) => one === key || one === type);
}
