/** Redraws only the lines of a screen that changed, so that nothing flickers. */
import { cutStyled } from "./wrap.ts";

export interface Drawing {
  /** Shows these lines and nothing below them. */
  show(lines: readonly string[], size: { readonly columns: number; readonly rows: number }): void;
  /** Forgets the screen, for example after a change of size. */
  forget(): void;
}

export function drawingOn(write: (text: string) => void): Drawing {
  let shown: readonly string[] | null = null;
  return {
    show(lines, { columns, rows }) {
      const next = Array.from({ length: rows }, (_, row) => cutStyled(lines[row] ?? "", columns));
      const before = shown;
      const changed = next.flatMap((line, row) =>
        before !== null && before[row] === line ? [] : [`\x1b[${row + 1};1H${line}\x1b[0m\x1b[K`]
      );
      shown = next;
      // One write, so that no half-drawn frame is visible.
      if (changed.length > 0) write((before === null ? "\x1b[2J" : "") + changed.join(""));
    },
    forget() {
      shown = null;
    },
  };
}
