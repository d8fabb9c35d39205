#!/usr/bin/env bash
# Generates the client of a language and runs its sample against a running service: examples/run.sh python
# Exit code 69: the tools of the language are not installed.
set -euo pipefail
cd "$(dirname "$0")/.."

language=${1:-}
out=dist/examples/$language

absent() {
  echo "examples/run.sh: the sample in $language needs $1" >&2
  exit 69
}

# The folder of the contract, with all that it imports.
protos() {
  make -s protos "into=$out/protos" >/dev/null
  export BENEFITS_PROTOS=$out/protos
}

token() {
  export BENEFITS_ADDRESS=${BENEFITS_ADDRESS:-localhost:50051}
  export BENEFITS_TOKEN=${BENEFITS_TOKEN:-$(./benefits token --scope "transactions:authorize transactions:reverse" --subject sample)}
}

compile() {
  protoc -I "$out/protos" "$@" benefits/v1/authorization.proto benefits/v1/network.proto
}

case $language in
  typescript)
    protos
    token
    exec node --import tsx examples/typescript/purchase.ts
    ;;
  python)
    python=
    for each in "${PYTHON:-python3}" /usr/bin/python3; do
      if [ -z "$python" ] && "$each" -c 'import grpc, google.protobuf' 2>/dev/null; then python=$each; fi
    done
    [ -n "$python" ] || absent "python3 with grpcio and protobuf (Debian: python3-grpcio python3-protobuf)"
    { command -v protoc && command -v grpc_python_plugin; } >/dev/null || absent "protoc and grpc_python_plugin (Debian: protobuf-compiler-grpc)"
    protos
    token
    compile --python_out="$out" --grpc_python_out="$out" --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)"
    protoc -I "$out/protos" --python_out="$out" google/rpc/status.proto
    PYTHONPATH=$out exec "$python" examples/python/purchase.py
    ;;
  go)
    { command -v go && command -v protoc && command -v protoc-gen-go && command -v protoc-gen-go-grpc; } >/dev/null \
      || absent "go, protoc, protoc-gen-go and protoc-gen-go-grpc"
    protos
    token
    # Debian's packages are in this folder. With modules: go mod init benefits && go mod tidy.
    export GO111MODULE=off GOPATH=$PWD/$out:/usr/share/gocode GOFLAGS=
    mkdir -p "$out/src"
    compile --go_out="$out/src" --go-grpc_out="$out/src"
    [ -d /usr/share/gocode/src/google.golang.org/grpc ] || absent "gRPC for Go (Debian: golang-google-grpc-dev)"
    # Before 1.40, retries are an option.
    GRPC_GO_RETRY=on exec go run examples/go/main.go
    ;;
  java)
    { command -v javac && command -v protoc && command -v grpc_java_plugin; } >/dev/null \
      || absent "javac, protoc and grpc_java_plugin (Debian: protobuf-compiler-grpc-java-plugin)"
    classpath=$out/classes
    for jar in grpc-{api,context,core,netty,protobuf,protobuf-lite,stub} protobuf perfmark-api guava gson \
      geronimo-annotation-1.3-spec netty-{buffer,codec,codec-http,codec-http2,codec-socks,common,handler,handler-proxy,resolver,transport}; do
      [ -f "/usr/share/java/$jar.jar" ] || absent "$jar.jar (Debian: libgrpc-java libperfmark-java libnetty-java libgoogle-gson-java)"
      classpath+=:/usr/share/java/$jar.jar
    done
    protos
    token
    mkdir -p "$out/src" "$out/classes"
    compile --java_out="$out/src" --grpc-java_out="$out/src" --plugin=protoc-gen-grpc-java="$(command -v grpc_java_plugin)"
    protoc -I "$out/protos" --java_out="$out/src" google/rpc/status.proto
    find "$out/src" -name '*.java' >"$out/sources"
    javac -Xlint:none -nowarn -proc:none -cp "$classpath" -d "$out/classes" "@$out/sources" examples/java/Purchase.java
    exec java -cp "$classpath" Purchase
    ;;
  *)
    echo "usage: examples/run.sh typescript | python | go | java" >&2
    exit 64
    ;;
esac
