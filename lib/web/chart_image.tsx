/** A chart as an image: its request parsed and drawn. */
import type { Context } from "fresh";
import { renderToString } from "preact-render-to-string";
import { axisEnd, clipLine, projectLine } from "../model/forecast/projected_line.ts";
import { createHorizon, horizonEnd, MAX_LANES } from "../model/horizon/horizon.ts";
import { listIdleRanges } from "../model/horizon/idle.ts";
import { bestSentence } from "../model/horizon/words.ts";
import { previousPeriodText } from "../model/history/earlier.ts";
import { mergeRanges } from "../model/history/merge_ranges.ts";
import { isoDate } from "../model/time.ts";
import { combineValues } from "../model/history/usage_groups.ts";
import { plain } from "../base/text.ts";
import { buildLegend, endNames, shareLabel } from "../ui/chart/HistoryLegend.tsx";
import {
  BreakdownImage,
  CalendarImage,
  HistoryImage,
  type ImageFrame,
  UseImage,
} from "../ui/chart/Standalone.tsx";
import { intervalWord, valueText } from "../ui/chart/use_kinds.ts";
import { instantText, momentText } from "../ui/dates.ts";
import { computeHeight, countLanes, HorizonImage } from "../ui/horizon/HorizonImage.tsx";
import { pageHeadline } from "../ui/summary.ts";
import { accountTitle } from "../ui/words.ts";
import { analyse } from "./analytics/analyse.ts";
import { parseAnalyticsQuery } from "./analytics/query.ts";
import { MEASURE_WORDS } from "./analytics/tools.ts";
import { readEarlier } from "./chart.ts";
import { chartNotes } from "./notes.ts";
import { chosenSpan } from "./history.ts";
import { readIdleWeek } from "./horizon.ts";
import { resolveScope } from "./native.ts";
import { selectPools } from "./overview.ts";
import {
  DisplayParam,
  EarlierParam,
  HeightParam,
  HorizonParam,
  ImageParam,
  parseNumberParam,
  parseWord,
  ThemeParam,
  WidthParam,
} from "./params.ts";
import type { State } from "./state.ts";
import { refuseNotes } from "./tables/query_reader.ts";

const MAX_TITLE = 80;

/**
 * Draws the requested image as a self-contained SVG.
 *
 * @throws {HttpError} 400 for an invalid request
 */
export async function chartImage(ctx: Context<State>, zone: string): Promise<string> {
  const { searchParams: query } = ctx.url;
  const kind = parseWord(ImageParam, "chart", query.get("chart") ?? "history");
  const theme = parseWord(ThemeParam, "theme", query.get("theme") ?? "light");
  const width = parseNumberParam(query, "width", WidthParam, 960);
  const height = parseNumberParam(query, "height", HeightParam, kind === "calendar" ? 240 : 420);
  const title = query.get("title");
  const size = { width, height, theme };
  const createFrame = (usual: string, subtitle: string): ImageFrame => ({
    ...size,
    title: title === null || title.trim() === "" ? usual : plain(title.trim(), MAX_TITLE),
    subtitle: `${subtitle}, ${zone}`,
  });
  const image = kind === "horizon"
    ? await horizonImage(ctx, zone, createFrame, query.has("height") ? height : null)
    : kind === "history"
    ? await historyImage(ctx, zone, createFrame)
    : await useImage(ctx, zone, kind, createFrame);
  // What XML forbids and HTML allows: two characters, even escaped, and the end of a CDATA section in text.
  return renderToString(image).replaceAll(/[\ufffe\uffff]/g, "\ufffd").replaceAll("]]>", "]]&gt;");
}

type Framer = (title: string, subtitle: string) => ImageFrame;

