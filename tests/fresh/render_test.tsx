import { App, HttpError, page, type PageProps } from "fresh";
import { Head } from "fresh/runtime";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { createAsk } from "./support.ts";

function Shell({ Component, error }: PageProps) {
  return (
    <html lang="en">
      <head>
        <title>Shell</title>
        <meta name="description" content="shell" />
      </head>
      <body data-error={error instanceof Error ? error.message : "none"}>
        <Component />
      </body>
    </html>
  );
}

async function html(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

Deno.test("app wrapper, layouts and page nest from the outside in", async () => {
  const ask = createAsk(
    new App()
      .appWrapper(Shell)
      .layout("/", ({ Component }) => (
        <main>
          <Component />
        </main>
      ))
      .layout("/deep", ({ Component }) => (
        <section>
          <Component />
        </section>
      ))
      .route("/deep/page", { component: () => <p>page</p> })
      .route("/flat", { component: () => <p>flat</p> }),
  );
  assertStringIncludes(await html(ask("/deep/page")), "<main><section><p>page</p></section></main>");
  assertStringIncludes(await html(ask("/flat")), "<main><p>flat</p></main>");
});

Deno.test("a route, a layout and a render call can opt out of their wrappers", async () => {
  const ask = createAsk(
    new App()
      .appWrapper(Shell)
      .layout("/", ({ Component }) => (
        <main>
          <Component />
        </main>
      ))
      .layout("/own", ({ Component }) => (
        <section>
          <Component />
        </section>
      ), { skipInheritedLayouts: true })
      .route("/bare", {
        component: () => <p>bare</p>,
        config: { skipAppWrapper: true, skipInheritedLayouts: true },
      })
      .route("/own/page", { component: () => <p>own</p> })
      .get("/call", (ctx) => ctx.render(<p>call</p>, {}, { skipInheritedLayouts: true })),
  );
  const bare = await html(ask("/bare"));
  assertEquals(
    bare,
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>bare</p></body></html>',
  );
  assertStringIncludes(await html(ask("/own/page")), '"none"><section><p>own</p></section>');
  assertStringIncludes(await html(ask("/call")), '"none"><p>call</p></body>');
});

Deno.test("a page gets the data of its handler, with status and headers", async () => {
  const ask = createAsk(
    new App().route("/", {
      handler: { GET: () => page({ name: "Ada" }, { status: 203, headers: { "x-a": "b" } }) },
      component: ({ data }) => <p>{(data as { name: string }).name}</p>,
    }),
  );
  const response = await ask("/");
  assertEquals([response.status, response.headers.get("x-a")], [203, "b"]);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(await response.text(), "<p>Ada</p>");
});

Deno.test("async pages, layouts and wrappers are awaited, and a page may answer itself", async () => {
  const ask = createAsk(
    new App()
      .appWrapper(async (ctx) => {
        await Promise.resolve();
        return (
          <html>
            <head />
            <body>
              <ctx.Component />
            </body>
          </html>
        );
      })
      .layout("/", async (props) => {
        await Promise.resolve();
        return (
          <main>
            <props.Component />
          </main>
        );
      })
      .route("/", {
        component: async () => {
          await Promise.resolve();
          return <p>later</p>;
        },
      })
      .route("/gone", { component: () => Promise.resolve(<p>never seen</p>) as never })
      .route("/away", {
        component: async () => {
          await Promise.resolve();
          return new Response("own", { status: 418 });
        },
      }),
  );
  assertStringIncludes(await html(ask("/")), "<body><main><p>later</p></main></body>");
  assertEquals((await ask("/away")).status, 418);
});

Deno.test("an error page keeps the status and is found from the place of the error outwards", async () => {
  const ask = createAsk(
    new App()
      .use((ctx) => ctx.next())
      .appWrapper(Shell)
      .onError("*", { component: ({ error }) => <h1>{String((error as HttpError).status ?? 500)}</h1> })
      .onError("/api", (ctx) => Response.json({ message: String(ctx.error) }, { status: 409 }))
      .get("/page", () => {
        throw new HttpError(410, "Gone away");
      })
      .get("/api/x", () => {
        throw new Error("inner");
      }),
  );
  const gone = await ask("/page");
  assertEquals(gone.status, 410);
  const text = await gone.text();
  assertStringIncludes(text, "<h1>410</h1>");
  assertStringIncludes(text, 'data-error="Gone away"');
  const api = await ask("/api/x");
  assertEquals([api.status, await api.json()], [409, { message: "Error: inner" }]);
  const unknown = await ask("/api/unknown");
  assertEquals(unknown.status, 404);
  assertStringIncludes(await unknown.text(), "<h1>404</h1>");
});

Deno.test("the 404 page applies wherever it is registered, and answers 404", async () => {
  const ask = createAsk(
    new App().get("/", () => new Response()).notFound({ component: ({ url }) => <p>no {url.pathname}</p> }),
  );
  const response = await ask("/nowhere");
  assertEquals(response.status, 404);
  assertStringIncludes(await response.text(), "<p>no /nowhere</p>");
});

Deno.test("an error page is rendered outside the root middlewares", async () => {
  const ask = createAsk(
    new App().use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-seen", "yes");
      return response;
    }).onError("*", { component: () => <p>sorry</p> }),
  );
  const response = await ask("/unknown");
  assertEquals([response.status, response.headers.get("x-seen")], [404, null]);
});

