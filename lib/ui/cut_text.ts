/** Cuts a text to a number of letters, the last one an ellipsis. */
export function cutText(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, Math.max(1, most - 1)).join("")}\u2026` : text;
}
