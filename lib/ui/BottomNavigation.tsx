/** The bottom navigation of phones: the most used pages, and the others behind "More". Works without JavaScript. */
import type { JSX } from "preact";
import { BellIcon } from "./alerts/BellIcon.tsx";
import { BarsIcon, ClockIcon, GaugeIcon, MoreIcon } from "./icons.tsx";
import { ariaCurrent, PHONE_PLACES, type Place, PLACES } from "./places.ts";

const ICONS: Readonly<Partial<Record<Place, () => JSX.Element>>> = {
  overview: GaugeIcon,
  analytics: BarsIcon,
  history: ClockIcon,
  alerts: BellIcon,
};

export function BottomNavigation({ place }: { readonly place: Place }) {
  const first = PHONE_PLACES.flatMap((name) => PLACES.find((link) => link.place === name) ?? []);
  const rest = PLACES.filter((link) => !PHONE_PLACES.includes(link.place));
  const isInRest = rest.some((link) => ariaCurrent(link.place, place) !== "false");
  return (
    <nav class="bottom-nav no-print" aria-label="Main pages">
      {first.map((link) => {
        const LinkIcon = ICONS[link.place]!;
        return (
          <a
            key={link.place}
            class="bottom-link"
            href={link.href}
            aria-current={ariaCurrent(link.place, place)}
            data-bottom={link.place}
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
              key={link.place}
              href={link.href}
              aria-current={ariaCurrent(link.place, place)}
              data-bottom={link.place}
            >
              {link.label}
            </a>
          ))}
          <a href="/settings?tab=accounts#add" aria-current="false" data-bottom="add">Add an account</a>
          <button type="button" class="needs-script" data-palette data-bottom="palette">Search</button>
          <a href="/help" aria-current={place === "help" ? "page" : "false"} data-bottom="help">Help</a>
        </div>
      </details>
    </nav>
  );
}
