# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS dependencies
# The compiler comes along as somebody's optional peer; nothing that runs here needs one.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force \
  && rm -rf node_modules/typescript node_modules/@typescript

FROM base AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
# By the image's own Node: the dev dependency "node" has no binary without its install script.
RUN node node_modules/typescript/bin/tsc -p src/tsconfig.build.json && cp -R src/admin/assets dist/admin/assets

FROM node:24-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data BRIDGE_CONFIG=/app/bridge.yaml
WORKDIR /app
# The only place that is written to, by the embedded store alone.
RUN mkdir /data && chown 1000:1000 /data
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY --from=build /app/dist dist
# docker compose exec bridge bridge doctor
RUN chmod +x dist/main.js && ln -s /app/dist/main.js /usr/local/bin/bridge
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process answers, not whether the store does: an outage of the store must not restart us in a loop.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Without the first flag Node takes up to 128 MB for what is young. By the second it does not go through the whole heap
# before that has grown to 100 MB: every time webhooks wait for it. By the third the bridge gives back what its start used.
CMD ["node", "--max-semi-space-size=16", "--initial-old-space-size=100", "--expose-gc", "dist/main.js"]
