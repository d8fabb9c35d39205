"""Authorizes a purchase, repeats the request, and reverses the purchase: as a payment switch does."""
import os
import pathlib
import time

import grpc
from benefits.v1 import authorization_pb2 as messages
from benefits.v1 import authorization_pb2_grpc as services

TERMINAL_WAITS_S = 5
REVERSAL_S_MAX = 86_400

# After these, the same request with the same id may be sent again.
REPEATABLE = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


def open_channel():
    """Opens a channel: TLS with the files in the environment, or plaintext."""
    config = pathlib.Path(__file__).parent.parent / "service-config.json"
    address = os.environ.get("BENEFITS_ADDRESS", "localhost:50051")
    options = [
        ("grpc.service_config", config.read_text()),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
    ]
    if "BENEFITS_TLS_CA" not in os.environ:
        return grpc.insecure_channel(address, options)
    # A certificate of the client is for mutual TLS.
    names = ("BENEFITS_TLS_CA", "BENEFITS_TLS_KEY", "BENEFITS_TLS_CERT")
    files = (pathlib.Path(os.environ[name]).read_bytes() if name in os.environ else None for name in names)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(*files), options)


def until_answered(call, request, seconds_max):
    """Repeats the same request until it is answered, or until the time is up."""
    metadata = (("authorization", f"Bearer {os.environ['BENEFITS_TOKEN']}"),)
    ends_at = time.monotonic() + seconds_max
    while True:
        try:
            return call(request, timeout=2, metadata=metadata)
        except grpc.RpcError as error:
            if error.code() not in REPEATABLE or time.monotonic() > ends_at:
                raise
            time.sleep(0.2)


def transaction_id(trace):
    """Acquirer, transmission date and time, trace number: what a repeat and a reversal of the message have, too."""
    return f"00012345678-{time.time_ns() // 1_000_000}-{trace}"


def main():
    purchase = messages.AuthorizeRequest(
        transaction_id=transaction_id("000123"),
        account_id="sandbox-paying",
        amount=1_000,
        mcc="5411",
        merchant="MERCADO BOM",
    )
    reversal = messages.ReverseRequest(
        transaction_id=transaction_id("000124"),
        account_id=purchase.account_id,
        original_transaction_id=purchase.transaction_id,
    )
    with open_channel() as channel:
        service = services.AuthorizationServiceStub(channel)
        try:
            for _ in range(2):  # the second one is a repeat, which debits nothing
                paid = until_answered(service.Authorize, purchase, TERMINAL_WAITS_S)
                reason = messages.Reason.Name(paid.reason)
                replayed = str(paid.replayed).lower()
                print(f"authorized: {paid.code} {reason} from {paid.category}, replayed {replayed}")
        finally:
            # Also after an error, when nothing is known to be decided. A real switch keeps the reversal in a queue.
            back = until_answered(service.Reverse, reversal, REVERSAL_S_MAX)
            print(f"reversed: {back.code} {messages.Reason.Name(back.reason)}, amount {back.amount}")


main()
