/** Copies a folder with its contents. */
import { join } from "node:path";

export async function copyTree(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(new URL(`${name}/`, from), join(to, name));
    else await Deno.copyFile(new URL(name, from), join(to, name));
  }
}
