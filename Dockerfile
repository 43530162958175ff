# syntrack in a container: docs/containers.md.
#
#     docker build -t syntrack .
#
# The first stage builds the program, the second contains only the runtime and the program: no shell, no package
# manager. Replace either image, by tag or digest, with --build-arg.
ARG BUILD_IMAGE=docker.io/denoland/deno:2.9.6
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:latest

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
ENV DENO_NO_UPDATE_CHECK=1
COPY . .
# Install exactly the packages in deno.lock, or fail.
RUN ["deno", "ci"]
RUN ["deno", "run", "-A", "dev/build.ts"]
RUN ["deno", "run", "-A", "dev/image.ts", "/image"]

FROM ${BASE_IMAGE}
COPY --from=build /image/root/ /
# A separate entry, so that every builder sets the owner.
COPY --from=build --chown=65532:65532 /image/own/ /app/
WORKDIR /app
# Compatible with ai-usage-monitor: DATA_DIR, PORT and REFRESH_INTERVAL.
ENV DOCKER_CONTAINER=1 \
    HOME=/app/data \
    DATA_DIR=/app/data \
    SYNTRACK_HOST=0.0.0.0 \
    DENO_DIR=/tmp/deno \
    DENO_NO_UPDATE_CHECK=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=16384 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    PATH=/usr/local/bin:/usr/bin:/bin
USER 65532:65532
VOLUME /app/data
EXPOSE 9211
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/local/bin/syntrack", "health"]
ENTRYPOINT ["/usr/bin/deno", "run", "-A", "--no-config", "--cached-only", "--unstable-cron", "--unstable-kv", "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25", "/app/_program/cli.js"]
CMD ["serve"]
