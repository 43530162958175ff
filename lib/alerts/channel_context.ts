/** Builds what a channel needs to reach its receiver: its settings with the secrets opened, and the outside. */
import type { Clock } from "../base/clock.ts";
import type { ChannelContext } from "./channel.ts";
import { channelType } from "./channels/mod.ts";
import { refusePrivate } from "./public_only.ts";
import type { Channel } from "./stored_channels.ts";

export interface ChannelContextParts {
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  readonly clock: Pick<Clock, "now">;
}

/** @throws {ChannelError} when it may reach only public addresses, and its own is private @throws {VaultError} */
export async function channelContext(
  channel: Channel,
  { outside, clock }: ChannelContextParts,
  signal: AbortSignal,
): Promise<ChannelContext> {
  const settings = { ...channel.settings, ...await channel.open() };
  // Its name may resolve to another address than when it was added.
  const type = channelType(channel.type);
  if (channel.publicOnly && type) await refusePrivate(type.reach(settings, outside.os));
  return {
    ...outside,
    // A hanging receiver must not keep the program from stopping.
    request: (url, init) => outside.request(url, { ...init, signal }),
    run: (command, args, input, timeoutMs) => outside.run(command, args, input, timeoutMs, signal),
    settings,
    now: () => clock.now(),
    signal,
  };
}
