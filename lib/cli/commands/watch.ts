/**
 * `syntrack watch`: the current state on the whole terminal, redrawn as it changes. Reads the store and sends no
 * request.
 */
import { explainError } from "../../base/text.ts";
import { createHeadline } from "../headline.ts";
import { EXIT_INTERRUPTED, EXIT_OK, type Screen, usageError } from "../io.ts";
import { drawingOn } from "../draw.ts";
import { loadPart } from "../lazy.ts";
import { makeTools } from "../make_tools.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { type Present, readPresent } from "../present.ts";
import { needLines } from "../status_lines.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { drawPicture, type WatchPicture, type WatchState } from "../watch_view.ts";

const MIN_REFRESH_MS = 2000;
const MAX_REFRESH_MS = 24 * 3_600_000;
const DEFAULT_REFRESH_MS = 30_000;
/** Countdowns show minutes, so nothing changes faster than this. */
const TICK_MS = 30_000;

export async function watch(tools: Tools): Promise<number> {
  const refreshMs = readRefresh(tools);
  // A document for a program is complete, and has no screen.
  if (tools.json) return await (await loadPart("status"))(tools);
  const screen = hasFlag(tools.typed, "once") ? null : await tools.io.screen();
  if (screen === null) return await showOnce(tools);
  try {
    return await showLive(tools, screen, refreshMs);
  } finally {
    screen.close();
  }
}

/** Prints one frame when there is no terminal to draw on. */
async function showOnce(tools: Tools): Promise<number> {
  const present = await readPresent(tools);
  if (present.accounts.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  else tools.print(...needLines(tools, present, createHeadline(present.accounts, tools.now, present.zone)));
  return EXIT_OK;
}

async function showLive(tools: Tools, screen: Screen, refreshMs: number): Promise<number> {
  const { io, paint, clock } = tools;
  const drawing = drawingOn((text) => screen.write(text));
  const ended = new AbortController();
  const leave = io.onStop(() => ended.abort());
  let state: WatchState = {
    present: { accounts: [], forecasts: new Map(), zone: (await tools.dataLocation()).zone },
    readAt: clock.now(),
    problem: null,
    top: 0,
    isHelp: false,
  };
  const read = async () => {
    const now = clock.now();
    try {
      state = { ...state, present: await presentAt(tools, now), readAt: now, problem: null };
    } catch (error) {
      // Earlier readings stay on the screen, with their age.
      state = { ...state, problem: explainError(error) };
    }
  };
  const draw = () => {
    const { lines, ...shown } = drawPicture(state, { ...screen.size(), now: clock.now(), paint });
    state = { ...state, top: shown.top };
    drawing.show(lines, screen.size());
    return shown;
  };
  try {
    await read();
    for (;;) {
      const shown = draw();
      const waited = new AbortController();
      const timer = clock.sleep(Math.min(TICK_MS, refreshMs), AbortSignal.any([waited.signal, ended.signal]))
        .then(() => waited.abort());
      const key = await screen.key(AbortSignal.any([waited.signal, ended.signal]));
      waited.abort();
      await timer;
      if (ended.signal.aborted) return EXIT_INTERRUPTED;
      if (key === "q" || key === "escape" && !state.isHelp) return EXIT_OK;
      if (key === "ctrl-c" || key === "ctrl-d") return EXIT_INTERRUPTED;
      if (key === "resize" || key === "ctrl-l") drawing.forget();
      // Also when the clock was set back: otherwise nothing new would appear until it has caught up.
      if (key === "r" || Math.abs(clock.now() - state.readAt) >= refreshMs) await read();
      state = moveView(state, key, shown);
    }
  } finally {
    leave();
    const { columns, rows } = screen.size();
    screen.close();
    // The last frame stays above the next prompt.
    const lastTools = { ...tools, width: columns, rows, now: clock.now() };
    const { accounts, zone } = state.present;
    if (accounts.length > 0) {
      tools.print(...needLines(lastTools, state.present, createHeadline(accounts, lastTools.now, zone)));
    }
  }
}

/** Looks for the store until there is one, because collecting may start meanwhile. */
async function presentAt(tools: Tools, now: number): Promise<Present> {
  if (await tools.storeIfAny() !== null) return await readPresent({ ...tools, now });
  await using current = makeTools(tools.typed, tools.io);
  return await readPresent(current);
}

function moveView(
  state: WatchState,
  key: string | null,
  { lastTop, page }: Omit<WatchPicture, "lines" | "top">,
): WatchState {
  if (key === "?") return { ...state, isHelp: !state.isHelp };
  if (state.isHelp && key !== null && key !== "resize") return { ...state, isHelp: false };
  const by = key === null ? 0 : STEPS[key]?.(page) ?? 0;
  return { ...state, top: Math.max(0, Math.min(state.top + by, lastTop)) };
}

const STEPS: Readonly<Record<string, (page: number) => number>> = {
  j: () => 1,
  down: () => 1,
  k: () => -1,
  up: () => -1,
  space: (page) => page,
  pagedown: (page) => page,
  b: (page) => -page,
  pageup: (page) => -page,
  g: () => -Infinity,
  home: () => -Infinity,
  G: () => Infinity,
  end: () => Infinity,
};

/** @throws {CliError} */
function readRefresh({ typed }: Tools): number {
  const text = parseTypedText(typed, "refresh");
  if (text === undefined) return DEFAULT_REFRESH_MS;
  const [, number = "", unit = "s"] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number || NaN) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? NaN);
  if (ms >= MIN_REFRESH_MS && ms <= MAX_REFRESH_MS) return ms;
  throw usageError(`--refresh takes 2s to 24h, such as 30s or 5m, got ${JSON.stringify(text)}`);
}
