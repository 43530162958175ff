/** Opens an address in the browser of this desktop. */

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  // `start` is built into cmd, and reads the first pair of quotes as its title.
  windows: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/**
 * Opens an address; returns whether an opener accepted it. Takes only addresses of our servers, and uses no shell.
 */
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