Deno.test("Head moves elements into the head and replaces what they duplicate", async () => {
  const ask = createAsk(
    new App().appWrapper(Shell).route("/", {
      component: () => (
        <div>
          <Head>
            <title>Page</title>
            <meta name="description" content="page" />
            <link rel="canonical" href="/here" />
            <link rel="preload" key="font" href="/font" />
          </Head>
          body
        </div>
      ),
    }),
  );
  const text = await html(ask("/"));
  const head = text.slice(0, text.indexOf("</head>"));
  assertEquals(head.match(/<title>/g)?.length, 1);
  assertStringIncludes(head, "<title>Page</title>");
  assertStringIncludes(head, '<meta name="description" content="page"/>');
  assertStringIncludes(head, '<link rel="canonical" href="/here"/>');
  assertStringIncludes(head, 'data-key="font"');
  assertStringIncludes(text, "<div>body</div>");
});

Deno.test("inline scripts and styles carry the nonce that the response hands out", async () => {
  const app = new App().get("/", (ctx) => {
    function Page() {
      return (
        <main>
          <script>early()</script>
          <style>a</style>
        </main>
      );
    }
    return ctx.render(<Page />);
  });
  const ask = createAsk(app);
  const [one, two] = [await ask("/"), await ask("/")];
  const nonces = [one, two].map((response) => Reflect.get(response, Symbol.for("__freshNonce")) as string);
  assertMatch(nonces[0]!, /^[0-9a-f]{32}$/);
  assert(nonces[0] !== nonces[1], "Two renders must not share a nonce");
  const text = await one.text();
  assertStringIncludes(text, `<script nonce="${nonces[0]}">early()</script>`);
  assertStringIncludes(text, `<style nonce="${nonces[0]}">a</style>`);
});

Deno.test("links to the page itself and to pages above it are marked", async () => {
  const ask = createAsk(
    new App().route("/a/b", {
      component: () => (
        <nav>
          <a href="/a/b">here</a>
          <a href="/a">above</a>
          <a href="/other">other</a>
          <a href="/a/b" aria-current="false">said</a>
        </nav>
      ),
    }),
  );
  const text = await html(ask("/a/b"));
  assertStringIncludes(text, '<a href="/a/b" data-current="true" aria-current="page">here</a>');
  assertStringIncludes(text, '<a href="/a" data-ancestor="true" aria-current="true">above</a>');
  assertStringIncludes(text, '<a href="/other">other</a>');
  assertStringIncludes(text, '<a href="/a/b" aria-current="false">said</a>');
});
