/** Opens an address in the browser of this desktop. */

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  // `start` is no program of its own; it would read the first pair of quotes as its title.
  windows: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/** Reports whether an opener accepted it. Only gets addresses of our own servers, and never uses a shell. */
export async function openUrl(url: string, os: string = Deno.build.os): Promise<boolean> {
  const [command = "xdg-open", ...args] = OPENERS[os] ?? ["xdg-open"];
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
