import { page } from "fresh";
import RuleReplay from "@/islands/RuleReplay.tsx";
import { ChannelsCard, FilterForm, SnoozeCard } from "@/lib/ui/alerts/AlertForms.tsx";
import PushSwitch from "@/islands/PushSwitch.tsx";
import { PushCard } from "@/lib/ui/alerts/PushCard.tsx";
import { AlertList } from "@/lib/ui/alerts/AlertList.tsx";
import { RulesCard } from "@/lib/ui/alerts/RulesCard.tsx";
import { alertsPage, applyAlertForm } from "@/lib/web/alerts.ts";
import { FieldsError } from "@/lib/web/failure.ts";
import { readForm } from "@/lib/web/form.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  async GET(ctx) {
    const query = ctx.url.searchParams;
    return page({ ...await alertsPage(ctx.state, query), open: query.has("of") || query.has("try") });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    try {
      const done = await applyAlertForm(ctx.state.services, form, pageZone(ctx.state));
      if (typeof done !== "string") {
        const answered = { typed: form, problems: [], replay: done };
        return page({ ...await alertsPage(ctx.state, new URLSearchParams(), answered), open: true });
      }
      const of = form.get("of");
      const query = new URLSearchParams({ done, ...of && of !== "*" && { of } });
      return ctx.redirect(`/alerts?${query}`, 303);
    } catch (error) {
      if (!(error instanceof FieldsError)) throw error;
      const answered = { typed: form, problems: error.errors };
      return page({ ...await alertsPage(ctx.state, new URLSearchParams(), answered), open: true }, {
        status: 422,
      });
    }
  },
});

export default define.page<typeof handlers>(function AlertsPage({ data }) {
  const { facts, view, note } = data;
  return (
    <FormFrame facts={facts} page="alerts" title="Alerts" note={note}>
      <div class="grid items-start gap-x-4 lg:grid-cols-3">
        <section class="card-shadow mt-4 min-w-0 rounded-xl border border-line bg-surface p-4 sm:p-6 lg:col-span-2">
          <h2 class="text-lg font-semibold">Raised</h2>
          <FilterForm {...view} />
          <AlertList {...view} now={facts.at} zone={facts.zone} />
        </section>
        <div class="min-w-0">
          <SnoozeCard {...view} zone={facts.zone} />
          <RulesCard {...view} open={data.open}>
            <RuleReplay replay={view.replay} of={view.rules.of} zone={facts.zone} />
          </RulesCard>
          <ChannelsCard channels={view.channels} />
          <PushCard>
            <PushSwitch />
          </PushCard>
        </div>
      </div>
    </FormFrame>
  );
});
