import { HttpError, page } from "fresh";
import { AboutTab } from "@/lib/ui/settings/AboutTab.tsx";
import { AccountsTab } from "@/lib/ui/settings/AccountsTab.tsx";
import { DataTab } from "@/lib/ui/settings/DataTab.tsx";
import { GeneralTab } from "@/lib/ui/settings/GeneralTab.tsx";
import { InsightsTab } from "@/lib/ui/settings/InsightsTab.tsx";
import type { Problems, TabView } from "@/lib/ui/settings/kinds.ts";
import { SettingsTabs } from "@/lib/ui/settings/parts.tsx";
import { requirePermission } from "@/lib/web/access_guard.ts";
import { readForm } from "@/lib/web/form.ts";
import { applyForm } from "@/lib/web/settings_page/actions.ts";
import { parseTab, settingsPage, toProblems } from "@/lib/web/settings_page/page.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

export const handlers = define.handlers({
  async GET(ctx) {
    return page(await settingsPage(ctx.state, ctx.url.searchParams));
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const tab = parseTab(form.get("tab"));
    if (tab === null) throw new HttpError(400, "The form does not say which settings it is about");
    try {
      const done = await applyForm(
        ctx.state.services,
        tab,
        form,
        (permission) => requirePermission(ctx.state, permission),
      );
      ctx.state.done = done instanceof Response
        ? { action: "took a backup" }
        : { target: "account" in done ? done.account ?? null : null, detail: { tab, done: done.done ?? "" } };
      if (done instanceof Response) return done;
      const { next, ...notices } = done;
      return ctx.redirect(next ?? `/settings?${new URLSearchParams({ tab, ...notices })}`, 303);
    } catch (error) {
      const problems = toProblems(error);
      if (problems === null) throw error;
      const query = new URLSearchParams({ tab });
      return page(await settingsPage(ctx.state, query, { typed: form, problems }), { status: 422 });
    }
  },
});

export default define.page<typeof handlers>(function SettingsPage({ data }) {
  return (
    <FormFrame facts={data.facts} page="settings" title="Settings" note={data.note} tone={data.tone}>
      <SettingsTabs tab={data.view.tab} />
      <TabContent view={data.view} problems={data.problems} now={data.facts.at} />
    </FormFrame>
  );
});

function TabContent({ view, problems, now }: {
  readonly view: TabView;
  readonly problems: Problems;
  readonly now: number;
}) {
  switch (view.tab) {
    case "general":
      return <GeneralTab view={view} problems={problems} />;
    case "accounts":
      return <AccountsTab view={view} problems={problems} now={now} />;
    case "insights":
      return <InsightsTab view={view} />;
    case "data":
      return <DataTab view={view} problems={problems} />;
    case "about":
      return <AboutTab view={view} />;
  }
}
