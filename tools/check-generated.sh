#!/bin/sh
# Fails when the generated code and documents are not what the protos generate. Compares with a fresh copy; changes nothing.
set -eu
cd "$(dirname "$0")/.."
committed=${1:-.}
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

GENERATE_INTO=$fresh npm --silent run generate
difference=$(for path in src/gen .docs/openapi.json .docs/postman; do
  diff -rq "$committed/$path" "$fresh/$path" || true
done)
if [ -n "$difference" ]; then
  printf '%s\n' "$difference" "This is not what the protos generate: run make generate" >&2
  exit 1
fi
