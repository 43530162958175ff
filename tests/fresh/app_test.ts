import { App, HttpError, type Middleware } from "fresh";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { createAsk } from "./support.ts";

interface State {
  seen: string[];
}

/** A middleware that adds its name, and a handler that shows the names. */
function mark(name: string): Middleware<State> {
  return (ctx) => {
    ctx.state.seen = [...ctx.state.seen ?? [], name];
    return ctx.next();
  };
}
const show: Middleware<State> = (ctx) => new Response((ctx.state.seen ?? []).join(" "));

async function textOf(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

Deno.test("a route sees only the middlewares registered before it", async () => {
  const ask = createAsk(
    new App<State>().use(mark("one")).get("/early", show).use(mark("two")).get("/late", show),
  );
  assertEquals(await textOf(ask("/early")), "one");
  assertEquals(await textOf(ask("/late")), "one two");
});

Deno.test("a middleware with a path covers that path and everything below it, and no other", async () => {
  const ask = createAsk(
    new App<State>()
      .use("/admin", mark("guard"))
      .get("/admin", show).get("/admin/users", show).get("/admin/users/:id", show)
      .get("/adminx", show).get("/", show),
  );
  assertEquals(await textOf(ask("/admin")), "guard");
  assertEquals(await textOf(ask("/admin/users")), "guard");
  assertEquals(await textOf(ask("/admin/users/7")), "guard");
  assertEquals(await textOf(ask("/adminx")), "");
  assertEquals(await textOf(ask("/")), "");
});

Deno.test("a prefix written with a star is refused, because it would cover nothing", () => {
  assertThrows(() => new App<State>().use("/admin/*", mark("guard")), /write "\/admin"/);
  assertThrows(() => new App().layout("/admin/*", () => null), /app\.layout\(\)/);
  assertThrows(() => new App().onError("/admin/*", () => new Response()), /app\.onError\(\)/);
});

Deno.test("root middlewares run for unknown URLs, others do not", async () => {
  const ran: string[] = [];
  const note = (name: string): Middleware<State> => (ctx) => {
    ran.push(name);
    return ctx.next();
  };
  const ask = createAsk(new App<State>().use(note("root")).use("/api", note("api")).get("/api/known", show));
  assertEquals((await ask("/api/unknown")).status, 404);
  assertEquals(ran, ["root"]);
});

Deno.test("a middleware can act on the way out", async () => {
  const ask = createAsk(
    new App().use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-late", "yes");
      return response;
    }).get("/", () => new Response("body")),
  );
  const response = await ask("/");
  assertEquals([response.headers.get("x-late"), await response.text()], ["yes", "body"]);
});

Deno.test("a lazy middleware is loaded once and used from then on", async () => {
  let loads = 0;
  const app = new App<State>().use(() => {
    loads++;
    return Promise.resolve(mark("lazy"));
  }).get("/", show);
  const ask = createAsk(app);
  assertEquals(await textOf(ask("/")), "lazy");
  assertEquals(await textOf(ask("/")), "lazy");
  assertEquals(loads, 1);
});

Deno.test("exact paths take precedence over patterns, and the first registration of a method wins", async () => {
  const ask = createAsk(
    new App()
      .get("/a/:id", (ctx) => new Response(`id ${ctx.params.id}`))
      .get("/a/new", () => new Response("new"))
      .get("/a/new", () => new Response("never"))
      .get("/files/:rest*", (ctx) => new Response(`rest ${ctx.params.rest}`)),
  );
  assertEquals(await textOf(ask("/a/new")), "new");
  assertEquals(await textOf(ask("/a/new/")), "new");
  assertEquals(await textOf(ask("/a/5")), "id 5");
  assertEquals(await textOf(ask("/a/%C3%A4")), "id ä");
  assertEquals(await textOf(ask("/a/%zz")), "id %zz");
  assertEquals(await textOf(ask("/files/x/y")), "rest x/y");
});

Deno.test("HEAD answers like GET without the body and ends a stream behind it", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  const ask = createAsk(
    new App().get("/", () => new Response("body", { headers: { "x-a": "b" } })).get(
      "/s",
      () => new Response(body),
    ),
  );
  const response = await ask("/", { method: "HEAD" });
  assertEquals([response.status, response.headers.get("x-a"), response.body], [200, "b", null]);
  await ask("/s", { method: "HEAD" });
  assertEquals(cancelled, true);
});

