import { relative } from "node:path";
import { findContentType, hashFiles, toPosix, walk } from "./files.ts";
import type { BuiltFile } from "./model.ts";

export interface OnTransformOptions {
  readonly pluginName: string;
  readonly filter: RegExp;
}

export interface OnTransformArgs {
  readonly path: string;
  readonly text: string;
  readonly content: Uint8Array;
  readonly mode: "development" | "production";
  readonly root: string;
}

export interface OnTransformResult {
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** Returns the new content of the file, or nothing to leave it as it is. */
export type TransformFn = (
  args: OnTransformArgs,
) => void | OnTransformResult | Promise<void | OnTransformResult>;

interface ReadOptions {
  readonly dirs: readonly string[];
  readonly outDir: string;
  readonly root: string;
  readonly mode: OnTransformArgs["mode"];
}

/** Reads the static directories and applies the registered transformations. */
export class StaticTree {
  readonly #transforms: {
    readonly filter: RegExp;
    readonly run: TransformFn;
  }[] = [];

  onTransform({ filter }: OnTransformOptions, run: TransformFn): void {
    this.#transforms.push({ filter, run });
  }

  async read({ dirs, outDir, root, mode }: ReadOptions): Promise<BuiltFile[]> {
    const files = new Map<string, BuiltFile>();
    for (const dir of dirs) {
      // Fresh would silently skip all of it.
      if (isInside(outDir, dir)) {
        throw new TypeError(
          `Cannot serve files from ${dir}: it lies in the output directory. Give one outside`,
        );
      }
      for (const path of await walk(dir, isPublic)) {
        const name = `/${
          toPosix(relative(dir, path)).split("/").map(encodeURIComponent).join(
            "/",
          )
        }`;
        // The output directory may be inside a static one.
        if (files.has(name) || isInside(outDir, path)) continue;
        const content = await this.#transform(path, await Deno.readFile(path), {
          root,
          mode,
        });
        files.set(name, {
          name,
          content,
          contentType: findContentType(path),
          hash: await hashFiles(content),
        });
      }
    }
    return [...files.values()];
  }

  async #transform(
    path: string,
    original: Uint8Array<ArrayBuffer>,
    where: Pick<OnTransformArgs, "root" | "mode">,
  ): Promise<Uint8Array<ArrayBuffer>> {
    let content = original;
    for (const { filter, run } of this.#transforms) {
      if (!filter.test(path)) continue;
      const text = new TextDecoder().decode(content);
      const changed = (await run({ path, text, content, ...where }))?.content;
      if (changed !== undefined) {
        content = typeof changed === "string" ? encode(changed) : changed;
      }
    }
    return content;
  }
}

function isInside(dir: string, path: string): boolean {
  return !relative(dir, path).startsWith("..");
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Hidden files are not served, except the standardized ones. */
function isPublic(name: string): boolean {
  return !name.startsWith(".") || name === ".well-known";
}
