/** Builds the fixture app in memory and sends requests to it as a client would. */
import { join } from "node:path";
import type { App } from "fresh";
import { Builder } from "fresh/dev";
import { app } from "./fixture/main.ts";
import type { State } from "./fixture/state.ts";

export const FIXTURE = join(import.meta.dirname!, "fixture");

/** Passes the built fixture to an app; builds it once for all tests of a file. */
export const applyFixture = await new Builder<State>({
  root: FIXTURE,
  staticDir: ["static", "more_static"],
}).build({ snapshot: "memory" });

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Sends a request to an app as `fetch` would, without a network. */
export function createAsk<State>(app: App<State>): Ask {
  const handler = app.handler();
  return (path, init) => handler(new Request(new URL(path, "http://localhost"), init));
}

/** The fixture app, with its routes, islands and static files. */
export function fixtureApp(): App<State> {
  applyFixture(app);
  return app;
}
