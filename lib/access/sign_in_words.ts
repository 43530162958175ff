/** Describes how a user signs in: `password, 2 passkeys`. */
export function describeSignIn(hasPassword: boolean, passkeys: number): string {
  const ways = [
    ...hasPassword ? ["password"] : [],
    ...passkeys > 0 ? [passkeys === 1 ? "1 passkey" : `${passkeys} passkeys`] : [],
  ];
  return ways.join(", ") || "nothing";
}
