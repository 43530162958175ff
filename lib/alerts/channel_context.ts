/** What a channel gets to reach its receiver: its settings with the secrets opened, and the world outside. */
import type { Clock } from "../base/clock.ts";
import type { ChannelContext } from "./channel.ts";
import { channelType } from "./channels/mod.ts";
import { refusePrivate } from "./public_only.ts";
import type { Channel } from "./stored_channels.ts";

export interface ChannelContextParts {
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  readonly clock: Pick<Clock, "now">;
}

/** @throws {ChannelError} when it may reach public addresses only, and its own is none @throws {VaultError} */
export async function channelContext(
  channel: Channel,
  { outside, clock }: ChannelContextParts,
  signal: AbortSignal,
): Promise<ChannelContext> {
  const settings = { ...channel.settings, ...await channel.open() };
  // Its name may resolve elsewhere than when it was added.
  const type = channelType(channel.type);
  if (channel.publicOnly && type) await refusePrivate(type.reach(settings, outside.os));
  return {
    ...outside,
    // A receiver that hangs does not keep the program from stopping.
    request: (url, init) => outside.request(url, { ...init, signal }),
    run: (command, args, input, timeoutMs) => outside.run(command, args, input, timeoutMs, signal),
    settings,
    now: () => clock.now(),
    signal,
  };
}