async function historyImage(ctx: Context<State>, zone: string, frame: Framer) {
  const { services } = ctx.state;
  const span = chosenSpan(ctx, zone);
  const { quotas } = await resolveScope(ctx);
  const view = await services.dashboard({ withHidden: true });
  const { display, thresholds } = view.settings;
  const left = parseWord(DisplayParam, "display", ctx.url.searchParams.get("display") ?? display) === "left";
  const { range, from, to, lines, sessions = [] } = await services.history({
    ...span,
    quotas,
    sessions: true,
  });
  const items = buildLegend(view, lines, quotas);
  const before = parseWord(EarlierParam, "earlier", ctx.url.searchParams.get("earlier") ?? "0") === "1"
    ? await readEarlier(services, { from, to }, quotas)
    : null;
  const heading = items.map(({ quota }) => range === null ? [] : projectLine(quota));
  const end = axisEnd(from, to, heading);
  const word = left ? "left" : "used";
  return (
    <HistoryImage
      {...{ from, to, end, zone, left, thresholds }}
      frame={frame(
        `History, percent ${word} of each limit`,
        `${momentText(from, zone)} to ${momentText(to, zone)}${
          before === null ? "" : `, pale: ${previousPeriodText(from, to)}`
        }`,
      )}
      lines={items.flatMap(({ line, series, quota }, i) => {
        const earlier = before?.find(({ key }) => key === quota.key);
        return line ? [{ line, series, projection: clipLine(heading[i]!, end), earlier }] : [];
      })}
      names={endNames(items.filter(({ line }) => line))}
      notes={await chartNotes(services, { from, to: end }, quotas)}
      bands={mergeRanges(sessions.flatMap(({ spans }) => spans), (to - from) / 500)}
      legend={items.map(({ name, series, quota }) => ({
        name,
        series,
        value: shareLabel(quota.share, left),
      }))}
    />
  );
}

/** @param height maximum height of the image; null for as high as needed */
async function horizonImage(ctx: Context<State>, zone: string, frame: Framer, height: number | null) {
  const { services } = ctx.state;
  const span = parseWord(HorizonParam, "range", ctx.url.searchParams.get("range") ?? "24h");
  const { accounts: keys, quotas } = await resolveScope(ctx);
  const view = await services.dashboard({ withHidden: true });
  const now = view.at;
  const own = new Set<string>(keys);
  const [matching, wanted] = [view.accounts.filter(({ key }) => own.has(key)), new Set<string>(quotas)];
  const accounts = matching.map((account) => ({
    ...account,
    quotas: account.quotas.filter(({ key }) => wanted.has(key)),
  }));
  const week = await readIdleWeek(services, keys, zone);
  const to = horizonEnd(now, span);
  const horizon = createHorizon({
    accounts,
    readiness: pageHeadline({ accounts: matching }, now, zone, selectPools(services, view)).all,
    now,
    span,
    idle: week && listIdleRanges(week, { from: now, to }, zone),
    ...height !== null && { maxLanes: Math.min(MAX_LANES, countLanes(height)) },
  });
  const names = new Map(accounts.map((account) => [account.key, accountTitle(account)]));
  const plan = bestSentence(
    horizon.best,
    to,
    (key) => names.get(key) ?? key,
    (at) => instantText(at, now, zone),
  );
  const usual = frame("Horizon", `${momentText(now, zone)} to ${momentText(to, zone)}`);
  return (
    <HorizonImage
      frame={{ ...usual, height: height ?? computeHeight(horizon.lanes.length) }}
      {...{ horizon, zone, plan }}
    />
  );
}

async function useImage(
  ctx: Context<State>,
  zone: string,
  kind: "consumption" | "calendar" | "breakdown",
  frame: Framer,
) {
  const { services } = ctx.state;
  const { quotas } = await resolveScope(ctx);
  const view = await services.dashboard({ withHidden: true });
  const query = new URLSearchParams(ctx.url.searchParams);
  // The accounts were resolved already.
  query.delete("provider");
  const selection = parseAnalyticsQuery(query, zone, view.at, []);
  refuseNotes(selection.reader);
  const { use, days, breakdown } = await analyse(services, view, selection, zone, quotas);
  const when = `${isoDate(selection.from, zone)} to ${isoDate(selection.to - 1, zone)}`;
  if (kind === "calendar") {
    return (
      <CalendarImage
        frame={frame("Day by day, percent of the limit that was used most", when)}
        data={days}
        zone={zone}
      />
    );
  }
  if (kind === "breakdown") {
    return <BreakdownImage frame={frame("By vendor, percent of their own limits", when)} rows={breakdown} />;
  }
  const what = `${MEASURE_WORDS[use.measure]}${use.unit === null ? "" : `, ${use.unit}`}`;
  return (
    <UseImage
      frame={frame(`Consumption, ${what}, every ${intervalWord(use.interval)}`, when)}
      data={use}
      zone={zone}
      areas={use.isAdded}
      legend={use.rows.map(({ name, series, values }) => ({
        name,
        series,
        value: valueText(combineValues(values, use.measure), use),
      }))}
    />
  );
}
