/** Formats `1 cycle`, `691,200 cycles`: exact, however large. */
export function countText(count: number, word: string): string {
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${digits} ${count === 1 ? word : `${word}s`}`;
}
