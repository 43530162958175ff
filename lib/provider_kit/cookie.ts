/** One cookie out of what people copy from their browser. It imports nothing. */

/**
 * The value of the cookie of that name in a whole `Cookie` header, in one `name=value`, or the text itself where
 * it is a bare value; undefined where the text holds other cookies only.
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
  // A bare value has no name in front; `=` stands at its end at most, where it fills up base64.
  return only !== undefined && others.length === 0 && /^[^=]+=*$/.test(only) && isValue(only)
    ? only
    : undefined;
}

/** What a header can carry as the value of one cookie. */
function isValue(text: string): boolean {
  return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(text);
}
