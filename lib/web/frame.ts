/** The state that the frame of a page shows. */
import { BROWSER_ZONE, type DashboardView, withoutHidden } from "../model/view/view.ts";
import { faviconHref, PLAIN_ICON } from "../ui/favicon.ts";
import type { FrameFacts } from "../ui/Frame.tsx";
import { findNewestSnapshot, settingsMark, titleWith } from "../ui/words.ts";
import { readOpenAlerts } from "./open_alerts.ts";
import { pageZone } from "./preferences.ts";
import type { State } from "./state.ts";

/**
 * Returns the facts for the frame of a page, and sets the document title.
 *
 * @param known the current state, if the page has loaded it already
 */
export async function frameFacts(state: State, title: string, known?: DashboardView): Promise<FrameFacts> {
  const { services } = state;
  const view = known ? withoutHidden(known) : await services.dashboard();
  state.title = titleWith(view, title);
  const icon = faviconHref(view);
  if (icon !== PLAIN_ICON) state.icon = icon;
  return {
    version: services.version,
    zone: pageZone(state),
    browserZone: view.settings.zone === BROWSER_ZONE,
    demo: services.demo,
    title,
    at: view.at,
    dataAt: findNewestSnapshot(view),
    settings: settingsMark(view),
    alerts: await readOpenAlerts(services),
    ...state.preferences.dismissed && { dismissed: state.preferences.dismissed },
    ...state.path !== undefined && { path: state.path },
    ...state.principal && { who: { name: state.principal.name, local: state.principal.kind === "local" } },
  };
}
