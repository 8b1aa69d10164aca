# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM rust:1-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends pkg-config clang libclang-dev cmake g++ \
    libavcodec-dev libavformat-dev libavutil-dev libavfilter-dev libswscale-dev libswresample-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/build web/build
RUN cargo build --release --locked --bins

# Fetches the speech model at build time, so that the first start needs no network.
FROM build AS model
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
RUN MERIDIAN_MODEL_DIR=/models target/release/meridian-worker model fetch base

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl libavcodec59 libavformat59 \
    libavutil57 libavfilter8 libswscale6 libswresample4 libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home meridian && install -d -o meridian -g meridian /data /models
COPY --from=build /src/target/release/meridian-server /src/target/release/meridian-worker /src/target/release/meridian /usr/local/bin/
COPY --from=model --chown=meridian:meridian /models /models
COPY deploy/entrypoint.sh /usr/local/bin/meridian-entrypoint
USER 10001:10001
VOLUME ["/data", "/models"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["meridian-entrypoint"]
CMD ["meridian-server", "serve"]
