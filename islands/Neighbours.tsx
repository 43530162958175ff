import { pathTo } from "@/lib/ui/base_path.ts";
import { useEffect } from "preact/hooks";
import { followSwipes } from "../lib/ui/swipe.ts";

interface Neighbour {
  readonly href: string;
  readonly title: string;
}

interface NeighboursProps {
  readonly previous: Neighbour | null;
  readonly next: Neighbour | null;
}

/** Links to the accounts before and after this one, which a swipe follows as well. */
export default function Neighbours({ previous, next }: NeighboursProps) {
  useEffect(() =>
    followSwipes((way) => {
      const to = way === "next" ? next : previous;
      if (to) location.assign(pathTo(to.href));
    }), []);
  if (!previous && !next) return null;
  return (
    <nav class="neighbours no-print" aria-label="Other accounts">
      {previous && (
        <a class="button touch-target" rel="prev" href={previous.href} aria-current="false">
          <span aria-hidden="true">&lsaquo;</span>
          <span class="outside-text">{previous.title}</span>
        </a>
      )}
      {next && (
        <a class="button touch-target ml-auto" rel="next" href={next.href} aria-current="false">
          <span class="outside-text">{next.title}</span>
          <span aria-hidden="true">&rsaquo;</span>
        </a>
      )}
    </nav>
  );
}
