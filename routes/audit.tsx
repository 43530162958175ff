import { page } from "fresh";
import { AuditPage } from "@/lib/ui/access/AuditPage.tsx";
import { AccessTabs } from "@/lib/ui/access/parts.tsx";
import { accessPage } from "@/lib/web/access_pages.ts";
import { auditView } from "@/lib/web/audit.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

/** Who did what, when, from where and with what. */
export const handlers = define.handlers({
  GET: async ({ state, url }) =>
    page(await accessPage(state, "audit", "Audit", (state) => auditView(state, url.searchParams))),
});

export default define.page<typeof handlers>(function Page({ data }) {
  return (
    <FormFrame facts={data.facts} page="settings" title="Audit" note={data.view.note}>
      <AccessTabs tab={data.tab} all={data.all} />
      <AuditPage view={data.view} />
    </FormFrame>
  );
});
