import { computed, type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { App } from "fresh";
import { IslandPreparer, setBuildCache } from "fresh/internal";
import { asset } from "fresh/runtime";
import type { Island } from "../../lib/fresh/src/context.ts";
import { parse } from "../../lib/fresh/src/jsonify/parse.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type Ask, createAsk } from "./support.ts";

function Label({ text }: { text: string }) {
  return <b>{text}</b>;
}
function Gauge({ level }: { level: Signal<number> | ReadonlySignal<number> }) {
  return <i>{level}</i>;
}
function Panel(props: { title: string; children?: unknown }) {
  return (
    <section>
      <Label text={props.title} />
    </section>
  );
}

/** An app whose islands are the three above. */
function islandApp(Page: ComponentType): Ask {
  const app = new App().route("/", { component: Page as never }).route("/plain", {
    component: () => <p>plain</p>,
  });
  const islandRegistry = new Map<ComponentType, Island>();
  new IslandPreparer().prepare(
    islandRegistry,
    { default: Panel, Label, Gauge, limit: 3 },
    "/p.js",
    "Panel",
    [],
  );
  setBuildCache(app, {
    root: ".",
    islandRegistry,
    clientEntry: "/_fresh/js/b/fresh-runtime.js",
    getFsRoutes: () => [],
    findFile: () => null,
  }, "production");
  return createAsk(app);
}

async function render(Page: ComponentType): Promise<string> {
  const response = await islandApp(Page)("/");
  assertEquals(response.status, 200);
  return await response.text();
}

/** The list of props that the boot script of a page passes to the islands. */
function propsIn(html: string): { slots: unknown[]; props: Record<string, unknown> }[] {
  const literal = /boot\(\{[^}]*\},(".*")\);<\/script>/s.exec(html)?.[1];
  assert(literal !== undefined, "The page has no boot script");
  return parse(JSON.parse(literal), {
    Signal: (value) => ({ signal: value }),
    Computed: (value) => ({ computed: value }),
  });
}

Deno.test("every exported function of an island module is an island, named after its export or the file", () => {
  const registry = new Map<ComponentType, Island>();
  const preparer = new IslandPreparer();
  preparer.prepare(registry, { default: Panel, Label, limit: 3 }, "/_fresh/js/b/Panel.js", "Panel", []);
  preparer.prepare(registry, { default: Gauge }, "/_fresh/js/b/Label.js", "Label", []);
  preparer.prepare(registry, { default: () => null }, "/_fresh/js/b/class.js", "class", []);
  const names = Array.from(registry.values(), ({ name, exportName, file }) => [name, exportName, file]);
  assertEquals(names, [
    ["Panel", "default", "/_fresh/js/b/Panel.js"],
    ["Label", "Label", "/_fresh/js/b/Panel.js"],
    ["Label_1", "default", "/_fresh/js/b/Label.js"],
    ["_class", "default", "/_fresh/js/b/class.js"],
  ]);
});

Deno.test("an island stands between comments with its name, the index of its props and its key", async () => {
  const html = await render(() => (
    <main>
      <Label text="a" />
      <Label key="acme:work-->" text="b" />
    </main>
  ));
  assertStringIncludes(html, "<main><!--frsh:island:Label:0:--><b>a</b><!--/frsh:island-->");
  assertStringIncludes(html, "<!--frsh:island:Label:1:acme_work--_--><b>b</b><!--/frsh:island--></main>");
});

Deno.test("the boot script imports each island once and gives all of them one list of props", async () => {
  const html = await render(() => (
    <main>
      <Label text="a" />
      <Label text="b" />
      <Panel title="c" />
    </main>
  ));
  const imports = [...html.matchAll(/import (.*?) from "(.*?)";/g)].map(([, what, from]) => [what, from]);
  assertEquals(imports, [
    ["{ boot }", "/_fresh/js/b/fresh-runtime.js"],
    ["{ Label }", "/p.js"],
    ["Panel", "/p.js"],
  ]);
  assertStringIncludes(html, "boot({Label,Panel},");
  assertEquals(propsIn(html), [
    { slots: [], props: { text: "a" } },
    { slots: [], props: { text: "b" } },
    { slots: [], props: { title: "c" } },
  ]);
});

Deno.test("the boot script is the last thing in the body and carries the nonce", async () => {
  const response = await islandApp(() => <Label text="a" />)("/");
  const nonce = Reflect.get(response, Symbol.for("__freshNonce"));
  const html = await response.text();
  assertMatch(
    html,
    new RegExp(`<script type="module" nonce="${nonce}">import [^<]*</script></body></html>$`),
  );
});

