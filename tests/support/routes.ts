/** Lists every path the server answers, from the files, so that no test can forget one. */

const ROOT = new URL("../../", import.meta.url);

/** Paths of all route files; parameters appear as `x`. */
export function routePaths(): readonly string[] {
  return pathsOf(files("routes/"));
}

/** Paths of the route files that render a page. */
export function pagePaths(): readonly string[] {
  return pathsOf(files("routes/").filter((file) => file.endsWith(".tsx")));
}

function pathsOf(all: readonly string[]): readonly string[] {
  return all.flatMap((file) => {
    // Fresh ignores files that begin with `_`, and folders such as `(_components)`.
    if (/(^|\/)\(?_/.test(file)) return [];
    const path = file.replace(/\.tsx?$/, "").replace(/\([^/]*\)\//g, "").replace(/\[[^/]*\]/g, "x");
    return [`/${path}`.replace(/\/index$/, "/")];
  });
}

/** Paths of all static files. */
export function staticPaths(): readonly string[] {
  return files("static/").map((file) => `/${file}`);
}

function files(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(new URL(folder + below, ROOT))]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? files(folder, `${below}${name}/`) : [`${below}${name}`]
    );
}
