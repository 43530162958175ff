import { Mark } from "@/lib/ui/icons.tsx";
import { failureJson, wantsJson } from "@/lib/web/answer.ts";
import { errorText } from "@/lib/web/failure.ts";
import { type Failure, toFailure } from "@/lib/web/failure.ts";
import { withSecurityHeaders } from "@/lib/web/headers.ts";
import { define, type State } from "@/lib/web/state.ts";

/** Answers every thrown error: JSON for programs, a page for people. */
export const handlers = define.handlers(async (ctx) => {
  const failure = toFailure(ctx.error);
  if (failure.status >= 500) report(ctx.state, ctx.req.method, ctx.route, ctx.error);
  const { status } = failure;
  // Error pages render outside all middlewares, so they set the headers themselves.
  if (wantsJson(ctx)) return withSecurityHeaders(failureJson(ctx, failure));
  ctx.state.title = `${failure.title} - Syntrack`;
  return withSecurityHeaders(await ctx.render(<ErrorPage {...failure} />, { status }));
});

/** The log omits the address, because a query may contain private data. */
function report(state: Partial<State>, method: string, route: string | null, error: unknown) {
  const log = state.services?.log;
  log?.error("Cannot answer a request", { method, route, reason: errorText(error) });
  if (error instanceof Error) log?.debug("Where it failed", { stack: error.stack });
}

function ErrorPage({ status, title, message }: Failure) {
  return (
    <div class="mx-auto max-w-xl px-4 py-16 sm:px-6">
      <a href="/" class="flex items-center gap-2.5">
        <Mark />
        <span class="text-lg font-semibold tracking-tight">Syntrack</span>
      </a>
      <main class="card-shadow mt-8 rounded-xl border border-line bg-surface p-6">
        <p class="text-sm text-muted">Status {status}</p>
        <h1 class="mt-1 text-2xl font-semibold tracking-tight">{title}</h1>
        <p class="mt-3">{message}.</p>
        <p class="mt-6">
          <a href="/" class="font-medium text-accent underline">Go to the overview</a>
        </p>
      </main>
    </div>
  );
}
