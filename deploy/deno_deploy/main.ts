/** The program on Deno Deploy. The cron must be declared here, before the server, and never in a condition. */
import { createHosted, ignoreUnhandledRejections } from "../../lib/app/hosted/hosted.ts";

ignoreUnhandledRejections();
const hosted = createHosted({ env: Deno.env.toObject() });

Deno.cron("syntrack", "* * * * *", () => hosted.run());

Deno.serve((request, info) => hosted.handle(request, info));
