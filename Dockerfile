# Timbre and its Studio in a container: see docs/container.md.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /timbre
COPY . .
# For every processor, not only for the one that builds.
RUN make install PORTABLE=1 PREFIX=/usr/local DESTDIR=/image

FROM debian:bookworm-slim
# What the programs are linked with; what they load when a classifier asks for it; what `timbre datasets get` and the
# health check call.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      libfftw3-double3 libfftw3-single3 libflac12 libpng16-16 libsamplerate0 libsndfile1 libsoxr0 libsqlite3-0 libstdc++6 \
      liblinear4 libopenblas0-pthread libsvm3 libxgboost0 \
      ca-certificates curl unzip \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --create-home --home-dir /workspace --skel /dev/null timbre
COPY --from=build /image/ /
USER 10001:10001
WORKDIR /workspace
# Beside the runs, because it is what they have computed; on a file system that may be written to.
ENV HOME=/workspace TIMBRE_CACHE=/workspace/.cache.sqlite
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/api/v1/health"]
ENTRYPOINT ["timbre"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--workspace", "/workspace"]
