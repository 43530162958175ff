/** The bottom navigation of phones: the most used pages, and the others behind "More". Works without JavaScript. */
import type { JSX } from "preact";
import { BellIcon } from "./alerts/BellIcon.tsx";
import { BarsIcon, ClockIcon, GaugeIcon, MoreIcon } from "./icons.tsx";
import { ariaCurrent, NAVIGATION, type PageName, PHONE_NAVIGATION } from "./navigation.ts";

const ICONS: Readonly<Partial<Record<PageName, () => JSX.Element>>> = {
  overview: GaugeIcon,
  analytics: BarsIcon,
  history: ClockIcon,
  alerts: BellIcon,
};

export function BottomNavigation({ page }: { readonly page: PageName }) {
  const first = PHONE_NAVIGATION.flatMap((name) => NAVIGATION.find((link) => link.page === name) ?? []);
  const rest = NAVIGATION.filter((link) => !PHONE_NAVIGATION.includes(link.page));
  const isInRest = rest.some((link) => ariaCurrent(link.page, page) !== "false");
  return (
    <nav class="bottom-nav no-print" aria-label="Main pages">
      {first.map((link) => {
        const LinkIcon = ICONS[link.page]!;
        return (
          <a
            key={link.page}
            class="bottom-link"
            href={link.href}
            aria-current={ariaCurrent(link.page, page)}
            data-bottom={link.page}
          >
            <LinkIcon />
            {link.label}
          </a>
        );
      })}
      <details class="bottom-more">
        <summary class="bottom-link" aria-current={isInRest ? "true" : "false"}>
          <MoreIcon />
          More
        </summary>
        <div class="bottom-sheet">
          {rest.map((link) => (
            <a
              key={link.page}
              href={link.href}
              aria-current={ariaCurrent(link.page, page)}
              data-bottom={link.page}
            >
              {link.label}
            </a>
          ))}
          <a href="/settings?tab=accounts#add" aria-current="false" data-bottom="add">Add an account</a>
          <button type="button" class="needs-script" data-palette data-bottom="palette">Search</button>
          <a href="/help" aria-current={page === "help" ? "page" : "false"} data-bottom="help">Help</a>
        </div>
      </details>
    </nav>
  );
}
