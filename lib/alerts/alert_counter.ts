/** Counts the outcomes of alerts in this process. */
import {
  type AlertCounts,
  type ChannelCounts,
  SUPPRESSED_REASONS,
  type SuppressedReason,
} from "../model/alerts/counts.ts";

interface TypeCounts {
  sent: number;
  failed: number;
  givenUp: number;
  readonly suppressed: Map<SuppressedReason, number>;
}

export interface AlertCounter {
  /**
   * Counts a new alert. @param suppressions the types of the channels that do not get it at once, each with the
   * reason
   */
  raised(suppressions: readonly (readonly [type: string, reason: SuppressedReason])[]): void;
  turnedOff(): void;
  sent(type: string, messages: number): void;
  failed(type: string, messages: number): void;
  givenUp(type: string): void;
  /** @param waiting the number of waiting messages by type of channel; a type with 0 is in use */
  counts(waiting: ReadonlyMap<string, number>): AlertCounts;
}

export function createAlertCounter(): AlertCounter {
  const byType = new Map<string, TypeCounts>();
  let [raised, turnedOff] = [0, 0];

  function of(type: string): TypeCounts {
    let counted = byType.get(type);
    if (!counted) {
      byType.set(type, counted = { sent: 0, failed: 0, givenUp: 0, suppressed: new Map() });
    }
    return counted;
  }

  function findCounts(type: string, waiting: number): ChannelCounts {
    const { sent, failed, givenUp, suppressed } = of(type);
    return {
      type,
      sent,
      failed,
      givenUp,
      waiting,
      suppressed: Object.fromEntries(
        SUPPRESSED_REASONS.map((reason) => [reason, suppressed.get(reason) ?? 0]),
      ) as Record<SuppressedReason, number>,
    };
  }

  return {
    raised(suppressions) {
      raised++;
      for (const [type, reason] of suppressions) {
        const { suppressed } = of(type);
        suppressed.set(reason, (suppressed.get(reason) ?? 0) + 1);
      }
    },
    turnedOff: () => void turnedOff++,
    sent: (type, messages) => void (of(type).sent += messages),
    failed: (type, messages) => void (of(type).failed += messages),
    givenUp: (type) => void of(type).givenUp++,
    counts(waiting) {
      const types = [...new Set([...byType.keys(), ...waiting.keys()])].sort();
      return { raised, turnedOff, channels: types.map((type) => findCounts(type, waiting.get(type) ?? 0)) };
    },
  };
}
