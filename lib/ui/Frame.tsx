/**
 * The frame around every page: skip link, navigation, heading, footer. It is complete without
 * JavaScript; islands come in as `tools`, because what is shared by both sides knows no islands.
 *
 * A page is put together like this:
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
 *           place="cycles"
 *           title="Cycles"
 *           note={data.note}
 *           tools={<><LiveStatus facts={data.facts} /><ThemeToggle /><Shortcuts /></>}
 *         >
 *           ...
 *         </Frame>
 *       );
 *     });
 *
 * `frameFacts` (in `lib/web/frame.ts`) also sets the title of the document. Pages that keep their own
 * view alive, such as the overview, put `<Live view={view} ... />` where others have `<LiveStatus>`. The
 * element that `/` leads to carries `data-filter`.
 */
import type { ComponentChildren } from "preact";
import { Mark } from "./icons.tsx";
import { type Place, PLACES } from "./places.ts";

export type { Place } from "./places.ts";

/** What the frame and the islands in it need to know, small enough to stand in every page. */
export interface FrameFacts {
  /** Version of the program. */
  readonly version: string;
  /** IANA zone in which the page tells times. */
  readonly zone: string;
  /** Whether that is meant to be the zone of the browser. */
  readonly browserZone: boolean;
  /** True when the figures are invented. */
  readonly demo: boolean;
  /** The title of the page without what is the tightest. */
  readonly title: string;
  /** When the page was made, epoch milliseconds. */
  readonly at: number;
  /** The newest snapshot the page can show, epoch milliseconds, or null before the first. */
  readonly dataAt: number | null;
  /** What was set and changes how pages look; a page that was made with other settings is made anew. */
  readonly settings: string;
}

export interface FrameProps {
  readonly facts: FrameFacts;
  readonly place: Place;
  /** The first heading. */
  readonly title: string;
  /** Where the heading says no more than the page itself does, it is there for screen readers only. */
  readonly quietTitle?: boolean;
  /** What stands before the heading, such as the way up. */
  readonly above?: ComponentChildren;
  /** What the page has to say about the request, such as a parameter it could not use. */
  readonly note?: string;
  /** Islands at the end of the bar. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Frame({ facts, place, title, quietTitle, above, note, tools, children }: FrameProps) {
  return (
    <>
      <a class="skip-link" href="#main">Skip to the content</a>
      <header class="topbar border-b border-line bg-surface">
        <div class="page-width flex flex-wrap items-center gap-x-3 lg:flex-nowrap lg:gap-x-6">
          <p class="flex items-center gap-2.5 py-2.5">
            <a href="/" aria-current="false" class="touch-target flex items-center gap-2">
              <Mark />
              <span class="text-base font-semibold tracking-tight">Syntrack</span>
            </a>
            {facts.demo && <span class="chip hidden sm:inline-flex" title="Invented figures">demo</span>}
          </p>
          <Navigation place={place} />
          {tools && <div class="no-print ml-auto flex items-center gap-2 py-2.5">{tools}</div>}
        </div>
      </header>
      <main id="main" tabIndex={-1} class="page-width pb-12 pt-6">
        {above}
        <h1 class={quietTitle ? "sr-only" : "outside-text text-2xl font-semibold tracking-tight"}>{title}</h1>
        {note && <p class="page-note outside-text notice mt-3" role="status">{note}</p>}
        {children}
      </main>
      <footer class="page-width">
        <div class="flex flex-wrap gap-x-5 gap-y-1 border-t border-line py-4 text-xs text-muted">
          <span>Syntrack {facts.version}</span>
          <span>Times in {facts.zone}</span>
          {facts.demo && <span>A demo: these figures are invented</span>}
          <a class="no-print underline" href="/help" aria-current="false">Help and shortcuts</a>
          <a class="no-print underline" href="/api/docs" aria-current="false">API</a>
        </div>
      </footer>
    </>
  );
}

/** One strip on every width; where it does not fit it scrolls by itself, not with the page. */
function Navigation({ place }: { readonly place: Place }) {
  return (
    <nav
      class="places no-print order-last flex w-full overflow-x-auto text-sm lg:order-none lg:w-auto"
      aria-label="Pages"
    >
      {PLACES.map((link) => (
        // What stands as "false" keeps Fresh from marking every page as part of the overview.
        <a
          key={link.place}
          href={link.href}
          class="place-link touch-target flex items-center whitespace-nowrap px-2.5 py-2.5"
          aria-current={link.place === place
            ? "page"
            : link.place === "overview" && place === "account"
            ? "true"
            : "false"}
          data-place={link.place}
        >
          {link.label}
        </a>
      ))}
    </nav>
  );
}
