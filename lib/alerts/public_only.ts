/** Keeps channels added from elsewhere out of the server's own network. */
import { type Resolve, resolveHost } from "../net/resolve_host.ts";
import { ChannelError, type ChannelReach } from "./channel.ts";

/**
 * Rejects a target whose address is not public. A name that does not resolve fails later, at the attempt.
 *
 * @throws {ChannelError}
 */
export async function refusePrivate({ hosts, socket }: ChannelReach, resolve?: Resolve): Promise<void> {
  const names = [...hosts, ...socket ? [socket.host] : []];
  for (const name of names) {
    const bare = name.includes(":") && !name.startsWith("[") && name.split(":").length > 2
      ? `[${name}]`
      : name;
    if (!URL.canParse(`http://${bare}`)) continue;
    const url = new URL(`http://${bare}`);
    const { kinds } = await resolveHost(url, resolve);
    if (kinds.some((kind) => kind !== "public")) {
      throw new ChannelError(
        `${url.hostname} is in a private network; add such a channel on the machine itself: ` +
          "`syntrack channels add`",
        { retry: false },
      );
    }
  }
}
