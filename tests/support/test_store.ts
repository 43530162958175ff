/**
 * The store for tests of requests: empty, in memory, on the engine of the test run. The default is SQLite; select another with
 * `SYNTRACK_TEST_STORE=kv deno test -A --no-check tests/routes/spend_test.ts`, or by registering tests with
 * `registerTestsOn`.
 */
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";

const OPEN = {
  sqlite: () => openSqliteStore(":memory:"),
  kv: () => openKvStore("kv::memory:"),
} satisfies Record<string, () => Promise<Store>>;

export type Engine = keyof typeof OPEN;

/** The end of a test's name if a tool is missing. */
const IGNORED = / \(ignored: .*\)$/s;

let engine = engineNamed(Deno.env.get("SYNTRACK_TEST_STORE") ?? "sqlite");

function engineNamed(name: string): Engine {
  if (Object.hasOwn(OPEN, name)) return name as Engine;
  throw new Error(`SYNTRACK_TEST_STORE is "${name}": name one of ${Object.keys(OPEN).join(", ")}`);
}

export function openTestStore(): Promise<Store> {
  return OPEN[engine]();
}

/**
 * Registers the tests of these modules for an engine, and adds the engine to their names. No other tests may be registered
 * at the same time.
 *
 * @param leave names of tests to omit
 * @returns the names of the omitted tests
 */
export async function registerTestsOn(
  which: Engine,
  modules: readonly URL[],
  leave: ReadonlySet<string>,
): Promise<readonly string[]> {
  const own = engine;
  engine = which;
  const left: string[] = [];
  const runtime: { test: typeof Deno.test } = Deno;
  const register = runtime.test;

  function registerOne(first: string | Deno.TestDefinition, run?: Deno.TestDefinition["fn"]): void {
    const test = typeof first === "string" ? { name: first, fn: run! } : first;
    const name = test.name.replace(IGNORED, "");
    if (leave.has(name)) return void left.push(name);
    register({
      ...test,
      name: `on ${which}: ${test.name}`,
      async fn(context) {
        engine = which;
        try {
          await test.fn(context);
        } finally {
          engine = own;
        }
      },
    });
  }

  runtime.test = new Proxy(register, {
    apply: (_, __, args) => registerOne(...args as Parameters<typeof registerOne>),
  });
  try {
    for (const module of modules) await import(module.href);
  } finally {
    runtime.test = register;
    engine = own;
  }
  return left;
}
