/**
 * Replaces this process by another program, with the system's own `execve`, as a shell does with `exec`. A
 * process that only waits for another one would keep 65 MB for that.
 */

/** The C library by the name under which the system finds it, where its `execve` can be called. */
const C_LIBRARIES: Partial<Readonly<Record<typeof Deno.build.os, string>>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

/**
 * Returns only when the process cannot be replaced: on another system, without the permission, or when the
 * system refuses. Nothing that has to be closed may be open.
 *
 * @param program path of the executable @param args its arguments @param env its whole environment
 */
export function replaceProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): void {
  const library = C_LIBRARIES[Deno.build.os];
  // Calling it without the permission would ask whoever is at the terminal.
  if (library === undefined || Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return;
  let system;
  try {
    system = Deno.dlopen(library, {
      execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
    });
  } catch {
    // Another C library: the caller starts the program beside this one.
    return;
  }
  const argv = pointersTo([program, ...args]);
  const envp = pointersTo(Object.entries(env).map(([name, value]) => `${name}=${value}`));
  system.symbols.execve(encode(program), argv.pointers, envp.pointers);
  system.close();
}

/** Returns an array that ends with a null pointer, and the texts it points to, which must live as long. */
function pointersTo(texts: readonly string[]) {
  const encoded = texts.map(encode);
  const pointers = new BigUint64Array(texts.length + 1);
  encoded.forEach((text, i) => pointers[i] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  return { pointers, encoded };
}

/** @throws {TypeError} when the text would end early */
function encode(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError("A program's arguments cannot contain a null character");
  return new TextEncoder().encode(`${text}\0`);
}
