/** Finds the class names and elements that the markup of a page may use. */

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/**
 * Returns a test for class names, and for elements as `<name`: whether the routes or their imports contain the name, or a
 * prefix of it that ends in a hyphen, as in `series-${number}`. Modules that are loaded later are ignored.
 *
 * @param root the project
 * @param routes paths of route files below it
 * @param folders those with markup; words in other modules are classes only by chance
 * @param later paths of modules whose markup appears only with the whole stylesheet
 */
export async function classesOfRoutes(
  root: URL,
  routes: readonly string[],
  folders: readonly string[],
  later: readonly string[] = [],
): Promise<(name: string) => boolean> {
  const words = new Set<string>();
  for (const path of await listImported(root, routes)) {
    if (!folders.some((folder) => path.startsWith(new URL(folder, root).href))) continue;
    if (later.some((module) => path === new URL(module, root).href)) continue;
    const source = await Deno.readTextFile(new URL(path));
    for (const [word] of source.matchAll(/-?[a-z][\w:/.[\]%-]*/gi)) words.add(word);
    for (const [element] of source.matchAll(/<[a-z][a-z0-9]*/g)) words.add(element);
  }
  return (name) => words.has(name) || listPrefixes(name).some((one) => words.has(one));
}

function listPrefixes(name: string): readonly string[] {
  return Array.from(name.matchAll(/-/g), ({ index }) => name.slice(0, index + 1));
}

/** Returns the URLs of these modules and of all they import. */
async function listImported(root: URL, routes: readonly string[]): Promise<ReadonlySet<string>> {
  const imports = new Map<string, readonly string[]>();
  const urls = routes.map((route) => new URL(route, root).href);
  for (const url of urls) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--quiet", url],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(`Cannot read ${url}: ${new TextDecoder().decode(stderr).trim()}`);
    const { modules }: Info = JSON.parse(new TextDecoder().decode(stdout));
    for (const { specifier, dependencies = [] } of modules) {
      const own = dependencies.filter(({ isDynamic = false }) => !isDynamic);
      imports.set(specifier, own.flatMap(({ code }) => code?.specifier ?? []));
    }
  }
  const found = new Set(urls);
  for (const url of found) for (const imported of imports.get(url) ?? []) found.add(imported);
  return found;
}
