import type { PageProps } from "fresh";
import { asset } from "fresh/runtime";
import { THEME_SCRIPT } from "@/lib/ui/theme_script.ts";
import type { State } from "@/lib/web/state.ts";

/** The shell of every page. */
export default function App({ Component, state, route, url }: PageProps<unknown, State>) {
  // An error may occur before the services are set.
  const { services, preferences } = state as Partial<State>;
  const { theme = "system", density: usual } = services?.settings.current ?? {};
  const density = preferences?.density ?? usual;
  // The table of the chart looks like those of other pages.
  const styles = route === "/" && !url.searchParams.has("table") ? "/overview.css" : "/styles.css";
  return (
    <html
      lang="en"
      data-home="/"
      data-theme={theme === "system" ? undefined : theme}
      data-density={density === "compact" ? density : undefined}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{state.title ?? "Syntrack"}</title>
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#171a1d" />
        <link rel="icon" href={state.icon ?? asset("/icon.svg")} type="image/svg+xml" />
        <link rel="apple-touch-icon" href={asset("/icon-192.png")} />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="stylesheet" href={asset(styles)} />
        {/* deno-lint-ignore react-no-danger */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
}