Deno.test("an unsupported method is 405, and OPTIONS lists the supported ones", async () => {
  const ask = createAsk(new App().get("/", () => new Response()).post("/", () => new Response()));
  const wrong = await ask("/", { method: "DELETE" });
  assertEquals([wrong.status, await wrong.text()], [405, "Method Not Allowed"]);
  const options = await ask("/", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, POST"]);
});

Deno.test("every method helper registers its method, and all() registers them all", async () => {
  const app = new App();
  for (const method of ["get", "post", "patch", "put", "delete"] as const) {
    app[method]("/one", (ctx) => new Response(ctx.req.method));
  }
  app.head("/head", () => new Response(null, { headers: { "x-head": "yes" } }));
  app.all("/all", (ctx) => new Response(ctx.req.method));
  const ask = createAsk(app);
  for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
    assertEquals(await textOf(ask("/one", { method })), method);
    assertEquals(await textOf(ask("/all", { method })), method);
  }
  assertEquals((await ask("/head", { method: "HEAD" })).headers.get("x-head"), "yes");
  assertEquals((await ask("/head")).status, 405);
});

Deno.test("an HttpError becomes its status with its message, or the name of the status", async () => {
  const ask = createAsk(
    new App()
      .get("/named", () => {
        throw new HttpError(403, "Not yours");
      })
      .get("/bare", () => {
        throw new HttpError(429);
      }),
  );
  const named = await ask("/named");
  assertEquals([named.status, await named.text()], [403, "Not yours"]);
  const bare = await ask("/bare");
  assertEquals([bare.status, await bare.text()], [429, "Too Many Requests"]);
});

Deno.test("any other error is a bare 500 that tells the client nothing", async () => {
  const logged: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => logged.push(...args);
  try {
    const secret = new Error("password is 1234");
    const ask = createAsk(
      new App().get("/", () => {
        throw secret;
      }).get("/none", () => undefined as unknown as Response),
    );
    const response = await ask("/");
    assertEquals([response.status, await response.text()], [500, "Internal server error"]);
    assertEquals(logged, [secret]);
    assertEquals((await ask("/none")).status, 500);
  } finally {
    console.error = error;
  }
});

Deno.test("a middleware can catch what later ones throw, and finds it as ctx.error", async () => {
  const ask = createAsk(
    new App().use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        return Response.json({ same: ctx.error === error });
      }
    }).get("/", () => {
      throw new Error("inner");
    }),
  );
  assertEquals(await (await ask("/")).json(), { same: true });
});

Deno.test("the caller's info arrives as ctx.info, the same object", async () => {
  const info = {
    remoteAddr: { transport: "tcp", hostname: "10.0.0.9", port: 1 },
    completed: Promise.resolve(),
    services: { store: "fake" },
  } as const;
  let received: unknown;
  const handler = new App().get("/", (ctx) => {
    received = ctx.info;
    return new Response();
  }).handler();
  await handler(new Request("http://localhost/"), info);
  assertEquals(received === info, true);
});

Deno.test("each request has its own state", async () => {
  const ask = createAsk(new App<State>().use(mark("once")).get("/", show));
  assertEquals(await textOf(ask("/")), "once");
  assertEquals(await textOf(ask("/")), "once");
});

Deno.test("repeated slashes are collapsed, in the URL and in redirects", async () => {
  const ask = createAsk(
    new App()
      .get("/deep/path", (ctx) => new Response(ctx.url.pathname))
      .get("/go", (ctx) => ctx.redirect("//evil.example//x?next=//y", 303)),
  );
  assertEquals(await textOf(ask("http://localhost//deep///path")), "/deep/path");
  const redirect = await ask("/go");
  assertEquals([redirect.status, redirect.headers.get("location")], [303, "/evil.example/x?next=//y"]);
});

Deno.test("below a base path routes answer there and nowhere else", async () => {
  const ask = createAsk(
    new App<State>({ basePath: "/quota" }).use("/api", mark("api")).get("/", show).get("/api/x", show),
  );
  assertEquals((await ask("/quota")).status, 200);
  assertEquals(await textOf(ask("/quota/api/x")), "api");
  assertEquals((await ask("/api/x")).status, 404);
});

Deno.test("forwarded headers shape the URL only when the proxy is trusted", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "quota.example" };
  const app = (trustProxy: boolean) => new App({ trustProxy }).get("/", (ctx) => new Response(ctx.url.href));
  assertEquals(await textOf(createAsk(app(true))("/", { headers })), "https://quota.example/");
  assertEquals(await textOf(createAsk(app(false))("/", { headers })), "http://localhost/");
});

Deno.test("text, html, json and stream answer with the right bodies and types", async () => {
  const ask = createAsk(
    new App()
      .get("/text", (ctx) => ctx.text("plain", { status: 201 }))
      .get("/html", (ctx) => ctx.html("<p>", { headers: { "x-a": "b" } }))
      .get("/json", (ctx) => ctx.json({ a: 1 }))
      .get("/stream", (ctx) =>
        ctx.stream(function* () {
          yield "a";
          yield new Uint8Array([98]);
        })),
  );
  assertEquals((await ask("/text")).status, 201);
  const html = await ask("/html");
  assertEquals([html.headers.get("content-type"), html.headers.get("x-a")], [
    "text/html; charset=utf-8",
    "b",
  ]);
  assertEquals(await (await ask("/json")).json(), { a: 1 });
  assertEquals(await textOf(ask("/stream")), "ab");
});
