/** Copies a chart of the page to the clipboard as a picture, or saves it as a file where that is not allowed. */
import { pathTo } from "../base_path.ts";
import type { QueryParameters } from "./address.ts";

/** Pixels for each unit of the drawing, for sharp screens. */
const SCALE = 2;

/**
 * Draws an image of this server as PNG and copies it, or saves it where that is not allowed.
 *
 * @throws when the image cannot be loaded or drawn
 */
export async function copyPicture(address: string, name: string): Promise<"copied" | "saved"> {
  const picture = drawPicture(address);
  // Safari needs the promise itself, while the click still counts as a user action.
  if (navigator.clipboard?.write !== undefined && typeof ClipboardItem === "function") {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      return "copied";
    } catch {
      // Not allowed here: save it instead, unless the picture itself failed.
    }
  }
  save(await picture, name);
  return "saved";
}

async function drawPicture(address: string): Promise<Blob> {
  const image = new Image();
  image.src = pathTo(address);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => blob ? resolve(blob) : reject(new Error("The picture could not be created")),
      "image/png",
    );
  });
}

function save(picture: Blob, name: string) {
  const address = URL.createObjectURL(picture);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * Builds the address of the image of a history: the chart's own parameters except those that hide lines, the
 * visible quotas, and the theme of the page.
 */
export function pictureAddress(
  own: QueryParameters,
  quotas: readonly string[],
  words: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({ ...words, theme: themeNow() });
  for (const [name, value] of own) if (name !== "hide") query.append(name, value);
  for (const key of quotas) query.append("quota", key);
  return `/api/v1/chart.svg?${query}`;
}

/** Returns the current theme of the page. */
function themeNow(): "light" | "dark" {
  const { theme } = document.documentElement.dataset;
  if (theme === "light" || theme === "dark") return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
