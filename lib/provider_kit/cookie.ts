/** Extracts one cookie from the text people copy from their browser. Imports nothing. */

/**
 * Returns the value of the named cookie from a whole `Cookie` header or one `name=value`, or the text itself
 * when it is a bare value; undefined when the text contains only other cookies.
 */
export function cookieValue(text: string, name: string): string | undefined {
  const plain = text.trim().replace(/^cookie:\s*/i, "");
  const parts = plain.split(";").map((part) => part.trim()).filter((part) => part !== "");
  for (const part of parts) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) {
      const value = part.slice(at + 1).trim().replace(/^"(.*)"$/, "$1");
      return isValue(value) ? value : undefined;
    }
  }
  const [only, ...others] = parts;
  // A bare value has no name in front; it contains `=` only at its end, as base64 padding.
  return only !== undefined && others.length === 0 && /^[^=]+=*$/.test(only) && isValue(only)
    ? only
    : undefined;
}

/** Reports whether a header can carry the text as one cookie's value. */
function isValue(text: string): boolean {
  return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(text);
}
