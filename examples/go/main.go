// Authorizes a purchase, repeats the request, and reverses the purchase: as a payment switch does.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"os"
	"time"

	benefits "benefits/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// untilAnswered repeats the same request until it is answered, or until the time is up.
func untilAnswered(longest time.Duration, call func(context.Context) error) error {
	endsAt := time.Now().Add(longest)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := call(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+os.Getenv("BENEFITS_TOKEN")))
		cancel()
		switch status.Code(err) {
		// After these, the same request with the same id may be sent again.
		case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted:
			if time.Now().After(endsAt) {
				return err
			}
			time.Sleep(200 * time.Millisecond)
		default:
			return err
		}
	}
}

// security is TLS with the files in the environment, or plaintext. A certificate of the client is for mutual TLS.
func security() grpc.DialOption {
	ca := os.Getenv("BENEFITS_TLS_CA")
	if ca == "" {
		return grpc.WithInsecure()
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(must(os.ReadFile(ca)))
	if cert := os.Getenv("BENEFITS_TLS_CERT"); cert != "" {
		config.Certificates = []tls.Certificate{must(tls.LoadX509KeyPair(cert, os.Getenv("BENEFITS_TLS_KEY")))}
	}
	return grpc.WithTransportCredentials(credentials.NewTLS(config))
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// id has the acquirer, the time and the trace number: what a repeat and a reversal of the message have, too.
func id(trace string) string { return fmt.Sprintf("00012345678-%d-%s", time.Now().UnixMilli(), trace) }

func main() {
	config := string(must(os.ReadFile("examples/service-config.json")))
	ping := keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}
	channel := must(grpc.Dial(os.Getenv("BENEFITS_ADDRESS"), security(),
		grpc.WithDefaultServiceConfig(config), grpc.WithKeepaliveParams(ping)))
	defer channel.Close()
	service := benefits.NewAuthorizationServiceClient(channel)

	purchase := &benefits.AuthorizeRequest{TransactionId: id("000123"), AccountId: "sandbox-paying",
		Amount: 1000, Mcc: "5411", Merchant: "MERCADO BOM"}
	reversal := &benefits.ReverseRequest{TransactionId: id("000124"), AccountId: purchase.AccountId,
		OriginalTransactionId: purchase.TransactionId}
	for attempt := 0; attempt < 2; attempt++ { // the second one is a repeat, which debits nothing
		err := untilAnswered(5*time.Second, func(ctx context.Context) error {
			paid, err := service.Authorize(ctx, purchase)
			fmt.Printf("authorized: %s %s from %s, replayed %t\n", paid.GetCode(), paid.GetReason(), paid.GetCategory(), paid.GetReplayed())
			return err
		})
		if err != nil {
			log.Println("not known to be decided, so it is reversed:", err)
		}
	}
	// A real switch keeps the reversal in a queue.
	must(0, untilAnswered(24*time.Hour, func(ctx context.Context) error {
		back, err := service.Reverse(ctx, reversal)
		fmt.Printf("reversed: %s %s, amount %d\n", back.GetCode(), back.GetReason(), back.GetAmount())
		return err
	}))
}
