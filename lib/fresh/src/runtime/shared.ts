export const hi = "x";
