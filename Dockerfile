# syntrack in a container: docs/containers.md.
#
#     docker build -t syntrack .
#
# The first stage builds the program, the second carries the runtime, the program and nothing else: no shell, no
# package manager. Both images can be replaced, by tag or by digest, with --build-arg.
ARG BUILD_IMAGE=docker.io/denoland/deno:2.9.6
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:latest

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
ENV DENO_NO_UPDATE_CHECK=1
COPY . .
# Exactly what deno.lock names, or nothing.
RUN ["deno", "ci"]
RUN ["deno", "run", "-A", "dev/build.ts"]
RUN ["deno", "run", "-A", "dev/image.ts", "/image"]

FROM ${BASE_IMAGE}
COPY --from=build /image/root/ /
# In an entry of its own, so that the owner is set by every builder.
COPY --from=build --chown=65532:65532 /image/own/ /app/
WORKDIR /app
# Paths and names are those of ai-usage-monitor as well: DATA_DIR, PORT and REFRESH_INTERVAL.
ENV DOCKER_CONTAINER=1 \
    HOME=/app/data \
    DATA_DIR=/app/data \
    SYNTRACK_HOST=0.0.0.0 \
    DENO_DIR=/tmp/deno \
    DENO_NO_UPDATE_CHECK=1 \
    PATH=/usr/local/bin:/usr/bin:/bin
USER 65532:65532
VOLUME /app/data
EXPOSE 9211
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/local/bin/syntrack", "health"]
ENTRYPOINT ["/usr/bin/deno", "run", "-A", "--no-config", "--cached-only", "--unstable-cron", "--unstable-kv", "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25", "/app/_program/cli.js"]
CMD ["serve"]
