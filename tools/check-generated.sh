#!/bin/sh
# Fails when the generated code is not what the protos generate. Compares with a fresh copy; changes nothing.
set -eu
cd "$(dirname "$0")/.."
committed=${1:-src/gen}
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

GENERATE_INTO=$fresh npm --silent run generate
if ! difference=$(diff -rq "$committed" "$fresh/src/gen"); then
  printf '%s\n' "$difference" "$committed is not what the protos generate: run make generate" >&2
  exit 1
fi
