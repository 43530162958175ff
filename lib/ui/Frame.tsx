/**
 * The frame around every page: skip link, navigation, heading, footer. It works without JavaScript. Islands
 * come in as `tools`, because code shared by server and browser must not import islands.
 *
 * Example page:
 *
 *     export const handlers = define.handlers({
 *       async GET(ctx) {
 *         const facts = await frameFacts(ctx.state, "Cycles");
 *         return page({ facts, ... });
 *       },
 *     });
 *
 *     export default define.page<typeof handlers>(function CyclesPage({ data }) {
 *       return (
 *         <Frame
 *           facts={data.facts}
 *           page="cycles"
 *           title="Cycles"
 *           note={data.note}
 *           tools={<><LiveStatus facts={data.facts} /><ThemeToggle /><Shortcuts /></>}
 *         >
 *           ...
 *         </Frame>
 *       );
 *     });
 *
 * `frameFacts` (in `lib/web/frame.ts`) also sets the title of the document. Pages that keep their own view
 * alive, such as the overview, put `<Live view={view} ... />` where others have `<LiveStatus>`. The element
 * that the `/` key focuses carries `data-filter`.
 */
import type { ComponentChildren } from "preact";
import type { OpenAlerts } from "./alerts/open.ts";
import { Who, type WhoFacts } from "./access/Who.tsx";
import { Mark, SearchIcon } from "./icons.tsx";
import { BottomNavigation } from "./BottomNavigation.tsx";
import { ariaCurrent, NAVIGATION, type PageName } from "./navigation.ts";

export type { PageName } from "./navigation.ts";

/** What the frame and its islands need to know, small enough to embed in every page. */
export interface FrameFacts {
  /** Version of the program. */
  readonly version: string;
  /** IANA zone the page shows times in. */
  readonly zone: string;
  /** True when the zone should follow the browser's. */
  readonly browserZone: boolean;
  /** True when the figures are demo data. */
  readonly demo: boolean;
  /** The page title without the tightest quota. */
  readonly title: string;
  /** When the page was rendered, epoch milliseconds. */
  readonly at: number;
  /** The newest snapshot the page can show, epoch milliseconds; null before the first. */
  readonly dataAt: number | null;
  /** The settings that change how pages look; a page rendered with other settings reloads. */
  readonly settings: string;
  /** Open alerts; absent when unknown. */
  readonly alerts?: OpenAlerts;
  /** Marks of alerts this browser does not want to see above its pages. */
  readonly dismissed?: readonly string[];
  /** Path of the page, for forms that lead back to it. */
  readonly path?: string;
  /** The current user; absent when unknown. */
  readonly who?: WhoFacts;
}

export interface FrameProps {
  readonly facts: FrameFacts;
  readonly page: PageName;
  /** The main heading. */
  readonly title: string;
  /** True when the heading repeats what the page shows, so that only screen readers need it. */
  readonly quietTitle?: boolean;
  /** Content above the heading, such as a link back. */
  readonly above?: ComponentChildren;
  /** A remark on the request, such as a parameter the page could not use. */
  readonly note?: string;
  /** Tone of the remark: a success, a failure, or neither. */
  readonly tone?: "good" | "bad" | "plain";
  /** Islands at the end of the header. */
  readonly tools?: ComponentChildren;
  /** The bell; phones show it beside the navigation. */
  readonly bell?: ComponentChildren;
  /** Open alerts above the heading. */
  readonly banners?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Frame(
  { facts, page, title, quietTitle, above, note, tone = "plain", tools, bell, banners, children }: FrameProps,
) {
  return (
    <>
      <a class="skip-link" href="#main">Skip to the content</a>
      <header class="topbar border-b border-line bg-surface">
        <div class="page-width flex flex-wrap items-center gap-x-1 sm:gap-x-3 lg:flex-nowrap 2xl:gap-x-6">
          <p class="flex items-center gap-2.5 py-2.5">
            <a href="/" aria-current="false" class="touch-target flex items-center gap-2">
              <Mark />
              <span class="brand-name text-base font-semibold tracking-tight">Syntrack</span>
            </a>
            {facts.demo && <span class="chip hidden sm:inline-flex" title="Invented figures">demo</span>}
          </p>
          <Navigation page={page} beside={Boolean(bell)} />
          {bell && <div class="bell-place no-print order-last lg:order-none lg:ml-auto">{bell}</div>}
          {(tools || facts.who) && (
            <div
              class={`head-tools no-print ml-auto flex items-center gap-1 py-2.5 sm:gap-2 ${
                bell ? "lg:ml-0" : ""
              }`}
            >
              {tools}
              {facts.who && <Who who={facts.who} />}
            </div>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1} class="page-width pb-12 pt-6">
        {banners}
        {above}
        <h1 class={quietTitle ? "sr-only" : "outside-text text-2xl font-semibold tracking-tight"}>{title}</h1>
        {note && <p class="page-note outside-text notice mt-3" role="status" data-tone={tone}>{note}</p>}
        {children}
      </main>
      <footer class="page-width">
        <div class="flex flex-wrap gap-x-5 gap-y-1 border-t border-line py-4 text-xs text-muted">
          <span>Syntrack {facts.version}</span>
          <span>Times in {facts.zone}</span>
          {facts.demo && <span>Demo: these figures are made up</span>}
          <a class="no-print underline" href="/help" aria-current="false">Help and shortcuts</a>
          <a class="no-print underline" href="/api/docs" aria-current="false">API</a>
        </div>
      </footer>
      <BottomNavigation page={page} />
    </>
  );
}

/** Opens the command palette; phones have it behind "More". */
export function PaletteButton() {
  return (
    <button
      id="palette-btn"
      type="button"
      class="icon-button needs-script touch-target"
      aria-label="Search"
      title="Search (p)"
      data-palette
    >
      <SearchIcon />
    </button>
  );
}

/** A strip of links that scrolls on its own when it does not fit. Phones have theirs at the bottom. */
function Navigation({ page, beside }: { readonly page: PageName; readonly beside: boolean }) {
  return (
    <nav
      class={`places no-print order-last hidden overflow-x-auto text-sm sm:flex lg:order-none lg:w-auto ${
        beside ? "places-beside" : "w-full"
      }`}
      aria-label="Pages"
    >
      {NAVIGATION.map((link) => (
        // The explicit "false" stops Fresh from marking every page as part of the overview.
        <a
          key={link.page}
          href={link.href}
          class="place-link touch-target flex items-center whitespace-nowrap px-2.5 py-2.5 lg:px-2 2xl:px-2.5"
          aria-current={ariaCurrent(link.page, page)}
          data-place={link.page}
        >
          {link.label}
        </a>
      ))}
    </nav>
  );
}