Deno.test("a signal given to several islands is serialized once and shared", async () => {
  const html = await render(() => {
    const level = useSignal(42);
    return (
      <main>
        <Gauge level={level} />
        <Gauge level={level} />
      </main>
    );
  });
  assertEquals(html.match(/\\"Signal\\"/g)?.length, 1);
  const [one, two] = propsIn(html);
  assertEquals(one?.props.level, { signal: 42 });
  assert(one?.props.level === two?.props.level, "Both islands must get the same signal");
});

Deno.test("a computed signal arrives as a computed value", async () => {
  const html = await render(() => <Gauge level={computed(() => 7)} />);
  assertEquals(propsIn(html)[0]?.props.level, { computed: 7 });
});

Deno.test("an island inside an island is an ordinary component", async () => {
  const html = await render(() => <Panel title="outer" />);
  assertStringIncludes(html, "<!--frsh:island:Panel:0:--><section><b>outer</b></section><!--/frsh:island-->");
  assertEquals(html.match(/<!--frsh:island/g)?.length, 1);
});

Deno.test("a page without islands has no script and preloads nothing", async () => {
  const response = await islandApp(() => null)("/plain");
  assertEquals(response.headers.get("link"), null);
  assertEquals((await response.text()).includes("<script"), false);
});

Deno.test("a page with islands announces its chunks in the Link header", async () => {
  const response = await islandApp(() => <Label text="a" />)("/");
  assertEquals(
    response.headers.get("link"),
    '</_fresh/js/b/fresh-runtime.js>; rel="modulepreload"; as="script", </p.js>; rel="modulepreload"; as="script"',
  );
});

Deno.test("text in props can neither end the script nor open a comment in it", async () => {
  const text = "</script><script>alert(1)</script><!-- </STYLE> \u2028 \\ \" '";
  const html = await render(() => <Label text={text} />);
  const script = html.slice(html.indexOf("<script"));
  assertEquals(script.match(/<\/(script|style)/gi), ["</script"]);
  assertEquals(script.includes("<!--"), false);
  assertEquals(propsIn(html)[0]?.props.text, text);
});

Deno.test("JSX and functions are refused as props of an island, with its name", async () => {
  const { error } = console;
  const logged: string[] = [];
  console.error = (...args: unknown[]) => logged.push(String(args[0]));
  try {
    assertEquals((await islandApp(() => <Panel title="a">{<p>child</p>}</Panel>)("/")).status, 500);
    assertEquals((await islandApp(() => <Label text={(() => "x") as never} />)("/")).status, 500);
    assertEquals((await islandApp(() => <Label text={[<p key="1">x</p>] as never} />)("/")).status, 500);
  } finally {
    console.error = error;
  }
  assertEquals(logged, [
    'TypeError: Cannot pass JSX to island Panel as "children": props of an island are data',
    "TypeError: Cannot serialize a function",
    "TypeError: Cannot serialize JSX: props of an island are data",
  ]);
});

Deno.test("asset() marks only own paths, once, and keeps query and fragment", () => {
  const id = new URL(asset("/x"), "http://localhost").searchParams.get("__frsh_c");
  assert(id !== null && id !== "");
  assertEquals(asset("/a.css"), `/a.css?__frsh_c=${id}`);
  assertEquals(asset("/a.css?v=1#top"), `/a.css?v=1&__frsh_c=${id}#top`);
  assertEquals(asset(asset("/a.css")), asset("/a.css"));
  assertEquals(asset("https://cdn.example/a.css"), "https://cdn.example/a.css");
  assertEquals(asset("//cdn.example/a.css"), "//cdn.example/a.css");
  assertEquals(asset("a.css"), "a.css");
});

Deno.test("images are marked as assets unless they opt out", async () => {
  const html = await render(() => (
    <main>
      <img src="/a.png" srcset="/a.png 1x, /b.png 2x" alt="" />
      <img src="/c.png" data-fresh-disable-lock alt="" />
    </main>
  ));
  assertMatch(
    html,
    /src="\/a\.png\?__frsh_c=\w+" srcset="\/a\.png\?__frsh_c=\w+ 1x, \/b\.png\?__frsh_c=\w+ 2x"/,
  );
  assertStringIncludes(html, 'src="/c.png"');
});
