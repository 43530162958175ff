/** Listens in a process that may open few files, and prints its port. */
import { listen } from "../../lib/app/listen/listen.ts";

const { port } = await listen({
  hostname: "127.0.0.1",
  port: 0,
  methods: new Set(["GET"]),
  handler: () => new Response("ok"),
  failed: () => new Response("failed", { status: 500 }),
  addHeaders: (response) => response,
});
console.log(port);
