/** Request bodies of the service API. Unknown fields are ignored, as the original program does. */
import * as v from "valibot";

const createTextSchema = (most: number) =>
  v.pipe(v.string(), v.maxLength(most, `expected at most ${most} characters`));
const Secret = createTextSchema(16_384);
const Address = createTextSchema(2048);
const Name = v.pipe(createTextSchema(64), v.regex(/\S/, "expected at least one character"));

/** `POST /api/services`. */
export const NewServiceBody = v.object({
  name: Name,
  provider: v.pipe(createTextSchema(64), v.minLength(1, "expected at least one character")),
  apiKey: v.optional(Secret),
  bearerToken: v.optional(Secret),
  baseUrl: v.optional(Address),
  enabled: v.optional(v.boolean()),
});

/** `PUT /api/services/:id`: any of these; an empty text removes a secret or the URL. */
export const ServiceChangeBody = v.object({
  name: v.optional(Name),
  apiKey: v.optional(Secret),
  bearerToken: v.optional(Secret),
  baseUrl: v.optional(Address),
  enabled: v.optional(v.boolean()),
  displayOrder: v.optional(v.pipe(v.number(), v.integer("expected a whole number"))),
});

/** `POST /api/services/reorder`: ids in the desired order; services not listed follow. */
export const ReorderBody = v.object({
  serviceIds: v.pipe(v.array(createTextSchema(400)), v.maxLength(500, "expected at most 500 ids")),
});

const Password = createTextSchema(1024);
const Username = createTextSchema(256);

/** `POST /api/auth/login`. */
export const LoginBody = v.object({ username: Username, password: Password });

/** `POST /api/auth/register`; the code is the one shown in the terminal. */
export const RegisterBody = v.object({
  username: Username,
  password: Password,
  setupCode: createTextSchema(64),
});

/** `POST /api/auth/change-password`. */
export const PasswordBody = v.object({ currentPassword: Password, newPassword: Password });

/** `POST /api/auth/api-keys`; the default is `read` and `poll`, without expiry. */
export const NewKeyBody = v.object({
  name: Name,
  scopes: v.optional(v.array(v.picklist(["read", "metrics", "poll", "write", "push"]))),
  expiresAt: v.optional(v.pipe(v.number(), v.integer("expected unix seconds"))),
});
