/** A line with a change that makes no difference. */
export interface Equivalent {
  readonly path: string;
  /** The trimmed line, so that it is found wherever it moves. */
  readonly code: string;
  /** Without it, every change of that line. */
  readonly from?: string;
  /** Which of the same operators or constants in that line, counted from 0. */
  readonly place?: number;
  readonly to?: string;
  readonly why: string;
}
