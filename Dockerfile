FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.ts scripts/
COPY scripts/man-page scripts/man-page
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production FLUX_MIRROR_HOST=0.0.0.0 FLUX_MIRROR_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY migrations migrations
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787
# Where the settings have put it.
HEALTHCHECK CMD ["node", "-e", "const { FLUX_MIRROR_PORT: port = 8787, FLUX_MIRROR_BASE_PATH: path = '' } = process.env; fetch(`http://127.0.0.1:${port}${path.replace(/\\/+$/, '')}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/cli/main.js", "serve"]
