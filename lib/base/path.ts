/**
 * Paths as `node:path` and `node:url` handle them. Importing either loads the base of Node's modules, which takes
 * a third as long as starting the runtime, and most commands need none of those. So they serve Windows only,
 * whose paths are harder; elsewhere these few functions do the same.
 */
import type * as path from "node:path";
import type * as url from "node:url";
import { nodePath, nodeUrl } from "./node_builtins.ts";

type Path = Pick<
  typeof path,
  "basename" | "delimiter" | "dirname" | "isAbsolute" | "join" | "relative" | "resolve"
>;
type Url = Pick<typeof url, "pathToFileURL">;

/** Paths of Linux and macOS, where only `/` separates names. */
export const posix: Path & Url = {
  delimiter: ":",

  basename(path, suffix = "") {
    const [, name = ""] = /([^/]*)\/*$/.exec(path)!;
    return name !== suffix && name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) : name;
  },

  dirname(path) {
    if (path === "") return ".";
    const parent = path.replace(/\/+$/, "").replace(/[^/]*$/, "");
    if (parent === "") return path.startsWith("/") ? "/" : ".";
    // As Node does, all but one of the slashes before the name stay, and both of two at the start.
    return parent.length <= 2 && parent.startsWith("/") ? parent : parent.slice(0, -1);
  },

  isAbsolute: (path) => path.startsWith("/"),

  join(...paths) {
    const joined = paths.filter((path) => path !== "").join("/");
    return joined === "" ? "." : normalize(joined);
  },

  relative(from, to) {
    const [start, end] = [from, to].map((path) => posix.resolve(path).split("/").filter(Boolean));
    let common = 0;
    while (common < start!.length && start![common] === end![common]) common++;
    return [...start!.slice(common).map(() => ".."), ...end!.slice(common)].join("/");
  },

  resolve(...paths) {
    let resolved = "";
    for (const path of [...paths].reverse()) {
      if (path !== "") resolved = resolved === "" ? path : `${path}/${resolved}`;
      if (resolved.startsWith("/")) break;
    }
    if (!resolved.startsWith("/")) resolved = `${Deno.cwd()}/${resolved}`;
    const normal = normalize(resolved);
    return normal === "/" ? normal : normal.replace(/\/$/, "");
  },

  pathToFileURL(path) {
    const slash = path.endsWith("/") && !/^\/+$/.test(path) ? "/" : "";
    const whole = `${posix.resolve(path)}${slash}`;
    const url = new URL("file:///");
    url.pathname = whole.replaceAll(/[%\\\n\r\t?#]/g, escapeSign);
    return url;
  },
};

const native: Path & Url = Deno.build.os === "windows" ? loadNodePaths() : posix;

export const { basename, delimiter, dirname, isAbsolute, join, pathToFileURL, relative, resolve } = native;

/** Returns Node's own functions for the paths of this system. */
export function loadNodePaths(): Path & Url {
  const { pathToFileURL } = nodeUrl();
  return { ...nodePath(), pathToFileURL };
}

/** Removes `.` and doubled slashes, and resolves `..`; a slash at the end stays. */
function normalize(path: string): string {
  const isFromRoot = path.startsWith("/");
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== ".." || (names.length === 0 ? !isFromRoot : names.at(-1) === "..")) names.push(name);
    else names.pop();
  }
  const normal = `${isFromRoot ? "/" : ""}${names.join("/")}`;
  if (normal === "/") return normal;
  const slash = path.endsWith("/") ? "/" : "";
  return `${normal === "" ? "." : normal}${slash}`;
}

/** Escapes a character that has a meaning in a URL. */
function escapeSign(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
