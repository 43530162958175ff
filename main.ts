/** The web application. Importing it opens nothing: the server passes the services with each request. */
import { createApp } from "./lib/web/app.ts";

export const app = createApp();
