/**
 * Builds an app (`fresh/dev`). Runs on a developer's machine and in tests, never in a server:
 * it needs the `deno` executable to bundle islands.
 */
export { Builder, type BuildOptions, type ResolvedBuildConfig } from "./builder.ts";
export type { OnTransformArgs, OnTransformOptions, OnTransformResult, TransformFn } from "./static_tree.ts";
