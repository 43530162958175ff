/** The health of a channel, from the results of its messages. Pure. */

/** The result of one message. Instants are epoch milliseconds. */
export interface ChannelDelivery {
  readonly channel: string;
  readonly state: "waiting" | "sent" | "given-up" | "expired";
  readonly createdAt: number;
  /** When the next attempt is due; for a finished message, when it ended. */
  readonly dueAt: number;
  readonly attempts: number;
  /** The last attempt that failed; absent before the first. */
  readonly triedAt?: number;
  readonly note: string;
}

export interface ChannelAnswer {
  readonly at: number;
  readonly state: ChannelDelivery["state"];
  readonly note: string;
}

export interface ChannelHealth {
  /** `trouble`: the last message was not delivered; `new`: none was sent yet. */
  readonly state: "well" | "trouble" | "new";
  /** Since when messages have failed; null while all is well. */
  readonly since: number | null;
  /** Why the newest failing message failed; empty while all is well. */
  readonly problem: string;
  readonly sentAt: number | null;
  readonly waiting: number;
  /** Newest first. */
  readonly answers: readonly ChannelAnswer[];
}

const MAX_ANSWERS = 5;

export function channelHealth(channel: string, deliveries: readonly ChannelDelivery[]): ChannelHealth {
  const own = deliveries.filter((one) => one.channel === channel && one.state !== "expired");
  const tried = own.filter(({ attempts }) => attempts > 0).sort((a, b) => b.createdAt - a.createdAt);
  const sent = own.flatMap(({ state, dueAt }) => state === "sent" ? dueAt : []);
  const sentAt = sent.length === 0 ? null : Math.max(...sent);
  // A later success shows that the channel works again, whatever happened to earlier messages.
  const failing = tried.filter(({ state, dueAt, createdAt }) =>
    state === "waiting" || state === "given-up" && (sentAt === null || Math.max(dueAt, createdAt) > sentAt)
  );
  const [newest] = failing;
  return {
    state: newest ? "trouble" : tried.length === 0 ? "new" : "well",
    since: newest ? Math.min(...failing.map(({ createdAt }) => createdAt)) : null,
    problem: newest?.note ?? "",
    sentAt,
    waiting: own.filter(({ state }) => state === "waiting").length,
    answers: tried.slice(0, MAX_ANSWERS).map(({ dueAt, createdAt, triedAt, state, note }) => ({
      at: state === "waiting" ? triedAt ?? createdAt : dueAt,
      state,
      note,
    })),
  };
}
