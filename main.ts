/** The web application. Importing it opens nothing: the server hands in the services with each request. */
import { createApp } from "./lib/web/app.ts";

export const app = createApp();
