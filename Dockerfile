# syntax=docker/dockerfile:1
# The container image of `tenure`: node, the C libraries it needs, and one bundled file. No shell, no package manager, nobody is root.
#
#   docker buildx build --sbom=true --provenance=mode=max --build-arg REVISION="$(git rev-parse HEAD)" -t tenure:0.1.0 .
#
# Give NODE_IMAGE by digest (node:24-bookworm-slim@sha256:…) where builds have to be repeatable.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
# The bundle hides its packages from a scan of the image, so this stage is scanned for the bill of materials too.
ARG BUILDKIT_SBOM_SCAN_STAGE=true
WORKDIR /build
COPY package.json package-lock.json ./
# Without install scripts: nothing that is bundled needs one, and this image brings its own node.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY script/bundle.ts script/bundle.ts
RUN node script/bundle.ts && node dist/tenure.mjs --version

FROM ${NODE_IMAGE} AS root
COPY script/image-root /build/image-root
RUN sh /build/image-root /root-of-image /usr/local/bin/node

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG NODE_IMAGE
LABEL org.opencontainers.image.title="Tenure" \
      org.opencontainers.image.description="Keeps Okta and Microsoft Entra ID exactly as your git repository says." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"
COPY --from=root /root-of-image /
COPY LICENSE /app/LICENSE
COPY --from=build /build/dist/tenure.mjs /build/dist/tenure.licences.txt /build/dist/tenure.cdx.json /app/
ENV PATH=/usr/bin NODE_ENV=production
WORKDIR /app
USER 65532:65532
EXPOSE 8080
# DEP0040: an SDK still uses punycode; node says so for packages that are bundled, and not for installed ones.
ENTRYPOINT ["node", "--disable-warning=DEP0040", "/app/tenure.mjs"]
CMD ["operator"]
