import { page } from "fresh";
import { SpendPage } from "@/lib/ui/spend/SpendPage.tsx";
import { FieldsError } from "@/lib/web/failure.ts";
import { readForm } from "@/lib/web/form.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { applySpendForm, spendPage } from "@/lib/web/spend.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

/** What was spent, what is left for today, and what plans were worth: the figures of `syntrack spend`. */
export const handlers = define.handlers({
  async GET(ctx) {
    return page(await spendPage(ctx.state, ctx.url.searchParams));
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    try {
      const account = await applySpendForm(ctx.state.services, form, pageZone(ctx.state));
      ctx.state.done = { target: account, detail: { done: "price and budget" } };
      return ctx.redirect("/spend?done=saved", 303);
    } catch (error) {
      if (!(error instanceof FieldsError)) throw error;
      const problems = error.errors;
      return page(await spendPage(ctx.state, new URLSearchParams(), { typed: form, problems }), {
        status: 422,
      });
    }
  },
});

export default define.page<typeof handlers>(function Spend({ data }) {
  const { facts, view, note } = data;
  return (
    <FormFrame facts={facts} page="spend" title="Spend" note={note}>
      <SpendPage view={view} />
    </FormFrame>
  );
});
