/** Sizes for people. */
import { formatNumber } from "../model/view/format.ts";

/** Formats `412 KiB`, `1.3 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const mebibytes = bytes / 1024 ** 2;
  if (mebibytes < 1) return `${Math.round(bytes / 1024)} KiB`;
  return mebibytes < 1024 ? `${formatNumber(mebibytes)} MiB` : `${formatNumber(mebibytes / 1024)} GiB`;
}
