# The repository is built and tested on Node.js 20 and 24; the image runs 24, which is maintained until April 2028.
FROM node:24.21.0-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY console ./console
COPY .docs/openapi.json ./.docs/
COPY src ./src
RUN npm run build && rm dist/.tsbuildinfo

FROM node:24.21.0-trixie-slim
LABEL org.opencontainers.image.title="benefits-authorizer" \
  org.opencontainers.image.description="Authorizes benefit-card purchases over gRPC" \
  org.opencontainers.image.licenses="Apache-2.0"
# What runs the service needs no package manager, and neither does whoever breaks in.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx \
  /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-v*
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production \
  HOST=0.0.0.0
# A number, so that Kubernetes can see that it is not root. Nobody owns the files but root: the service writes none.
USER 10001:10001
EXPOSE 50051 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 8080}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node.js is process 1, without an init: it handles SIGTERM itself, and has no children.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64"]
CMD ["dist/main.js"]
